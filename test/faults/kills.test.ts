/**
 * R3 and R4: the process, or the database under it, is killed in the middle of its work. Running the work again finishes
 * it; the result is that of a run that nobody disturbed, and what was acknowledged is there.
 */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { lockFile } from '../../src/server/db/embedded.ts'
import { ownerOf } from '../../src/server/db/owner.ts'
import { figures, type Random, random, sized, thousands } from './figures.ts'
import * as houses from './house.ts'
import { ask, buildProduct, type Ended, ended, type Json, type Kind, run, type Server, serve } from './house.ts'

const PARTNERS = 2000
const ROUNDS = sized(5, 100)
const CENTS = 10_00

beforeAll(buildProduct)

/** With a campaign of 10.00 a conversion, which is made by the first request. */
type House = houses.House & { campaign: string; rnd: Random }

/** A file with every partner once, 30 rows that repeat another and 20 that cannot be read. */
function fileOf(house: House, round: number): string {
  const row = (n: number, revenue = '50.00') => `r${round}-${n},Partner ${n},${revenue}`
  const rows = Array.from({ length: PARTNERS }, (_, n) => row(n))
  rows.push(
    ...Array.from({ length: 30 }, (_, n) => row(n * 7)),
    ...Array.from({ length: 20 }, (_, n) => row(PARTNERS + n, 'much')),
  )
  const file = path.join(house.database.data_dir, `round-${round}.csv`)
  fs.writeFileSync(file, `id,partner,revenue\n${rows.join('\n')}\n`)
  return file
}

const MAP = { columns: { external_id: 'id', partner: 'partner', revenue: 'revenue' }, create_partners: true }

type Import = { ended: Promise<Ended>; kill(): void }

/** On a server the import is a process of its own; the embedded database's owner does the work, asked as the command line asks. */
function importing(house: House, file: string): Import {
  if (house.database.kind === 'embedded') return { ended: importInOwner(house, file), kill: () => {} }
  const map = path.join(house.database.data_dir, 'map.json')
  fs.writeFileSync(map, JSON.stringify(MAP))
  const child = run(house, ['import', 'conversions', file, '--brand', house.brand_id, '--campaign', house.campaign, '--map', map])
  return { ended: ended(child), kill: () => void child.kill('SIGKILL') }
}

async function importInOwner({ database, brand_id, campaign }: House, file: string): Promise<Ended> {
  const owner = ownerOf(lockFile(database.data_dir))!
  const headers = { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ file, brand_id, campaign, map: MAP, dry_run: false })
  try {
    const answer = await fetch(`${owner.address}/internal/operations/import.conversions`, { method: 'POST', headers, body })
    const line = JSON.parse((await answer.text()).trimEnd().split('\n').at(-1) as string)
    return { code: line.result ? 0 : 1, json: line.result, err: JSON.stringify(line.error ?? null) }
  } catch (error) {
    return { code: 1, json: null, err: String(error) }
  }
}

/** Single conversions, one after the other, until the server is gone; what was sent and what was acknowledged. */
async function sendSingles(house: House, server: Server, name: string, sent: Json[], acknowledged: Json[]): Promise<void> {
  for (let n = 0; ; n++) {
    const item = { external_id: `${name}-${n}`, partner: 'partner-0', campaign: house.campaign }
    sent.push(item)
    const answer = await ask(house, server, 'POST', '/conversions', item)
    if (answer?.status !== 201) return
    acknowledged.push(item)
  }
}

type Durations = { boot_ms: number; import_ms: number; run_ms: number }
type Seen = { lost: number; early: number; singles: number }

/** Imports a file, is killed meanwhile, imports it again on a new server: each row once, whichever run it was. */
async function killedImport(house: House, server: Server, round: number, durations: Durations, seen: Seen): Promise<Server> {
  const file = fileOf(house, round)
  const [sent, acknowledged]: Json[][] = [[], []]
  const singles = sendSingles(house, server, `s${round}`, sent!, acknowledged!)
  const first = importing(house, file)
  await wait(durations.boot_ms + ((durations.import_ms - durations.boot_ms) * house.rnd.below(1000)) / 1000)
  first.kill()
  await server.end('SIGKILL')
  await singles
  if ((await first.ended).code === 0) seen.early++
  const next = await serve(house)
  const again = await importing(house, file).ended
  expect(again.code, again.err).toBe(0)
  const { read, created, duplicates, rejected } = again.json
  expect([read, created + duplicates + rejected, rejected]).toEqual([PARTNERS + 50, PARTNERS + 50, 20])
  expect(duplicates).toBeGreaterThanOrEqual(30)
  await expectStored(house, next, acknowledged!, 'duplicate')
  await expectStored(house, next, sent!, null)
  seen.singles += sent!.length
  return next
}

/** Sends them again: what was acknowledged is there already, what was not may be; afterwards each is there once. */
async function expectStored(house: House, server: Server, items: Json[], status: string | null): Promise<void> {
  for (let at = 0; at < items.length; at += 500) {
    const answer = await ask(house, server, 'POST', '/conversions', { conversions: items.slice(at, at + 500) })
    const found = new Set(answer!.data.results.map((r: Json) => r.status))
    expect([...found].filter(s => (status === null ? !['created', 'duplicate'].includes(s as string) : s !== status))).toEqual([])
  }
}

/** Drafts everybody, is killed meanwhile, and asks again with the same key. */
async function killedRun(house: House, server: Server, round: number, durations: Durations, seen: Seen): Promise<Server> {
  const first = ask(house, server, 'POST', '/payouts', {}, `run-${round}`)
  await wait((durations.run_ms * house.rnd.below(1000)) / 900)
  await server.end('SIGKILL')
  const answered = await first
  if (answered === null) seen.lost++
  const next = await serve(house)
  const again = await ask(house, next, 'POST', '/payouts', {}, `run-${round}`)
  expect(again!.status).toBe(201)
  if (answered !== null) expect(again).toEqual(answered)
  return next
}

async function expectDrafted(house: House, server: Server, drafts: number, singles: number): Promise<void> {
  const balances = await ask(house, server, 'GET', '/payouts/balances?limit=1')
  const [total] = balances!.meta.totals
  const cents = ((drafts + 1) * PARTNERS + singles) * CENTS
  expect(total).toMatchObject({
    draft_count: drafts * PARTNERS,
    draft_cents: cents,
    in_payouts_cents: cents,
    unpaid_cents: cents,
    owed_cents: 0,
  })
}

/** Nobody disturbs the first two imports (one makes the partners) and the first run: they say how long the work takes. */
async function measured(house: House, server: Server): Promise<Durations> {
  const campaign = await ask(house, server, 'POST', '/campaigns', { name: 'Plain', cost_model: 'cpa', amount_cents: CENTS })
  house.campaign = campaign!.data.slug
  const timed = async <T>(act: () => Promise<T>): Promise<[number, T]> => {
    const began = performance.now()
    const done = await act()
    return [performance.now() - began, done]
  }
  const whole = { read: PARTNERS + 50, created: PARTNERS, duplicates: 30, rejected: 20 }
  const first = await importing(house, fileOf(house, -1)).ended
  const [import_ms, second] = await timed(() => importing(house, fileOf(house, 0)).ended)
  expect([first.json, second.json], first.err).toMatchObject([whole, whole])
  const [run_ms, drafted] = await timed(() => ask(house, server, 'POST', '/payouts', {}, 'run-0'))
  expect(drafted!.data).toMatchObject({ created: PARTNERS, totals: [{ currency: 'USD', amount_cents: 2 * PARTNERS * CENTS }] })
  // a command that does nothing: as long as an import of its own process needs before it begins
  const [boot_ms] = house.database.kind === 'embedded' ? [0] : await timed(() => ended(run(house, ['migrate'])))
  return { boot_ms: Math.min(boot_ms, import_ms), import_ms, run_ms }
}

async function killed(kind: Kind): Promise<void> {
  const house: House = { ...(await houses.build(kind)), campaign: '', rnd: random(`kills ${kind}`) }
  const seen: Seen = { lost: 0, early: 0, singles: 0 }
  let server = await serve(house)
  const durations = await measured(house, server)
  for (let round = 1; round <= ROUNDS; round++) {
    server = await killedImport(house, server, round, durations, seen)
    server = await killedRun(house, server, round, durations, seen)
    await expectDrafted(house, server, round + 1, seen.singles)
  }
  const checked = await ended(run(house, ['check']))
  expect(checked.code, checked.err).toBe(0)
  await server.end('SIGTERM')
  await house.database.remove()
  figures(
    `kill -9 of the process on ${kind}: ${ROUNDS} imports of ${thousands(PARTNERS + 50)} rows (${ROUNDS - seen.early} cut short) and ` +
      `${ROUNDS} runs over ${thousands(PARTNERS)} partners (${seen.lost} unanswered) finished by doing them again, 0 acknowledged lost, 0 twice`,
  )
}

test('killed during imports and runs on the embedded database, the work is finished by doing it again (R3)', () =>
  killed('embedded'))
test('killed during imports and runs on a server, the work is finished by doing it again (R3)', () => killed('postgres'))

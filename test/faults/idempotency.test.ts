/**
 * R2: one Idempotency-Key, one effect. However many ask, in whatever state the first one is, there is one object and every
 * answer is the same bytes. Source: spec B12.1.
 */
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { figures, random, sized, thousands } from './figures.ts'

const CLIENTS = 64
const TODAY = '2026-03-10T12:00:00.000Z'

let shop: World
afterEach(() => shop.close())

type Kind = 'embedded' | 'postgres'

async function open(kind: Kind) {
  shop = await world({ kind, today: TODAY, config: { database_pool: 16 } })
  const campaign = await shop.campaign()
  const ada = await shop.partner('Ada')
  const earn = () => shop.conversion({ partner: ada, campaign })
  return { ada, campaign, earn }
}

const send = (method: string, path: string, body: object, key: string, credential = shop.key) =>
  shop.request(method, path, body, { key: credential, headers: { 'idempotency-key': key } })

/** One answer for all: the same status and the same bytes. */
function same(answers: Answered[], status: number): Answered {
  expect([...new Set(answers.map(a => a.status))], answers.find(a => a.status !== status)?.text).toEqual([status])
  expect(new Set(answers.map(a => a.text)).size).toBe(1)
  return answers[0]!
}

const at64 = (act: () => Promise<Answered>) => Promise.all(Array.from({ length: CLIENTS }, act))
const count = async (table: string) => Number((await shop.sql<{ n: number }>(`select count(*) as n from ${table}`))[0]!.n)

async function many(kind: Kind, rounds: number) {
  const { ada, earn } = await open(kind)
  for (let round = 1; round <= rounds; round++) {
    await earn()
    const made = same(await at64(() => send('POST', shop.path('/payouts'), { partner_id: ada.id }, `draft-${round}`)), 201)
    const payout = made.data.payouts[0].id as string
    await shop.approve(payout)
    const body = { status: 'paid', method: 'wire' }
    same(await at64(() => send('PATCH', shop.path(`/payouts/${payout}`), body, `pay-${round}`)), 200)
  }
  expect([await count('payouts'), await count('payments')]).toEqual([rounds, rounds])
  expect((await shop.balance(ada)).paid_cents).toBe(rounds * 10_00)
  figures(
    `same key on ${kind}: ${thousands(rounds)} rounds × ${CLIENTS} clients draft and pay, ${thousands(rounds)} payouts, ${thousands(rounds)} payments, all answers byte-equal`,
  )
}

test('64 at once with one key draft one payout and pay it once, byte for byte (R2, D9.13)', () =>
  many('postgres', sized(200, 10_000)))
test('64 at once with one key, on the embedded database (R2)', () => many('embedded', sized(10)))

test.each<Kind>(['postgres', 'embedded'])(
  'a key is remembered after 1 s, 1 h and 31 days, and through other work, on %s',
  async kind => {
    const { ada, earn } = await open(kind)
    await earn()
    const draft = () => send('POST', shop.path('/payouts'), { partner_id: ada.id }, 'first')
    const first = same([await draft()], 201)
    const payout = first.data.payouts[0].id as string
    const before = await shop.fingerprint()
    for (const ms of [1000, 3_600_000, 31 * 86_400_000]) {
      await shop.travelTo(new Date(Date.parse(TODAY) + ms).toISOString())
      same([first, await draft()], 201)
    }
    expect(await shop.fingerprint()).toBe(before)
    await shop.cancel(payout)
    await earn()
    expect(same([first, await draft()], 201).data.payouts[0].status).toBe('draft')
  },
)

test.each<Kind>(['postgres', 'embedded'])(
  'a key that was used for another body or path is refused and changes nothing, on %s',
  async kind => {
    const { ada, earn } = await open(kind)
    await earn()
    const made = await send('POST', shop.path('/payouts'), { partner_id: ada.id, notes: 'a' }, 'k')
    const payout = made.data.payouts[0].id as string
    const before = await shop.fingerprint()
    const others: [string, string, object][] = [
      ['POST', '/payouts', { partner_id: ada.id, notes: 'b' }],
      ['POST', '/payouts', {}],
      ['PATCH', `/payouts/${payout}`, { status: 'approved' }],
      ['POST', '/partners', { name: 'Bea' }],
    ]
    for (const [method, path, body] of others) {
      const answer = await send(method, shop.path(path), body, 'k')
      expect([answer.status, answer.error?.code], answer.text).toEqual([409, 'idempotency_key_reused'])
    }
    expect(await shop.fingerprint()).toBe(before)
    same([made, await send('POST', shop.path('/payouts'), { partner_id: ada.id, notes: 'a' }, 'k')], 201)
  },
)

test('a refused request gives its key back: the mended one may use it', async () => {
  const { ada, earn } = await open('postgres')
  const draft = (body: object) => send('POST', shop.path('/payouts'), body, 'k')
  const refused = [await draft({ partner_id: 7 }), await draft({ partner_id: ada.id })]
  expect(refused.map(a => a.error.code)).toEqual(['invalid_body', 'no_unpaid_balance'])
  await earn()
  same([await draft({ partner_id: ada.id })], 201)
})

test('each organization has its own keys', async () => {
  const { ada, earn } = await open('postgres')
  await earn()
  const other = await createOrganization(shop.app, {
    name: 'Other',
    plan: 'unlimited',
    time_zone: 'UTC',
    currency: 'USD',
    email: 'o@example.org',
  })
  const mine = await send('POST', shop.path('/payouts'), { partner_id: ada.id }, 'shared')
  const theirs = await send('POST', `/api/brands/${other.brand_id}/partners`, { name: 'Bea' }, 'shared', other.api_key)
  expect([mine.status, theirs.status]).toEqual([201, 201])
  same([mine, await send('POST', shop.path('/payouts'), { partner_id: ada.id }, 'shared')], 201)
  same([theirs, await send('POST', `/api/brands/${other.brand_id}/partners`, { name: 'Bea' }, 'shared', other.api_key)], 201)
})

test('a twin that still runs after 5 s is answered idempotency_in_progress, and the key works once it has ended', async () => {
  const { ada, earn } = await open('postgres')
  await earn()
  const first = new pg.Client({ connectionString: shop.database.database_url })
  await first.connect()
  await first.query('begin')
  await first.query(
    `insert into idempotency_keys (org_id, key, route, body_hash, created_at) values ('${shop.org_id}', 'slow', 'x', 'y', now())`,
  )
  const began = performance.now()
  const refused = await Promise.all([1, 2, 3].map(() => send('POST', shop.path('/payouts'), { partner_id: ada.id }, 'slow')))
  const waited = performance.now() - began
  expect(refused.map(a => [a.status, a.error?.code, a.headers['retry-after']])).toEqual(
    Array(3).fill([409, 'idempotency_in_progress', '1']),
  )
  expect(waited).toBeGreaterThan(4900)
  expect(waited).toBeLessThan(12_000)
  await first.query('rollback')
  await first.end()
  same([await send('POST', shop.path('/payouts'), { partner_id: ada.id }, 'slow')], 201)
  figures(`twin in progress: refused after ${(waited / 1000).toFixed(1)} s`)
})

test('a connection cut between effect and answer: the retry with the same key finds what was done, or does it once', async () => {
  const { campaign } = await open('postgres')
  const rnd = random('cuts')
  const cuts = sized(20)
  const partners = await Promise.all(Array.from({ length: 16 }, (_, n) => shop.partner(`Partner ${n}`)))
  const seen = { lost: 0 }
  for (let round = 1; round <= cuts; round++) {
    await shop.request('POST', shop.path('/conversions'), {
      conversions: partners.map(p => ({ external_id: `${round}-${p.slug}`, partner: p.slug, campaign: campaign.slug })),
    })
    const drafts = partners.map(p =>
      untilAnswered(seen, () => send('POST', shop.path('/payouts'), { partner_id: p.id }, `${round}-${p.id}`)),
    )
    await new Promise(resolve => setTimeout(resolve, rnd.below(40)))
    await shop
      .sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'quittance'`,
      )
      .catch(() => {}) // this very connection may be one that a terminated one's successor cannot get at once
    same(
      (await Promise.all(drafts)).map(a => ({ ...a, text: '' })),
      201,
    )
  }
  expect(await count('payouts')).toBe(cuts * partners.length)
  figures(`cuts: ${cuts} rounds × ${partners.length} drafts, ${seen.lost} answers lost and asked for again, one payout each`)
})

/** Sends again with the same key until there is an answer that is not 503. */
async function untilAnswered(seen: { lost: number }, act: () => Promise<Answered>): Promise<Answered> {
  for (let attempt = 1; ; attempt++) {
    const answer = await act()
    if (answer.status !== 503 || attempt > 20) return answer
    seen.lost++
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/**
 * R1: everybody at once on the same few partners. Whatever order the database finds, each tab is paid once, the losers are
 * told so with the codes of the contract, and nobody waits in a circle.
 */
import { afterEach, expect, test } from 'vitest'
import { type Answered, type World, world } from '../support/world.ts'
import { deadlocks, figures, random, relax, sized, tally, thousands } from './figures.ts'

const CLIENTS = 64
const ROUNDS = sized(200, 10_000)

let shop: World
afterEach(() => shop.close())

type Scene = Awaited<ReturnType<typeof scene>>
type Act = { name: string; may: string[]; run(): Promise<Answered> }

/** Four partners and four campaigns: plain, counting (tiers and caps), with a hold, and one whose sales wait for review. */
async function scene() {
  shop = await world({ today: '2026-03-10', config: { database_pool: 16 } })
  const rnd = random('races')
  const partners = await Promise.all(['Ada', 'Bea', 'Cid', 'Dan'].map(name => shop.partner(name)))
  const plain = await shop.campaign()
  const counting = await shop.campaign({
    tiers: [
      { from: 1, amount_cents: 5_00 },
      { from: 20, amount_cents: 7_00 },
    ],
    caps: { daily: 2000 },
  })
  const holding = await shop.campaign({ hold_hours: 24 })
  return {
    rnd,
    partners,
    campaigns: [plain, counting, holding],
    payouts: [] as string[],
    conversions: [] as string[],
    earnings: [] as [string, string][],
    sent: 0,
  }
}

const remember = <T>(list: T[], more: T[], most: number) => list.splice(0, Math.max(0, list.push(...more) - most))

function item(s: Scene) {
  const day = 10 - s.rnd.below(6)
  return {
    external_id: `r-${++s.sent}`,
    partner: s.rnd.pick(s.partners).slug,
    campaign: s.rnd.pick(s.campaigns).slug,
    revenue_cents: 1_00 + s.rnd.below(100_00),
    status: s.rnd.chance(0.2) ? 'pending' : 'approved',
    ...(s.rnd.chance(0.6) && { occurred_at: `2026-03-${String(day).padStart(2, '0')}T1${s.rnd.below(10)}:00:00Z` }),
  }
}

const some = (s: Scene, from: string[], most: number) => s.rnd.shuffled(from).slice(0, 1 + s.rnd.below(most))

async function recorded(s: Scene, body: object): Promise<Answered> {
  const answer = await shop.request('POST', shop.path('/conversions'), body)
  const made = (answer.data?.results ?? []).flatMap((r: { conversion_id: string | null }) => r.conversion_id ?? [])
  remember(s.conversions, made, 40)
  return answer
}

async function drafted(s: Scene, body: object): Promise<Answered> {
  const answer = await shop.request('POST', shop.path('/payouts'), body)
  remember(
    s.payouts,
    (answer.data?.payouts ?? []).map((p: { id: string }) => p.id),
    6,
  )
  return answer
}

async function changed(s: Scene, body: object): Promise<Answered> {
  const payout_id = s.rnd.pick(s.payouts)
  const answer = await shop.request('PATCH', shop.path(`/payouts/${payout_id}`), body)
  const lines = (answer.data?.lines ?? []) as { earning_id: string }[]
  remember(
    s.earnings,
    lines.slice(-3).map(line => [payout_id, line.earning_id] as [string, string]),
    12,
  )
  return answer
}

async function decided(s: Scene, verdict: 'approve' | 'reject'): Promise<Answered> {
  return shop.request('POST', shop.path(`/conversions/${verdict}`), { ids: some(s, s.conversions, 6) })
}

const ok = ['200', '201']
const moved = [...ok, '409 invalid_transition']
/** A draft never falls below zero: who would make it do so is told. */
const follows = [...moved, '400 invalid_body']

function actsOf(s: Scene): Act[] {
  const act = (name: string, may: string[], run: () => Promise<Answered>): Act => ({ name, may, run })
  const record = act('record', ok, () => recorded(s, item(s)))
  const batch = act('batch', ok, () => recorded(s, { conversions: Array.from({ length: 1 + s.rnd.below(8) }, () => item(s)) }))
  const run = act('run', ok, () => drafted(s, {}))
  const cut = act('run to a day', ok, () => drafted(s, { period_end: `2026-03-0${5 + s.rnd.below(5)}` }))
  const one = act('draft one', [...ok, '409 no_unpaid_balance'], () =>
    drafted(s, { partner_id: s.rnd.pick(s.partners).id, force: true }),
  )
  if (s.payouts.length === 0 || s.conversions.length < 10) return [record, batch, run]
  return [
    ...[record, record, batch, batch, run, cut, one],
    ...[1, 2].map(() => act('approve', moved, () => changed(s, { status: 'approved' }))),
    ...[1, 2, 3].map(() => act('pay', moved, () => changed(s, { status: 'paid', method: 'wire' }))),
    act('cancel', moved, () => changed(s, { status: 'cancelled' })),
    act('adjust', follows, () => changed(s, { adjustments: [{ amount_cents: s.rnd.below(9_00) - 4_50 || 1, reason: 'race' }] })),
    ...(s.earnings.length > 0 ? [act('exclude', [...follows, '404 not_found'], () => excluded(s))] : []),
    act('approve conversions', ok, () => decided(s, 'approve')),
    act('reject conversions', [...ok, '400 invalid_body'], () => decided(s, 'reject')),
    act('reverse', follows, () => reversed(s)),
  ]
}

async function excluded(s: Scene): Promise<Answered> {
  const [payout_id, earning_id] = s.rnd.pick(s.earnings)
  return shop.request('PATCH', shop.path(`/payouts/${payout_id}`), { exclude_earning_ids: [earning_id] })
}

async function reversed(s: Scene): Promise<Answered> {
  const part = s.rnd.chance(0.5) ? { amount_cents: 1 + s.rnd.below(50_00) } : {}
  return shop.request('POST', shop.path(`/conversions/${s.rnd.pick(s.conversions)}/reversal`), { ...part, reason: 'race' })
}

const wordOf = (answer: Answered) => (answer.error ? `${answer.status} ${answer.error.code}` : String(answer.status))

test('clients who run, approve, pay, cancel, exclude, reject and reverse the same money at once never pay it twice (R1)', async () => {
  const s = await scene()
  await relax(shop)
  const before = await deadlocks(shop)
  const seen = tally()
  const unexpected: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const acts = Array.from({ length: CLIENTS }, () => s.rnd.pick(actsOf(s)))
    const answers = await Promise.all(acts.map(act => act.run()))
    for (const [n, answer] of answers.entries()) {
      const word = wordOf(answer)
      seen.add(word)
      if (!acts[n]!.may.includes(word)) unexpected.push(`${acts[n]!.name}: ${word} ${answer.error?.message}`)
    }
    if (round % 8 === 7) await shop.travelTo(new Date(Date.parse(shop.app.clock.now()) + 3_600_000).toISOString())
  }
  expect([...new Set(unexpected)]).toEqual([])
  // Postgres ends one in some ten thousand (a tab closed between look and lock) and the work runs again unseen; an order of
  // locks that is broken makes dozens.
  const met = (await deadlocks(shop)) - before
  expect(met).toBeLessThanOrEqual(3 * Math.ceil(ROUNDS / 200))
  await shop.check()
  const paid = await paidTwice()
  figures(
    `races: ${thousands(ROUNDS)} rounds × ${CLIENTS} clients, ${thousands(paid.payments)} payments, ${paid.doubles} double payments, 0 5xx, ${met} deadlocks; ${seen.words()}`,
  )
})

/** Each tab one payment at most, each payout one, and what was paid is what was earned on the settled tabs, to the cent. */
async function paidTwice(): Promise<{ payments: number; doubles: number }> {
  const [sums] = await shop.sql<Record<string, string>>(`
    select (select count(*) from payments) as payments, (select coalesce(sum(total_amount_cents), 0) from payments) as paid,
      (select coalesce(sum(e.amount_cents), 0) from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id where t.payment_id is not null) as earned,
      (select coalesce(sum(a.amount_cents), 0) from adjustments a join payouts p on p.org_id = a.org_id and p.id = a.payout_id where p.status = 'paid') as adjusted,
      (select count(*) from (select payout_id from payments group by payout_id having count(*) > 1) x) as doubles,
      (select count(*) from payouts p where p.status = 'paid' and not exists (select from tabs t where t.org_id = p.org_id and t.payment_id = p.payment_id)) as hollow`)
  const { payments, doubles, paid, earned, adjusted, hollow } = Object.fromEntries(
    Object.entries(sums!).map(([k, v]) => [k, Number(v)]),
  )
  expect(payments).toBeGreaterThan(ROUNDS / 4)
  expect({ doubles, hollow, paid }).toEqual({ doubles: 0, hollow: expect.any(Number), paid: earned! + adjusted! })
  return { payments: payments!, doubles: doubles! }
}

test('two runs at once make one draft a partner [D9.13]', async () => {
  shop = await world({ config: { database_pool: 16 } })
  const rounds = sized(10, 200)
  const campaign = await shop.campaign()
  const partners = await Promise.all(Array.from({ length: 20 }, (_, n) => shop.partner(`Partner ${n}`)))
  for (let round = 1; round <= rounds; round++) {
    const conversions = partners.map(p => ({ external_id: `${round}-${p.slug}`, partner: p.slug, campaign: campaign.slug }))
    await shop.request('POST', shop.path('/conversions'), { conversions })
    const runs = await Promise.all(Array.from({ length: 2 + (round % 7) }, () => shop.request('POST', shop.path('/payouts'), {})))
    const created = runs.map(r => r.data.created as number)
    expect(created.reduce((sum, n) => sum + n, 0)).toBe(partners.length)
    const drafts = await shop.sql(`select partner_id, count(*) from payouts group by partner_id having count(*) <> ${round}`)
    expect(drafts).toEqual([])
  }
  figures(`runs at once: ${rounds} rounds of 2 to 8 runs over ${partners.length} partners, one draft a partner each time`)
})

/**
 * R3: everybody pays, voids, rejects, drafts and nets the same few accruals at once. Each is settled once, losers are told so
 * with the codes of the contract, and what was paid on account is netted once.
 */
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { accruals } from '../support/accruals.ts'
import { type Answered, type World, world } from '../support/world.ts'
import { deadlocks, figures, random, relax, sized, tally, thousands } from './figures.ts'

const CLIENTS = 64
const ROUNDS = sized(100, 10_000)
const V = '/api/v1/payout-payments'

let shop: World
afterEach(() => shop.close())

type Scene = Awaited<ReturnType<typeof scene>>
type Act = { name: string; may: string[]; run(): Promise<Answered> }
type Named = { id: string }

async function scene() {
  shop = await world({ today: '2026-03-10', config: { database_pool: 16 } })
  await relax(shop)
  const partners = await Promise.all(['Ada', 'Bea', 'Cid', 'Dan'].map(name => shop.partner(name)))
  return {
    ...{ rnd: random('settlement'), partners, campaign: await shop.campaign() },
    accruals: new Map<string, string[]>(partners.map(partner => [partner.id, []])),
    payments: [] as string[],
    on_account: [] as string[],
    payouts: [] as string[],
  }
}

const remember = <T>(list: T[], more: T[], most: number) => list.splice(0, Math.max(0, list.push(...more) - most))
const idsOf = (rows: Named[] | undefined) => (rows ?? []).map(row => row.id)

/** What the night does: a few accruals of each partner. */
async function earn(s: Scene): Promise<void> {
  const wanted = s.partners.flatMap(partner =>
    Array.from({ length: 2 + s.rnd.below(3) }, () => ({ partner, amount_cents: 1_00 + s.rnd.below(50_00) })),
  )
  const ids = await accruals(shop, wanted)
  for (const [n, { partner }] of wanted.entries()) remember(s.accruals.get(partner.id)!, [ids[n]!], 16)
}

async function pay(s: Scene, body: object, key: string = randomUUID()): Promise<Answered> {
  const answer = await shop.request('POST', V, { project_id: shop.brand_id, adjustment_reason: 'race', ...body }, withKey(key))
  remember(s.payments, answer.data ? [answer.data.id] : [], 10)
  return answer
}
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } })

function named(s: Scene, partner: Named, most: number) {
  const mine = s.accruals.get(partner.id)!
  return s.rnd.shuffled(mine).slice(0, 1 + s.rnd.below(most))
}

async function drafted(s: Scene, body: object): Promise<Answered> {
  const answer = await shop.request('POST', shop.path('/payouts'), body)
  remember(s.payouts, idsOf(answer.data?.payouts), 5)
  return answer
}

async function paidOnAccount(s: Scene): Promise<Answered> {
  const body = {
    publisher_id: s.rnd.pick(s.partners).id,
    requested_amount_cents: 1 + s.rnd.below(40_00),
    status: onAccountStatus(s),
  }
  const answer = await shop.request('POST', shop.path('/publisher-payouts'), body)
  remember(s.on_account, answer.data ? [answer.data.id] : [], 6)
  return answer
}
const onAccountStatus = (s: Scene) => s.rnd.pick(['pending', 'paid', 'rejected'])

const ok = ['200', '201']
const released = [
  '200',
  '400 already_voided',
  '409 invalid_transition',
  '409 accrual_in_other_payment',
  '409 payout_not_reversible',
]
const moved = [...ok, '409 invalid_transition']

function actsOf(s: Scene): Act[] {
  const act = (name: string, may: string[], run: () => Promise<Answered>): Act => ({ name, may, run })
  const partner = s.rnd.pick(s.partners)
  const total_amount_cents = s.rnd.below(60_00)
  const settles = [...ok, '409 accrual_not_settleable']
  const patch = (path: string, from: string[], body: object) => shop.request('PATCH', `${path}/${s.rnd.pick(from)}`, body)
  const acts = [
    ...[1, 2, 3].map(() =>
      act('pay named', settles, () => pay(s, { accrual_ids: named(s, partner, 4), creator_id: partner.id, total_amount_cents })),
    ),
    act('pay one', settles, () => pay(s, { accrual_ids: named(s, partner, 1), total_amount_cents })),
    act('pay all', ok, () => pay(s, { creator_id: partner.id, auto_apply_outstanding: true, total_amount_cents })),
    act('pay ad hoc', ok, () => pay(s, { creator_id: partner.id, total_amount_cents })),
    act('run', ok, () => drafted(s, {})),
    act('draft one', [...ok, '409 no_unpaid_balance'], () => drafted(s, { partner_id: partner.id, force: true })),
    act('pay on account', ok, () => paidOnAccount(s)),
    act('take back', [...moved, '409 cannot_set_status_on_paid_accrual', '400 invalid_body'], () =>
      patch('/api/v1/payout-accruals', named(s, partner, 1), { status: s.rnd.pick(['rejected', 'voided']) }),
    ),
  ]
  const money = { requested_amount_cents: 1 + s.rnd.below(40_00) }
  if (s.payments.length > 0) {
    acts.push(...[1, 2].map(() => act('void', released, () => patch(V, s.payments, { status: 'voided' }))))
    acts.push(
      act('reject', released, () => patch(shop.path('/payments'), s.payments, { status: 'rejected', reason: 'came back' })),
    )
  }
  if (s.on_account.length > 0) {
    const path = shop.path('/publisher-payouts')
    acts.push(act('edit on account', [...ok, '409 payment_netted'], () => patch(path, s.on_account, money)))
    acts.push(
      act('decide on account', [...ok, '409 payment_netted'], () => patch(path, s.on_account, { status: onAccountStatus(s) })),
    )
  }
  if (s.payouts.length > 0) {
    const path = shop.path('/payouts')
    acts.push(act('approve', moved, () => patch(path, s.payouts, { status: 'approved' })))
    acts.push(act('pay a payout', moved, () => patch(path, s.payouts, { status: 'paid', method: 'wire' })))
    acts.push(...[1, 2].map(() => act('cancel', moved, () => patch(path, s.payouts, { status: 'cancelled' }))))
  }
  return acts
}

const wordOf = (answer: Answered) => (answer.error ? `${answer.status} ${answer.error.code}` : String(answer.status))

test('clients who pay, void, reject, draft, net and cancel the same accruals at once settle each once (R3) [ON-11]', async () => {
  const s = await scene()
  const before = await deadlocks(shop)
  const seen = tally()
  const unexpected: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await earn(s)
    const acts = Array.from({ length: CLIENTS }, () => s.rnd.pick(actsOf(s)))
    const answers = await Promise.all(acts.map(act => act.run()))
    for (const [n, answer] of answers.entries()) {
      seen.add(wordOf(answer))
      if (!acts[n]!.may.includes(wordOf(answer))) unexpected.push(`${acts[n]!.name}: ${wordOf(answer)} ${answer.error?.message}`)
    }
  }
  expect([...new Set(unexpected)]).toEqual([])
  const met = (await deadlocks(shop)) - before
  await shop.check()
  const sums = await settledOnce()
  figures(
    `settlement: ${thousands(ROUNDS)} rounds × ${CLIENTS} clients, ${thousands(sums.payments)} payments (${thousands(sums.released)} taken back), ${thousands(sums.paid)} accruals paid once, ${thousands(sums.netted)} credits netted, 0 5xx, ${met} deadlocks; ${seen.words()}`,
  )
  expect(met).toBeLessThanOrEqual(3 * Math.ceil(ROUNDS / 200))
})

/** What left is what was earned on the settled tabs, with every adjustment, and what nothing was earned for. */
async function settledOnce() {
  const [row] = await shop.sql<Record<string, string>>(`
    select (select count(*) from payments) as payments,
      (select count(*) from payments where status in ('voided', 'rejected') and origin = 'direct') as released,
      (select count(*) from earnings e join tabs t on t.id = e.tab_id where t.payment_id is not null and e.kind = 'accrual') as paid,
      (select count(*) from tabs where stream = 'credit' and payment_id is not null) as netted,
      (select coalesce(sum(total_amount_cents), 0) from payments m where status = 'paid' and origin <> 'on_account' and (
        exists (select from tabs t where t.payment_id = m.id) or exists (select from adjustments a where a.payment_id = m.id))) as left_cents,
      (select coalesce(sum(e.amount_cents), 0) from earnings e join tabs t on t.id = e.tab_id where t.payment_id is not null) as settled_cents,
      (select coalesce(sum(a.amount_cents), 0) from adjustments a join payments m on m.id = a.payment_id or m.payout_id = a.payout_id
        where m.status = 'paid') as adjusted_cents`)
  const sums = Object.fromEntries(Object.entries(row!).map(([k, v]) => [k, Number(v)])) as Record<
    'left_cents' | 'settled_cents' | 'adjusted_cents' | 'payments' | 'released' | 'paid' | 'netted',
    number
  >
  expect(sums.left_cents).toBe(sums.settled_cents + sums.adjusted_cents)
  return sums
}

test('of many payments for one accrual one wins, and a run at the same moment is one of them [ON-11]', async () => {
  const s = await scene()
  const rounds = sized(20, 500)
  const wins = tally()
  for (let round = 0; round < rounds; round++) {
    const ada = s.partners[0]!
    const [id] = await accruals(shop, [{ partner: ada, amount_cents: 10_00 }])
    const one = { accrual_ids: [id], total_amount_cents: 10_00 }
    const turn = s.rnd.below(8)
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => (n === turn ? drafted(s, { partner_id: ada.id }) : pay(s, one))),
    )
    const run = answers[turn]!
    const paid = answers.filter(answer => answer !== run)
    expect(new Set(paid.map(wordOf).filter(word => word !== '201'))).toEqual(new Set(['409 accrual_not_settleable']))
    const winners = [run.status === 201 && 'run', ...paid.map(a => a.status === 201 && 'payment')].filter(Boolean)
    expect(winners).toHaveLength(1)
    expect([201, 409]).toContain(run.status)
    wins.add(winners[0] as string)
    if (run.status === 201) await shop.cancel(run.data.payouts[0].id)
    await pay(s, { creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 10_00 })
  }
  figures(`one accrual, ${CLIENTS} clients: ${rounds} rounds, one winner each: ${wins.words()}`)
})

test('overlapping settlements of the same accruals pay each of them once, whole settlements or nothing', async () => {
  const s = await scene()
  const rounds = sized(20, 500)
  let won = 0
  for (let round = 0; round < rounds; round++) {
    const bea = s.partners[1]!
    const ids = await accruals(
      shop,
      Array.from({ length: 12 }, () => ({ partner: bea, amount_cents: 1_00 })),
    )
    const sets = Array.from({ length: CLIENTS }, () => s.rnd.shuffled(ids).slice(0, 1 + s.rnd.below(5)))
    const answers = await Promise.all(sets.map(set => pay(s, { accrual_ids: set, total_amount_cents: set.length * 1_00 })))
    const paid = sets.filter((_, n) => answers[n]!.status === 201).flat()
    expect(new Set(answers.map(wordOf).filter(word => word !== '201' && word !== '409 accrual_not_settleable'))).toEqual(
      new Set(),
    )
    expect(new Set(paid).size).toBe(paid.length)
    const rows = await shop.sql(
      'select e.id from earnings e join tabs t on t.id = e.tab_id where e.id = any($1) and t.payment_id is not null order by 1',
      [ids],
    )
    expect(rows.map(row => row.id)).toEqual([...paid].sort())
    won += answers.filter(a => a.status === 201).length
  }
  figures(
    `overlapping settlements: ${rounds} rounds × ${CLIENTS} clients over 12 accruals, ${thousands(won)} won, each accrual paid once`,
  )
})

for (const kind of ['postgres', 'embedded'] as const) {
  test(`sixty-four payments with one key are one, byte for byte, on ${kind} [TG-69]`, async () => {
    shop = await world({ kind, today: '2026-03-10', config: { database_pool: 16 } })
    const ada = await shop.partner()
    const rounds = kind === 'postgres' ? sized(30, 1000) : sized(5)
    for (let round = 1; round <= rounds; round++) {
      await accruals(shop, [{ partner: ada, amount_cents: 10_00 }])
      const body = { creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 10_00, project_id: shop.brand_id }
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, () => shop.request('POST', V, body, withKey(`round-${round}`))),
      )
      expect(new Set(answers.map(a => `${a.status} ${a.text}`)).size).toBe(1)
      expect(answers[0]!.status).toBe(201)
    }
    expect(await shop.sql('select count(*)::int as n from payments')).toEqual([{ n: rounds }])
    figures(`one key on ${kind}: ${rounds} rounds × ${CLIENTS} clients, ${rounds} payments`)
  })
}

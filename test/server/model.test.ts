/** What the database itself refuses, whoever asks: raw SQL as the owner of the schema. Source: model.md 1. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabaseKind } from '../support/databases.ts'
import { type World, world } from '../support/world.ts'
import { shopIn } from './payouts/support.ts'

/** A partner's money in one state: its conversion, earning, tab, payout and payment. */
type Held = { partner_id: string; conversion_id: string; earning_id: string; tab_id: string; payout_id: string | null; payment_id: string | null }
const states = ['open', 'other', 'draft', 'approved', 'paid', 'cancelled', 'refunded'] as const
const at = {} as Record<(typeof states)[number], Held>
let w: World

async function hold(partner_id: string): Promise<Held> {
  const [row] = await w.sql<Held>(
    `select e.partner_id, c.id as conversion_id, e.id as earning_id, t.id as tab_id, p.id as payout_id, t.payment_id
     from earnings e join tabs t on t.id = e.tab_id join conversions c on e.source_key = 'conversion:' || c.id
     left join payouts p on p.partner_id = e.partner_id where e.partner_id = $1`,
    [partner_id],
  )
  return row as Held
}

beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  const shop = shopIn(w, w.brand_id)
  for (const state of states) {
    const partner = await shop.partner(state)
    const sale = await shop.sale(partner, 10_00, { revenue_cents: 100_00 })
    if (state === 'refunded') await shop.reverse(sale, { amount_cents: 40_00 })
    if (!['open', 'other', 'refunded'].includes(state)) {
      const payout = await shop.draft(partner)
      if (state !== 'draft') await shop.approve(payout)
      if (state === 'paid') await shop.pay(payout)
      if (state === 'cancelled') await shop.cancel(payout)
    }
    at[state] = await hold(partner.id)
  }
  await shop.patch(at.draft.payout_id as string, { adjustments: [{ amount_cents: 1_00, reason: 'bonus' }] })
  await w.sql(`insert into clicks (org_id, id, program_id, campaign_id, clicked_at) select org_id, gen_random_uuid(), program_id, id, created_at from campaigns`)
  await w.sql(`insert into released_lines values ($1, gen_random_uuid(), gen_random_uuid(), 1, '2026-03-10')`, [w.org_id])
})
afterAll(() => w.close())

/** Expects Postgres to refuse, and nothing to have changed. */
async function refused(text: string, params: unknown[], state: string, words: RegExp = /./): Promise<void> {
  const before = await w.fingerprint()
  await expect(w.sql(text, params), text).rejects.toMatchObject({ code: state, message: expect.stringMatching(words) })
  expect(await w.fingerprint()).toBe(before)
}
const RESTRICT = '23001'
const UNIQUE = '23505'
const CHECK = '23514'

/** Runs and undoes: what is allowed is shown to be so. */
async function allowed(text: string, params: unknown[]): Promise<void> {
  await expect(w.db.kysely.transaction().execute(async tx => {
    const { CompiledQuery } = await import('kysely')
    const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(text, params))
    expect(numAffectedRows).toBeGreaterThan(0n)
    throw new Error('undone')
  })).rejects.toThrow('undone')
}

const other: Record<string, string> = {
  uuid: 'gen_random_uuid()', int8: 'coalesce(COL, 0) + 1', int4: 'coalesce(COL, 0) + 1', int2: 'coalesce(COL, 0) + 1', text: `coalesce(COL, '') || 'x'`,
  date: 'COL + 1', timestamptz: `coalesce(nullif(COL, '-infinity'), now()) + interval '1 day'`, jsonb: `'{"other": 1}'`, bool: 'not COL',
}
/** Each column of a table with another value for it, except those named. */
async function columns(table: string, except: string[]): Promise<{ name: string; value: string }[]> {
  const rows = await w.sql<{ name: string; type: string }>(`select column_name as name, udt_name as type from information_schema.columns where table_schema = 'public' and table_name = $1 order by 1`, [table])
  return rows.filter(row => !except.includes(row.name)).map(({ name, type }) => ({ name, value: (other[type] as string).replaceAll('COL', name) }))
}
async function noColumnChanges(table: string, id: string, except: string[] = [], words?: RegExp): Promise<void> {
  const all = await columns(table, except)
  expect(all.length).toBeGreaterThan(5)
  for (const { name, value } of all) await refused(`update ${table} set ${name} = ${value} where id = $1`, [id], RESTRICT, words)
}

const copyOf = (columns: string) => `insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, revenue_cents, earned_on, recorded_at, source_key, reverses_id, because, inputs)
  select org_id, gen_random_uuid(), ${columns}, because, inputs from earnings where id = $1`

describe('an earning', () => {
  test('is entered once for one source', () =>
    refused(copyOf('program_id, partner_id, currency, tab_id, kind, amount_cents, 0, earned_on, recorded_at, source_key, null'), [at.open.earning_id], UNIQUE, /earnings_source_key/))
  test('never changes, in no column but its tab', () => noColumnChanges('earnings', at.open.earning_id, ['tab_id'], /append-only/))
  test('is never deleted', () => refused('delete from earnings where id = $1', [at.open.earning_id], RESTRICT))
  test('moves between unsettled tabs of its own key', () =>
    allowed(`with t as (insert into tabs select org_id, gen_random_uuid(), program_id, partner_id, currency, stream, held_until, false, 0, 0, 0, first_on, last_on from tabs where id = $1 returning id, org_id)
      select 1 from t`, [at.open.tab_id]))
  for (const [where, state] of [['a settled tab', 'paid'], ['the tab of an approved payout', 'approved'], ['the tab of another partner', 'other']] as const) {
    test(`does not move to ${where}`, () => refused('update earnings set tab_id = $2 where id = $1', [at.open.earning_id, at[state].tab_id], RESTRICT, /moves only between unsettled tabs/))
    test(`is not entered on ${where}`, () =>
      refused(copyOf(`program_id, partner_id, currency, '${at[state].tab_id}', 'bonus', 1, 0, earned_on, recorded_at, 'bonus:1', null`), [at[state === 'other' ? 'open' : state].earning_id], RESTRICT, /no unsettled tab/))
  }
  test('does not move to a tab that is not there', () => refused('update earnings set tab_id = gen_random_uuid() where id = $1', [at.open.earning_id], RESTRICT))
  for (const state of ['paid', 'approved'] as const) {
    test(`does not leave the tab of a payout that is ${state}`, async () => {
      const [fresh] = await w.sql(`insert into tabs select org_id, gen_random_uuid(), program_id, partner_id, currency, stream, held_until, false, 0, 0, 0, first_on, last_on from tabs where id = $1 returning id`, [at[state].tab_id])
      await refused('update earnings set tab_id = $2 where id = $1', [at[state].earning_id, fresh.id], RESTRICT, /moves only between unsettled tabs/)
    })
  }
  test('is not entered on a tab of another currency or program, or on none', async () => {
    const on = (columns: string) => refused(copyOf(columns), [at.open.earning_id], RESTRICT, /no unsettled tab/)
    await on(`program_id, partner_id, 'EUR', tab_id, 'bonus', 1, 0, earned_on, recorded_at, 'bonus:1', null`)
    await on(`gen_random_uuid(), partner_id, currency, tab_id, 'bonus', 1, 0, earned_on, recorded_at, 'bonus:1', null`)
    await on(`program_id, partner_id, currency, gen_random_uuid(), 'bonus', 1, 0, earned_on, recorded_at, 'bonus:1', null`)
  })
})

describe('a reversal', () => {
  const reversal = (cents: number, key = 'r', of = 'id', kind = 'reversal') =>
    copyOf(`program_id, partner_id, currency, tab_id, '${kind}', ${cents}, 0, earned_on, recorded_at, 'reversal:${key}', ${of}`)
  test('never takes back more than the earning was', () => refused(reversal(-10_01), [at.open.earning_id], RESTRICT, /takes back more/))
  test('together with earlier ones never takes back more', () => refused(reversal(-6_01), [at.refunded.earning_id], RESTRICT, /takes back more/))
  test('never adds to the earning', () => refused(reversal(1), [at.open.earning_id], RESTRICT, /takes back more/))
  test('reverses something that is there', () => refused(reversal(-1, 'r', 'gen_random_uuid()'), [at.open.earning_id], '23503', /reverses nothing/))
  test('is a reversal or a clawback, and these reverse something', async () => {
    await refused(reversal(-1, 'r', 'id', 'bonus'), [at.open.earning_id], CHECK)
    await refused(reversal(-1, 'r', 'null'), [at.open.earning_id], CHECK)
  })
  test('of a conversion never exceeds its revenue', async () => {
    const insert = `insert into reversals (org_id, id, conversion_id, revenue_cents, reason, recorded_at) values ($1, gen_random_uuid(), $2, $3, 'x', '2026-03-10')`
    await refused(insert, [w.org_id, at.open.conversion_id, 100_01], RESTRICT, /reversed/)
    await refused(insert, [w.org_id, at.refunded.conversion_id, 60_01], RESTRICT, /reversed/)
    await refused(insert, [w.org_id, at.open.conversion_id, -1], CHECK)
  })

  /** Two transactions each take back 6.00 of 10.00; the second waits for the first and is then refused. */
  async function race(text: (n: number) => string, params: unknown[]): Promise<string[]> {
    const { CompiledQuery } = await import('kysely')
    const take = (n: number) =>
      w.db.kysely.transaction().execute(async tx => {
        await tx.executeQuery(CompiledQuery.raw(text(n), params))
        await new Promise(resolve => setTimeout(resolve, 100))
        await tx.executeQuery(CompiledQuery.raw('select 1'))
        throw Object.assign(new Error('undone'), { code: 'done' })
      })
    const done = await Promise.allSettled([take(1), take(2)])
    return done.map(each => (each as PromiseRejectedResult).reason.code).sort()
  }
  test('at once with another waits its turn, and together they never take too much', async ctx => {
    if (testDatabaseKind() === 'embedded') ctx.skip('the embedded database has one connection')
    // each is undone at its end, so both may pass one after the other, but never see each other's half: hold the lock
    expect(await race(n => reversal(-6_00, `race-${n}`), [at.open.earning_id])).toEqual(['done', 'done'])
    const committed = await Promise.allSettled([1, 2].map(n => w.sql(`${reversal(-6_00, `race-${n}`)}`, [at.other.earning_id])))
    expect(committed.map(each => each.status).sort()).toEqual(['fulfilled', 'rejected'])
    const [taken] = await w.sql('select sum(amount_cents)::bigint as cents from earnings where reverses_id = $1', [at.other.earning_id])
    expect(taken.cents).toBe(-6_00)
    await w.sql('update tabs set amount_cents = amount_cents - 600 where id = $1', [at.other.tab_id])
  })
})

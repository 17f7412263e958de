/** What the database itself refuses about earnings and facts, whoever asks: raw SQL as the owner. Source: model.md 1. */
import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabaseKind } from '../support/databases.ts'
import { CHECK, type Held, noColumnChanges, RESTRICT, refused, type State, UNIQUE, worldOfStates } from '../support/states.ts'
import type { World } from '../support/world.ts'

let w: World
let at: Record<State, Held>
beforeAll(async () => {
  ;({ w, at } = await worldOfStates())
  await w.sql(`insert into clicks (org_id, id, program_id, campaign_id, clicked_at)
    select org_id, gen_random_uuid(), program_id, id, created_at from campaigns`)
  await w.sql(`insert into released_lines values ($1, gen_random_uuid(), gen_random_uuid(), 1, '2026-03-10')`, [w.org_id])
})
afterAll(() => w.close())

/** Enters an earning like another one, with some columns of its own. */
const copyOf = (columns: string) => `insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind,
    amount_cents, source_key, reverses_id, earned_on, recorded_at, because, inputs)
  select org_id, gen_random_uuid(), ${columns}, earned_on, recorded_at, because, inputs from earnings where id = $1`
const bonusOn = (key: string, tab = 'tab_id') => copyOf(`${key}, ${tab}, 'bonus', 1, 'bonus:1', null`)
const reversal = (cents: number, { key = 'r', of = 'id', kind = 'reversal' } = {}) =>
  copyOf(`program_id, partner_id, currency, tab_id, '${kind}', ${cents}, 'reversal:${key}', ${of}`)
const itsKey = 'program_id, partner_id, currency'

/** A closed empty tab of the same key. */
async function freshTabLike(tab_id: string): Promise<string> {
  const [tab] = await w.sql(
    `insert into tabs (org_id, id, program_id, partner_id, currency, stream, is_open, first_on, last_on)
     select org_id, gen_random_uuid(), program_id, partner_id, currency, stream, false, first_on, last_on from tabs where id = $1 returning id`,
    [tab_id],
  )
  return tab.id
}

describe('an earning', () => {
  test('is entered once for one source', () =>
    refused(
      w,
      copyOf(`${itsKey}, tab_id, kind, amount_cents, source_key, null`),
      [at.open.earning_id],
      UNIQUE,
      /earnings_source_key/,
    ))

  test('never changes, in no column but its tab', () =>
    noColumnChanges(w, 'earnings', at.open.earning_id, ['tab_id'], /append-only/))

  test('is never deleted', () => refused(w, 'delete from earnings where id = $1', [at.open.earning_id], RESTRICT))

  const foreign = [
    ['a settled tab', 'paid'],
    ['the tab of an approved payout', 'approved'],
    ['the tab of another partner', 'other'],
  ] as const
  for (const [where, state] of foreign) {
    test(`does not move to ${where}`, () =>
      refused(
        w,
        'update earnings set tab_id = $2 where id = $1',
        [at.open.earning_id, at[state].tab_id],
        RESTRICT,
        /moves only between/,
      ))

    test(`is not entered on ${where}`, () => {
      const like = state === 'other' ? at.open : at[state]
      return refused(w, bonusOn(itsKey, `'${at[state].tab_id}'`), [like.earning_id], RESTRICT, /no unsettled tab/)
    })
  }

  for (const state of ['paid', 'approved'] as const) {
    test(`does not leave a payout that is ${state}`, async () => {
      const fresh = await freshTabLike(at[state].tab_id)
      await refused(
        w,
        'update earnings set tab_id = $2 where id = $1',
        [at[state].earning_id, fresh],
        RESTRICT,
        /moves only between/,
      )
    })
  }

  test('moves to an unsettled tab of its own key, and back', async () => {
    const fresh = await freshTabLike(at.open.tab_id)
    const move = (tab_id: string) =>
      w.sql('update earnings set tab_id = $2 where id = $1 returning id', [at.open.earning_id, tab_id])
    expect(await move(fresh)).toHaveLength(1)
    expect(await move(at.open.tab_id)).toHaveLength(1)
  })

  test('is not on a tab of another currency or program, nor on one that is not there', async () => {
    const keys = [
      `program_id, partner_id, 'EUR'`,
      'gen_random_uuid(), partner_id, currency',
      'program_id, gen_random_uuid(), currency',
    ]
    for (const key of keys) await refused(w, bonusOn(key), [at.open.earning_id], RESTRICT, /no unsettled tab/)
    await refused(w, bonusOn(itsKey, 'gen_random_uuid()'), [at.open.earning_id], RESTRICT, /no unsettled tab/)
    await refused(
      w,
      'update earnings set tab_id = gen_random_uuid() where id = $1',
      [at.open.earning_id],
      RESTRICT,
      /moves only between/,
    )
  })
})

describe('a reversal', () => {
  test('never takes back more than the earning was', () =>
    refused(w, reversal(-10_01), [at.open.earning_id], RESTRICT, /takes back more/))

  test('never takes back more together with earlier ones', () =>
    refused(w, reversal(-6_01), [at.refunded.earning_id], RESTRICT, /takes back more/))

  test('never adds to its earning', () => refused(w, reversal(1), [at.open.earning_id], RESTRICT, /takes back more/))

  test('reverses an earning that is there', () =>
    refused(w, reversal(-1, { of: 'gen_random_uuid()' }), [at.open.earning_id], '23503', /reverses nothing/))

  test('and nothing else names what it reverses', async () => {
    await refused(w, reversal(-1, { kind: 'bonus' }), [at.open.earning_id], CHECK)
    await refused(w, reversal(-1, { of: 'null' }), [at.open.earning_id], CHECK)
  })

  test('of a conversion never exceeds its revenue', async () => {
    const insert = `insert into reversals (org_id, id, conversion_id, revenue_cents, reason, recorded_at)
      values ($1, gen_random_uuid(), $2, $3, 'x', '2026-03-10')`
    await refused(w, insert, [w.org_id, at.open.conversion_id, 100_01], RESTRICT, /reversed/)
    await refused(w, insert, [w.org_id, at.refunded.conversion_id, 60_01], RESTRICT, /reversed/)
    await refused(w, insert, [w.org_id, at.open.conversion_id, -1], CHECK)
    await refused(w, insert, [w.org_id, at.open.earning_id, 1], '23503')
  })

  test('waits for another of the same earning and is then refused, so that two at once never take too much', async ctx => {
    if (testDatabaseKind() === 'embedded') ctx.skip('the embedded database has one connection')
    let second: Promise<string> | undefined
    await w.db.kysely.transaction().execute(async tx => {
      const run = (text: string, params: unknown[]) => tx.executeQuery(CompiledQuery.raw(text, params))
      await run(reversal(-6_00, { key: 'first' }), [at.other.earning_id])
      await run('update tabs set amount_cents = amount_cents - 600 where id = $1', [at.other.tab_id])
      second = w.sql(reversal(-6_00, { key: 'second' }), [at.other.earning_id]).then(
        () => 'entered',
        error => error.code,
      )
      expect(await Promise.race([second, new Promise(resolve => setTimeout(resolve, 200, 'waits'))])).toBe('waits')
    })
    expect(await second).toBe(RESTRICT)
  })
})

describe('a conversion', () => {
  test('is a fact: only the decision about it changes', () =>
    noColumnChanges(w, 'conversions', at.open.conversion_id, ['decision', 'reason', 'pending'], /is a fact/))

  test('is recorded once for one external id and one event id', async () => {
    const copy = (
      columns: string,
    ) => `insert into conversions (org_id, id, program_id, campaign_id, partner_id, type, revenue_cents, currency,
      occurred_at, recorded_at, posted_status, decision, external_id, event_id) select org_id, gen_random_uuid(), program_id, campaign_id,
      partner_id, type, revenue_cents, currency, occurred_at, recorded_at, posted_status, decision, ${columns} from conversions where id = $1`
    await refused(w, copy('external_id, null'), [at.open.conversion_id], UNIQUE, /conversions_external_id/)
    await refused(
      w,
      `with first as (${copy(`'x-1', 'event'`)}) ${copy(`'x-2', 'event'`)}`,
      [at.open.conversion_id],
      UNIQUE,
      /conversions_event_id/,
    )
  })

  test('once rejected is never revived, and once decided never waits again', async () => {
    const decide = (to: string) =>
      `update conversions set decision = '${to}', pending = case when '${to}' = 'pending_review' then '{}'::jsonb end where id = $1`
    await refused(w, decide('pending_review'), [at.open.conversion_id], RESTRICT, /cannot become/)
    await w.sql(
      `insert into conversions select org_id, gen_random_uuid(), program_id, campaign_id, partner_id, 'dead', null, null, type, 0, currency,
      occurred_at, recorded_at, null, null, null, null, null, null, 'declined', 'rejected', null, null, null from conversions where id = $1`,
      [at.open.conversion_id],
    )
    const [dead] = await w.sql(`select id from conversions where external_id = 'dead'`)
    for (const to of ['approved', 'pending_review']) await refused(w, decide(to), [dead.id], RESTRICT, /cannot become/)
  })

  test('carries what it would earn only while it waits', () =>
    refused(w, `update conversions set pending = '{}' where id = $1`, [at.open.conversion_id], CHECK))
})

describe('what is appended stays', () => {
  for (const table of ['events', 'adjustments', 'campaign_versions', 'reversals', 'clicks', 'released_lines']) {
    test(`rows of ${table} are neither changed nor deleted`, async () => {
      expect((await w.sql(`select 1 from ${table}`)).length).toBeGreaterThan(0)
      await refused(w, `update ${table} set org_id = org_id`, [], RESTRICT, /append-only/)
      await refused(w, `delete from ${table}`, [], RESTRICT, /append-only/)
    })
  }
  for (const table of ['conversions', 'earnings', 'tabs', 'payouts', 'payments', 'partners', 'campaigns', 'programs']) {
    test(`rows of ${table} are not deleted`, async () => {
      expect((await w.sql(`select 1 from ${table}`)).length).toBeGreaterThan(0)
      await refused(w, `delete from ${table}`, [], RESTRICT, /append-only/)
    })
  }
})

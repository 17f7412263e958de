import { expect, test } from 'vitest'
import { runScheduled } from '../../../src/server/payouts/scheduled.ts'
import { testDatabaseKind } from '../../support/databases.ts'
import { type World, world } from '../../support/world.ts'
import { shopIn, stories } from './support.ts'

const story = stories({ today: '2026-03-10' })

/** Makes the next insert of payouts lose a race, as a deadlock would; the sequence remembers it through the rollback. */
async function loseOneRace(w: World): Promise<void> {
  await w.sql('create sequence if not exists races')
  await w.sql('grant usage on sequence races to quittance_app')
  await w.sql(`create or replace function lose_race() returns trigger language plpgsql as $$ begin
    if nextval('races') = 1 then raise exception 'lost' using errcode = '40P01'; end if; return null; end $$`)
  await w.sql(`select setval('races', 1, false)`)
  await w.sql('drop trigger if exists lose_race on payouts')
  await w.sql('create trigger lose_race after insert on payouts for each statement execute function lose_race()')
}
const noMoreRaces = (w: World) => w.sql('drop trigger lose_race on payouts')

story('a run that loses a race starts again and counts each draft once', async shop => {
  for (const name of ['Ada', 'Bob']) await shop.sale(await shop.partner(name), 5_00)
  await loseOneRace(shop.w)
  expect((await shop.run()).data).toMatchObject({ created: 2, totals: [{ currency: 'USD', amount_cents: 10_00 }] })
  expect(await shop.listed()).toHaveLength(2)
  await noMoreRaces(shop.w)
})

story('a scheduled run that loses a race still drafts, and reports what it drafted', async shop => {
  await shop.settings({ frequency: 'monthly' })
  for (const name of ['Ada', 'Bob']) await shop.sale(await shop.partner(name), 5_00)
  await loseOneRace(shop.w)
  expect(await runScheduled(shop.w.app, '2026-04-01T00:00:00.000Z')).toEqual({
    drafts: 2,
    skipped: 0,
    amount_cents: { USD: 10_00 },
  })
  expect(await shop.listed()).toHaveLength(2)
  await noMoreRaces(shop.w)
})

/** Partners, and a bonus for each, entered by SQL. */
const id = (kind: string) => `('019a0000-0000-7000-${kind}000-' || lpad(n::text, 12, '0'))::uuid`

async function manyPartners(w: World, brand_id: string, count: number): Promise<void> {
  await w.sql(
    `insert into partners (org_id, id, program_id, name, slug, alias, created_at)
      select $1, ${id('8')}, $2, 'Partner ' || n, 'p-' || n, 'p-' || n, '2026-03-01' from generate_series(1, ${count}) n`,
    [w.org_id, brand_id],
  )
}

async function oneBonusEach(w: World, brand_id: string, count: number, currency: 'USD' | 'EUR'): Promise<void> {
  const [tab, earning] = currency === 'USD' ? ['9', 'a'] : ['b', '9']
  const from = `from generate_series(1, ${count}) n`
  const rows = [
    `insert into tabs (org_id, id, program_id, partner_id, currency, stream, amount_cents, item_count, first_on, last_on)
      select $1, ${id(tab as string)}, $2, ${id('8')}, '${currency}', 'conversions', n, 1, '2026-03-01', '2026-03-01' ${from}`,
    `insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, item_count, earned_on, recorded_at,
      source_key, because, inputs)
      select $1, ${id(earning as string)}, $2, ${id('8')}, '${currency}', ${id(tab as string)}, 'bonus', n, 1, '2026-03-01', '2026-03-01', 'bonus:${currency}:' || n, 'A bonus', '{}' ${from}`,
  ]
  for (const text of rows) await w.sql(text, [w.org_id, brand_id])
}

test('a run over more than 10,000 balances goes chunk by chunk, and all of it is one answer', { timeout: 120_000 }, async ctx => {
  if (testDatabaseKind() === 'embedded') ctx.skip('10,050 partners on a real server only')
  const w = await world({ today: '2026-03-10' })
  const shop = shopIn(w, w.brand_id)
  await manyPartners(w, w.brand_id, 10_050)
  await oneBonusEach(w, w.brand_id, 10_050, 'USD')
  await shop.settings({ minimum_threshold_cents: 11 })
  const { status, data } = await shop.run({}, { headers: { 'idempotency-key': 'a-big-run' } })
  const cents = (10_050 * 10_051) / 2 - 55
  expect(status).toBe(201)
  expect(data).toMatchObject({ created: 10_040, totals: [{ currency: 'USD', amount_cents: cents }], skipped_count: 10 })
  expect([data.payouts.length, data.skipped.length]).toEqual([100, 10])
  const told = await w.sql(
    `select (after->>'count')::int as count, txid from (select after, xmin::text as txid, id from events where verb = 'payouts.drafted') e order by id`,
  )
  expect(told.map(event => event.count)).toEqual([9_990, 50])
  expect(new Set(told.map(event => event.txid)).size).toBe(2)
  expect(await w.sql('select count(*)::int as n, sum(amount_cents)::bigint as cents, max(number) as last from payouts')).toEqual([
    { n: 10_040, cents, last: 10_040 },
  ])
  await oneBonusEach(w, w.brand_id, 10_050, 'EUR')
  const again = await shop.run({}, { headers: { 'idempotency-key': 'a-big-run' } })
  expect(again.data).toEqual(data)
  expect(await w.sql('select count(*)::int as n from payouts')).toEqual([{ n: 10_040 }])
  expect((await shop.run()).data).toMatchObject({ created: 10_050, totals: [{ currency: 'EUR' }], skipped_count: 10 })
  await w.close()
})

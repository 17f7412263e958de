import { afterAll, beforeAll, expect, test } from 'vitest'
import { runChecks } from '../../../src/server/checks/check.ts'
import { type World, world } from '../../support/world.ts'
import { shopIn } from '../payouts/support.ts'
import { withStructures } from './support.ts'

/** What someone with the keys of the database could do, past every guard, and the check that finds it. */
const damages: [what: string, statement: string, found: string][] = [
  [
    'another amount',
    `update earnings set amount_cents = amount_cents + 1 where kind = 'accrual' and mark is null`,
    'I7 an accrual, computed again from its inputs and version, is the same',
  ],
  [
    'another rule',
    'update structure_versions set amount_cents = amount_cents + 1',
    'I7 an accrual, computed again from its inputs and version, is the same',
  ],
  [
    'a structure that forgets its accruals',
    'update structures set has_accruals = false',
    'an accrual has a version of a structure of its program, which knows of accruals',
  ],
  ['a version left out', 'update structure_versions set version_number = 2', 'a structure has the versions 1, 2, 3 and so on'],
  [
    'an assignment within another',
    `insert into assignments select org_id, gen_random_uuid(), structure_id, partner_id, assigned_at, assigned_by,
      assigned_at + interval '1 day', assigned_by from assignments`,
    'assignments of a partner to a structure are of its program and never overlap',
  ],
  [
    'a period that earned and did not',
    `insert into unearned_periods select e.org_id, e.source_key, v.structure_id, v.id, e.partner_id, e.period_start_at,
      e.period_end_at, 'x', '{}', now() from earnings e join structure_versions v on v.id = e.structure_version_id where e.kind = 'accrual'`,
    'a period either earned or was found to earn nothing',
  ],
  [
    'half of an accrual taken back',
    `update earnings set amount_cents = -1 where kind = 'reversal'`,
    'an accrual is taken back whole, once, on its own tab',
  ],
]

const made: { w?: World } = {}
beforeAll(async () => {
  made.w = await world({ today: '2026-03-31T12:00:00Z' })
  const base = shopIn(made.w, made.w.brand_id)
  const shop = { ...base, ...withStructures(base) }
  const { accrual } = await shop.earned(50_00, { until: '2026-06-01' })
  await shop.must(shop.set(accrual, 'voided'))
  await made.w.check()
})
afterAll(() => made.w?.close())

for (const [what, statement, found] of damages)
  test(`the checks find ${what}`, async () => {
    const w = made.w as World
    const violated = async () => (await runChecks(w.app)).checks.filter(c => c.violations > 0).map(c => c.name)
    const copies = ['earnings', 'structures', 'structure_versions', 'assignments', 'unearned_periods']
    const past = (statements: string[]) =>
      w.sql(`do $past$ begin set local session_replication_role = replica; ${statements.join('; ')}; end $past$`)
    await past([...copies.map(table => `create table kept_${table} as select * from ${table}`), statement])
    expect(await violated()).toContain(found)
    await past(copies.flatMap(t => [`delete from ${t}`, `insert into ${t} select * from kept_${t}`, `drop table kept_${t}`]))
    expect(await violated()).toEqual([])
  })

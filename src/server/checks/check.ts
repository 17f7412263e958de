/** Proves the books: runs every invariant over every organization and counts what it looked at. Source: spec D5. */
import { accrueAgain } from '../../core/accrue.ts'
import { compile, type Pricer, price, recall } from '../../core/price.ts'
import type { App } from '../app.ts'
import type { Tx } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import * as sql from './check.sql.ts'

export type Check = { name: string; rows: number; violations: number }
export type Report = { ok: boolean; checks: Check[] }

/** What SQL cannot say: every earning is computed again. */
const again: Record<string, (tx: Tx, org_id: string) => Promise<sql.Count>> = {
  'I7 a commission, priced again from its inputs and version, is the same': repriceAll,
  'I7 an accrual, computed again from its inputs and version, is the same': accrueAllAgain,
}
const PAGE = 5000

export async function runChecks(app: App): Promise<Report> {
  const org_ids = await organizationIds(app.db.kysely)
  const totals = new Map<string, Check>(
    [...Object.keys(sql.invariants), ...Object.keys(again)].map(name => [name, { name, rows: 0, violations: 0 }]),
  )
  for (const org_id of org_ids) {
    for (const check of totals.values()) {
      const found = await transaction(
        app.db,
        { org_id, readonly: true },
        tx => again[check.name]?.(tx, org_id) ?? sql.run(tx, org_id, check.name),
      )
      check.rows += found.rows
      check.violations += found.violations
    }
  }
  const checks = [...totals.values()]
  return { ok: checks.every(check => check.violations === 0), checks }
}

async function repriceAll(tx: Tx, org_id: string): Promise<sql.Count> {
  const pricers = await pricersOf(tx, org_id)
  return countEach(
    after => sql.commissions(tx, org_id, after, PAGE),
    row => isSame(pricers, row),
  )
}

/** Goes through all rows, a page at a time. */
async function countEach<Row extends { id: string }>(
  pageAfter: (id: string | null) => Promise<Row[]>,
  isRight: (row: Row) => boolean,
): Promise<sql.Count> {
  const found = { rows: 0, violations: 0 }
  for (let after: string | null = null; ; ) {
    const page: Row[] = await pageAfter(after)
    found.rows += page.length
    found.violations += page.filter(row => !isRight(row)).length
    if (page.length < PAGE) return found
    after = (page.at(-1) as Row).id
  }
}

async function accrueAllAgain(tx: Tx, org_id: string): Promise<sql.Count> {
  const versions = new Map((await sql.structureVersions(tx, org_id)).map(version => [version.id, version]))
  return countEach(
    after => sql.accruals(tx, org_id, after, PAGE),
    row => {
      const version = versions.get(row.structure_version_id)
      const outcome = version ? accrueAgain(version, row.inputs) : null
      return outcome?.cents === row.amount_cents && outcome.because === row.because && version?.currency === row.currency
    },
  )
}

async function pricersOf(tx: Tx, org_id: string): Promise<Map<string, Pricer>> {
  const versions = await sql.versions(tx, org_id)
  return new Map(
    versions.map(v => [`${v.campaign_id} ${v.version}`, compile({ ...v.terms, campaign_id: v.campaign_id, version: v.version })]),
  )
}

function isSame(pricers: Map<string, Pricer>, row: sql.Pricing): boolean {
  const pricer = pricers.get(`${row.inputs.campaign_id} ${row.inputs.version}`)
  if (!pricer) return false
  const again = price(pricer, { ...row, currency: row.conversion_currency, ...recall(row.inputs) })
  return again.amount_cents === row.amount_cents && again.currency === row.currency && again.because === row.because
}

/** Proves the books: runs every invariant over every organization and counts what it looked at. Source: spec D5. */
import { compile, type Pricer, price, recall } from '../../core/price.ts'
import type { App } from '../app.ts'
import type { Tx } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import * as sql from './check.sql.ts'

export type Check = { name: string; rows: number; violations: number }
export type Report = { ok: boolean; checks: Check[] }

const REPRICED = 'I7 a commission, priced again from its inputs and version, is the same'
const PAGE = 5000

export async function runChecks(app: App): Promise<Report> {
  const org_ids = await organizationIds(app.db.kysely)
  const totals = new Map<string, Check>(
    [...Object.keys(sql.invariants), REPRICED].map(name => [name, { name, rows: 0, violations: 0 }]),
  )
  for (const org_id of org_ids) {
    for (const check of totals.values()) {
      const found = await transaction(app.db, { org_id, readonly: true }, tx =>
        check.name === REPRICED ? repriceAll(tx, org_id) : sql.run(tx, org_id, check.name),
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
  const found = { rows: 0, violations: 0 }
  for (let after: string | null = null; ; ) {
    const page: sql.Pricing[] = await sql.commissions(tx, org_id, after, PAGE)
    found.rows += page.length
    found.violations += page.filter(row => !isSame(pricers, row)).length
    if (page.length < PAGE) return found
    after = (page.at(-1) as sql.Pricing).id
  }
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

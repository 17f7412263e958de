/** The texts of the custom payout tables: as they read today, merged with what is sent, and read into lines. */
import type { TableKey } from '../../core/custom-payout.ts'
import { parseTables } from '../../core/custom-payout-lines.ts'
import { refuse } from '../../core/refusal.ts'
import type { Ctx } from '../context.ts'
import * as partners from '../partners/partners.sql.ts'
import type * as sql from './campaigns.sql.ts'

export type Tables = Partial<Record<TableKey, string>>

/** The tables as they read today: a line stays with its partner, and its text follows when the alias changes. */
export async function tablesNow(ctx: Ctx, { terms, tables }: sql.CampaignRow): Promise<Record<string, string>> {
  const bound = terms.lines.flatMap(({ tab, line, partner_id }) => (partner_id === undefined ? [] : { tab, line, partner_id }))
  if (bound.length === 0) return tables
  const partnersNow = await partners.aliases(ctx, [...new Set(bound.map(b => b.partner_id))])
  const aliasOf = new Map(partnersNow.map(p => [p.id, p.alias]))
  const texts = Object.entries(tables).map(([tab, text]) => {
    const partnerOn = new Map(bound.filter(b => b.tab === tab).map(b => [b.line, b.partner_id]))
    const linesNow = text.split(/\r\n|\r|\n/).map((line, n) => {
      const id = partnerOn.get(n + 1)
      const alias = id === undefined ? undefined : aliasOf.get(id)
      return alias === undefined || [id, alias.toLowerCase()].includes(nameOn(line)) ? line : line.replace(/^[^,]*/, alias)
    })
    return [tab, linesNow.join('\n')]
  })
  return Object.fromEntries(texts)
}

/** The partner that a line begins with, in lower case and without quotes. */
export const nameOn = (line: string): string =>
  (line.split(',')[0] ?? '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .toLowerCase()

/** A table left out stays, an empty one is emptied. */
export function mergeTables(before: Tables, given: Tables): Record<string, string> {
  const merged = Object.entries({ ...before, ...given }).filter(([, text]) => text !== undefined && text.trim() !== '')
  return Object.fromEntries(merged) as Record<string, string>
}

/** Every line of the tables. Refuses `invalid_cost_model`, and `invalid_body` with tab, line and message of every wrong line. */
export async function linesOf(ctx: Ctx, terms: Pick<sql.StoredTerms, 'cost_model' | 'currency'>, tables: Tables) {
  const model = terms.cost_model
  if (model !== 'cpa' && model !== 'revshare') {
    refuse('invalid_cost_model', 'Custom payouts need a campaign with the cost model CPA or RevShare.')
  }
  const byName = new Map(
    (await partners.aliases(ctx)).flatMap(p => [[p.alias.toLowerCase(), p.id] as const, [p.id, p.id] as const]),
  )
  const parsed = parseTables(tables, model, name => byName.get(name.toLowerCase()) ?? null, terms.currency)
  if (parsed.errors) {
    const [first] = parsed.errors
    const message = `Nothing was saved: ${parsed.errors.length} wrong line(s). ${first?.tab} line ${first?.line}: ${first?.message}`
    refuse('invalid_body', message, { errors: parsed.errors })
  }
  return parsed.lines
}

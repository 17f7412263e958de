import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { decimal, guarded, inlined, utc } from '../db/csv.ts'
import { statusOf } from '../earnings/accruals.sql.ts'
import { within } from '../structures/accruals.sql.ts'
import { all, type Filter, inReach, isNamed } from './tracker.sql.ts'

const text = (column: string) => sql.raw(guarded(column))
const at = (column: string) => sql.raw(utc(column))

/**
 * The select behind the export: one row an accrual of the filter, the oldest period first, in the order of the index; for
 * one partner, behind them its payments that paid no accrual.
 */
export function exportSelect(ctx: Ctx, f: Filter, currencies: readonly string[]): string {
  const accruals = accrualRows(ctx, f, currencies)
  const select =
    f.partner_id === null || f.structure_id !== null || f.status === 'earned'
      ? accruals
      : sql`(${accruals}) union all (${paymentRows(ctx, f, currencies)})`
  return inlined(select.compile(ctx.tx))
}

const reach = (ctx: Ctx, f: Filter, alias: string) => [...inReach(ctx, f, alias), isNamed(f)]

const accrualRows = (ctx: Ctx, f: Filter, currencies: readonly string[]) => {
  const status = statusOf('e', 't')
  const chosen = f.status === null ? [] : [sql`${status} = ${f.status}`]
  return sql`
    select ${text('p.name')} as creator, ${text('p.handle')} as handle, ${text('s.name')} as structure, v.version_number as version,
      ${at('e.period_start_at')} as period_start, ${at('e.period_end_at')} as period_end,
      ${sql.raw(decimal('e.amount_cents', 'e.currency', currencies))} as amount, e.currency, ${status} as status,
      m.id as payment_id, ${at('m.paid_at')} as paid_at, ${text('m.method_name')} as method
    from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id and t.stream = 'structures'
        and ${all(inReach(ctx, f, 't'))}
      join partners p on p.org_id = e.org_id and p.id = e.partner_id
      join structure_versions v on v.org_id = e.org_id and v.id = e.structure_version_id
      join structures s on s.org_id = v.org_id and s.id = v.structure_id
      left join payments m on m.org_id = t.org_id and m.id = t.payment_id
    where ${all([...reach(ctx, f, 'e'), sql`e.kind = 'accrual'`, ...within(ctx, f), ...chosen])}
    order by e.period_end_at, e.id`
}

const paymentRows = (ctx: Ctx, f: Filter, currencies: readonly string[]) => {
  const chosen = [
    ...(f.status === null ? [] : [sql`m.status = ${f.status}`]),
    ...(f.from === null ? [] : [sql`m.paid_at >= ${f.from}::timestamptz`]),
    ...(f.before === null ? [] : [sql`m.paid_at < ${f.before}::timestamptz`]),
  ]
  return sql`
    select ${text('p.name')} as creator, ${text('p.handle')} as handle, null::text as structure, null::int as version,
      null::text as period_start, null::text as period_end,
      ${sql.raw(decimal('m.total_amount_cents', 'm.currency', currencies))} as amount, m.currency, m.status,
      m.id as payment_id, ${at('m.paid_at')} as paid_at, ${text('m.method_name')} as method
    from payments m join partners p on p.org_id = m.org_id and p.id = m.partner_id
    where ${all([...reach(ctx, f, 'm'), ...chosen])}
      and not exists (select from tabs t where t.org_id = m.org_id and t.payment_id = m.id and t.stream = 'structures')
      and not exists (select from released_lines l join earnings e on e.org_id = l.org_id and e.id = l.earning_id
        where l.org_id = m.org_id and l.payment_id = m.id and e.kind = 'accrual')
    order by m.paid_at, m.id`
}

/** The currencies in which anything was ever earned by structures or paid, each found by an index or in few rows. */
export async function currenciesOf(ctx: Ctx): Promise<string[]> {
  const { rows } = await sql<{ currency: string }>`
    select currency from paid_totals where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
    union select v.currency from structures s join structure_versions v on v.org_id = s.org_id and v.structure_id = s.id
      where s.org_id = ${ctx.org_id} and s.program_id = ${ctx.program.id}`.execute(ctx.tx)
  return rows.map(row => row.currency)
}

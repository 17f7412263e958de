import { type RawBuilder, sql } from 'kysely'

/** Whether an earning was rejected or voided, and which: the mark on the reversal that took it back whole. */
export const markOf = (earning: string): RawBuilder<string | null> => sql`
  (select r.mark from earnings r where r.org_id = ${sql.ref(`${earning}.org_id`)} and r.reverses_id = ${sql.ref(`${earning}.id`)}
    and r.kind = 'reversal' and r.mark in ('rejected', 'voided') limit 1)`

/** Where an accrual stands: taken back, paid by the payment of its tab, or earned. Its tab is `tab`. */
export const statusOf = (earning: string, tab: string): RawBuilder<string> => sql`
  coalesce(${markOf(earning)}, case when ${sql.ref(`${tab}.payment_id`)} is not null then 'paid' else 'earned' end)`

import { dayOf, firstOfMonth } from '../../core/calendar.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import type { Kpi } from '../shared/kpis.tsx'
import type { Totals } from './queries.ts'

type Search = { status?: string; from?: string; date?: string; balance?: string }
type Given = { totals: readonly Totals[] | undefined; search: Search; now: string; time_zone: string }

/** What is owed, what waits for approval, what was paid this month; each shows below the rows that it is made of. Source: A8. */
export function kpiCards({ totals, search, now, time_zone }: Given): Kpi[] {
  const figures = (pick: (total: Totals) => number, only = (total: Totals) => pick(total) > 0) =>
    totals ? totals.filter(only).map(total => ({ currency: total.currency, cents: pick(total) })) : null
  const drafts = totals?.reduce((sum, each) => sum + each.draft_count, 0)
  const inside = totals?.filter(total => total.in_payouts_cents > 0) ?? []
  const month = firstOfMonth(dayOf(now, time_zone))
  const { status, from, date, balance } = search
  const any_day = { from: undefined, to: undefined, date: undefined }
  return [
    {
      name: 'Owed to partners',
      figures: figures(total => total.outstanding_cents),
      note:
        inside.length === 0 ? '' : `${inside.map(total => money(total.in_payouts_cents, total.currency)).join(', ')} in payouts`,
      filter: { balance: 'outstanding' },
      is_on: balance === 'outstanding',
    },
    {
      name: 'Pending approval',
      figures: figures(
        total => total.draft_cents,
        total => total.draft_count > 0,
      ),
      note: drafts === undefined ? '' : counted(drafts, 'draft'),
      filter: { ...any_day, status: 'draft' },
      is_on: status === 'draft' && from === undefined && date === undefined,
    },
    {
      name: 'Paid this month',
      figures: figures(total => total.paid_this_month_cents),
      filter: { ...any_day, status: 'paid', from: month, date: 'paid_at' },
      is_on: status === 'paid' && from === month && date === 'paid_at',
    },
  ]
}

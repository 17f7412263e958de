import type { ReactNode } from 'react'
import { figure } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { useSession } from '../shell/session.tsx'
import css from './payouts.module.css'
import type { Totals } from './queries.ts'

type StripProps = { totals: readonly Totals[] | undefined }

/** What is owed, what waits for approval, what was paid this month: one figure a currency. Source: spec A8. */
export function KpiStrip({ totals }: StripProps) {
  const drafts = totals?.reduce((sum, each) => sum + each.draft_count, 0)
  return (
    <dl className={css.strip} aria-busy={totals === undefined}>
      <Kpi name="Owed to partners" totals={totals} pick={total => total.outstanding_cents} />
      <Kpi name="Pending approval" totals={totals} pick={total => total.draft_cents} only={total => total.draft_count > 0}>
        {drafts === undefined ? '' : counted(drafts, 'draft')}
      </Kpi>
      <Kpi
        name="Paid this month"
        totals={totals}
        pick={total => total.paid_this_month_cents}
        only={total => total.paid_this_month_cents > 0}
      />
    </dl>
  )
}

type KpiProps = StripProps & {
  name: string
  pick: (total: Totals) => number
  only?: (total: Totals) => boolean
  children?: ReactNode
}

function Kpi({ name, totals, pick, only = total => pick(total) > 0, children }: KpiProps) {
  const { brand } = useSession()
  const figures = totals?.filter(only).map(total => ({ currency: total.currency, cents: pick(total) })) ?? []
  const shown = figures.length > 0 ? figures : [{ currency: brand.currency, cents: 0 }]
  return (
    <div className={css.kpi}>
      <dt>
        {name}
        {children && <span className={css.kpiNote}>{children}</span>}
      </dt>
      {totals === undefined ? (
        <dd className={css.kpiWaiting}>…</dd>
      ) : (
        shown.map(({ currency, cents }) => (
          <dd key={currency} data-small={shown.length > 1 || undefined}>
            {figure(cents, currency)} <span className={css.currency}>{currency}</span>
          </dd>
        ))
      )}
    </div>
  )
}

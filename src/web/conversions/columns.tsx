/** The columns that queue and stream share. */
import { Amount, onlyCurrency } from '../shared/amount.tsx'
import type { Column } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { RowLink } from '../shared/row-link.tsx'
import css from './conversions.module.css'
import type { Conversion } from './queries.ts'

type Param = 'conversion' | 'waiting'

/** The order number opens the rail; `search` keeps either parameter alone in the address. */
export const orderColumn = (param: Param, isNew: (row: Conversion) => boolean = () => false): Column<Conversion> => ({
  key: 'order',
  title: 'Order',
  fixed: true,
  render: row => (
    <>
      {isNew(row) && (
        <span className={css.new} title="Came in since this page was opened">
          new
        </span>
      )}
      <RowLink
        row={`${param}:${row.id}`}
        search={{ conversion: undefined, waiting: undefined, [param]: row.id }}
        narrow={
          <span className={css.clip}>
            {row.partner_name} · <DateText at={row.occurred_at} />
          </span>
        }
      >
        {row.external_id}
      </RowLink>
    </>
  ),
})

export const partnerColumn: Column<Conversion> = { key: 'partner', title: 'Partner', wide: true, render: row => row.partner_name }
export const campaignColumn: Column<Conversion> = {
  key: 'campaign',
  title: 'Campaign',
  wide: true,
  render: row => row.campaign_name,
}

export function moneyColumns(rows: readonly Conversion[]): Column<Conversion>[] {
  const currency = onlyCurrency(rows)
  const paid_in = onlyCurrency(rows.map(row => ({ currency: row.commission_currency })))
  return [
    {
      ...{ key: 'revenue', title: 'Revenue', numeric: true, wide: true, unit: currency },
      render: row => <Amount cents={row.revenue_cents} currency={row.currency} bare={currency !== null} />,
    },
    {
      ...{ key: 'payout', title: 'Payout', numeric: true, unit: paid_in },
      render: row => <Amount cents={row.commission_cents} currency={row.commission_currency} bare={paid_in !== null} />,
    },
  ]
}

export const dayColumn: Column<Conversion> = {
  ...{ key: 'occurred', title: 'Occurred', wide: true, width: 120 },
  render: row => <DateText at={row.occurred_at} />,
}

import { Button, SegmentedControl } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { addressOf } from '../../client/client.ts'
import { figure, money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Facts, Rail } from '../shared/rail.tsx'
import { useSession } from '../shell/session.tsx'
import { AccrualTable } from './accrual-table.tsx'
import type { Payee } from './mark-paid.tsx'
import { PaymentTable } from './payment-table.tsx'
import { type Filter, nameQuery, partnerQuery, type Row } from './queries.ts'
import css from './tracker.module.css'

type RailProps = {
  partner_id: string
  filter: Filter
  onMove: (partner_id: string) => void
  onPay: (payee: Payee) => void
  onClose: () => void
}

/** One partner beside the table: what is outstanding in all, and its accruals and payments within the filter of the page. */
export function PartnerRail({ partner_id, filter, onMove, onPay, onClose }: RailProps) {
  const { brand, is_admin } = useSession()
  const { data: rows } = useQuery(partnerQuery(brand.id, partner_id))
  const { data: partner } = useQuery(nameQuery(brand.id, partner_id))
  const name = partner?.name ?? 'Partner'
  const owed = rows?.filter(row => row.outstanding_cents > 0) ?? []
  return (
    <Rail
      label={`Tracker of ${name}`}
      kicker="Outstanding over all periods"
      title={name}
      amount={(owed.length > 0 ? owed : [{ currency: brand.currency, outstanding_cents: 0 }]).map(row => (
        <span key={row.currency} className={css.railAmount}>
          {figure(row.outstanding_cents, row.currency)} <span className={css.unit}>{row.currency}</span>
        </span>
      ))}
      row={`partner:${partner_id}`}
      onMove={onMove}
      onClose={onClose}
    >
      <div className={css.railButtons}>
        {is_admin &&
          owed
            .filter(row => row.outstanding_cents > row.in_payouts_cents)
            .map(row => (
              <Button key={row.currency} onClick={() => onPay(row)}>
                Mark as paid{owed.length > 1 ? ` in ${row.currency}` : ''}
              </Button>
            ))}
        <PartnerExport partner_id={partner_id} />
        <Link
          to="/partners/$partner_id"
          params={{ partner_id }}
          search={before => ({ brand: before.brand, tab: 'payouts' })}
          className={css.link}
        >
          Partner page
        </Link>
      </div>
      {rows?.map(row => (
        <Facts key={row.currency} facts={factsOf(row)} />
      ))}
      <Lists filter={{ ...filter, partner_id }} />
    </Rail>
  )
}

const factsOf = (row: Row) =>
  [
    ['Earned', money(row.earned_cents, row.currency)],
    ['Paid', money(row.paid_cents, row.currency)],
    ['In payouts', row.in_payouts_cents > 0 && money(row.in_payouts_cents, row.currency)],
    ['Last paid', <DateText key="d" at={row.last_paid_at} />],
  ].map(([name, value]) => [name as string, value === false ? null : value] as const)

/** Everything of one partner as CSV: its accruals, and payments that paid none. */
export function PartnerExport({ partner_id }: { partner_id: string }) {
  const { brand } = useSession()
  return (
    <Button
      component="a"
      variant="default"
      href={addressOf('/api/brands/{brand_id}/tracker/export', { brand_id: brand.id }, { partner_id })}
      download
      leftSection={<IconDownload size={15} aria-hidden="true" />}
    >
      CSV of this partner
    </Button>
  )
}

function Lists({ filter: { q: _q, ...filter } }: { filter: Filter }) {
  const { sub = 'accruals' } = useSearch({ from: '/shell/tracker' })
  const navigate = useNavigate({ from: '/tracker' })
  const is_filtered = Boolean(filter.from || filter.to || filter.status || filter.structure_id)
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        className={css.subs}
        aria-label="Lists"
        value={sub}
        onChange={value => void navigate({ search: before => ({ ...before, sub: value as never }), replace: true })}
        data={[
          { value: 'accruals', label: 'Accruals' },
          { value: 'payments', label: 'Payments' },
        ]}
      />
      {is_filtered && (
        <p className={css.quiet}>{sub === 'accruals' ? 'Within the filter of the page.' : 'Within the days of the filter.'}</p>
      )}
      {sub === 'accruals' ? (
        <AccrualTable filter={filter} compact empty={<Empty title="No accruals here." />} />
      ) : (
        <PaymentTable filter={filter} compact empty={<Empty title="No payments here." />} />
      )}
    </>
  )
}

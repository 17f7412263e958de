import { Button } from '@mantine/core'
import { IconCash, IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { addressOf } from '../../client/client.ts'
import { type Field, FilterBar } from '../shared/filter-bar.tsx'
import { Page } from '../shared/page.tsx'
import { useSession } from '../shell/session.tsx'
import { AccrualDialog } from './accrual-dialog.tsx'
import { AdHoc } from './ad-hoc.tsx'
import { Banner } from './banner.tsx'
import { Charts } from './charts.tsx'
import { MarkPaid, type Payee } from './mark-paid.tsx'
import { PartnerRail } from './partner-rail.tsx'
import { PartnerTable } from './partner-table.tsx'
import { type Filter, type Order, structuresQuery, trackerQuery } from './queries.ts'
import { accrualStatuses } from './status.tsx'
import css from './tracker.module.css'

/** What the address says of the filter, as the API names it. */
function useFilter(): Filter {
  const { q, from, to, status, structure } = useSearch({ from: '/shell/tracker' })
  return { q, from, to, status, structure_id: structure }
}

/** What structures earned whom, what of it was paid and what is outstanding. Source: spec B15. */
export function TrackerPage() {
  const { brand, is_admin } = useSession()
  const { sort, partner, accrual } = useSearch({ from: '/shell/tracker' })
  const navigate = useNavigate({ from: '/tracker' })
  const filter = useFilter()
  const query = useInfiniteQuery({ ...trackerQuery(brand.id, filter, orderOf(sort)), placeholderData: before => before })
  const [payee, setPayee] = useState<Payee | null>(null)
  const [is_ad_hoc, setAdHoc] = useState(false)
  const is_filtered = Object.values(filter).some(Boolean)
  const open = (id: string | undefined) =>
    void navigate({ search: before => ({ ...before, partner: id, sub: undefined }), replace: id === undefined })
  return (
    <Page
      title="Payouts tracker"
      actions={<Actions filter={filter} onAdHoc={is_admin ? () => setAdHoc(true) : undefined} />}
      rail={
        partner && (
          <PartnerRail
            key={partner}
            partner_id={partner}
            filter={filter}
            onMove={open}
            onPay={setPayee}
            onClose={() => open(undefined)}
          />
        )
      }
      railRow={partner && `partner:${partner}`}
    >
      <Banner totals={query.data?.pages[0]?.meta.totals} is_filtered={is_filtered} is_owed_only={filter.status === 'earned'} />
      <Filters />
      <div className={css.body}>
        <Charts filter={filter} />
        <PartnerTable query={query} filter={filter} sort={orderOf(sort)} onOpen={open} onPay={setPayee} />
      </div>
      {payee && <MarkPaid payee={payee} onClose={() => setPayee(null)} />}
      {is_ad_hoc && <AdHoc onClose={() => setAdHoc(false)} />}
      {accrual && (
        <AccrualDialog
          accrual_id={accrual}
          onClose={() => void navigate({ search: before => ({ ...before, accrual: undefined }), replace: true })}
        />
      )}
    </Page>
  )
}

const orders = ['outstanding_cents', 'earned_cents', 'paid_cents', 'last_paid_at', 'partner_name']
const orderOf = (text: string | undefined): Order =>
  text !== undefined && orders.includes(text.replace('-', '')) ? (text as Order) : '-outstanding_cents'

function Filters() {
  const { brand } = useSession()
  const { data: structures = [] } = useQuery(structuresQuery(brand.id))
  const fields: Field[] = [
    { key: 'from', label: 'From', kind: 'day' },
    { key: 'to', label: 'To', kind: 'day' },
    { key: 'status', label: 'Status', options: accrualStatuses },
    ...(structures.length > 0
      ? [{ key: 'structure', label: 'Structure', options: structures.map(({ id, name }) => ({ value: id, label: name })) }]
      : []),
  ]
  return <FilterBar search={{ placeholder: 'Name or handle' }} fields={fields} />
}

type ActionsProps = { filter: Filter; onAdHoc: (() => void) | undefined }

function Actions({ filter, onAdHoc }: ActionsProps) {
  const { brand } = useSession()
  return (
    <>
      <Button
        component="a"
        variant="default"
        href={addressOf('/api/brands/{brand_id}/tracker/export', { brand_id: brand.id }, filter)}
        download
        aria-label="Export CSV"
        title="One row an accrual of the filter"
        data-compact
        leftSection={<IconDownload size={15} aria-hidden="true" />}
      >
        Export CSV
      </Button>
      {onAdHoc && (
        <Button onClick={onAdHoc} data-key="c" leftSection={<IconCash size={15} aria-hidden="true" />}>
          Ad-hoc payment
        </Button>
      )}
    </>
  )
}

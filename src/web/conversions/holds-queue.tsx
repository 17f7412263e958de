import { Button, CloseButton } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { Confirm } from '../shared/confirm.tsx'
import { counted } from '../shared/counted.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { Section } from '../shared/page.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { campaignColumn, dayColumn, moneyColumns, orderColumn, partnerColumn } from './columns.tsx'
import css from './conversions.module.css'
import { type Conversion, type Decided, queueQuery, type Search } from './queries.ts'
import { StatusPill } from './status.tsx'

type Verdict = 'approve' | 'reject'
type Failure = { id: string; order: string; message: string }
type QueueProps = { search: Search; is_paused: boolean; onOpen: (id: string) => void }

/** What waits for somebody (review) or for its release (hold), to be decided one by one or together. */
export function HoldsQueue({ search, is_paused, onOpen }: QueueProps) {
  const { brand, is_admin } = useSession()
  const [picked, setPicked] = useState<Conversion[]>([])
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const [failures, setFailures] = useState<{ verdict: Verdict; of: number; rows: Failure[] } | null>(null)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    queueQuery(brand.id, search, is_paused || picked.length > 0),
  )
  const rows = data?.pages.flatMap(page => page.data)
  const there = new Set(rows?.map(row => row.id))
  const selected = picked.filter(row => there.has(row.id))
  const decide = useDecide()
  const confirm = (reason: string) => {
    if (!verdict) return
    const settle = (decided: Decided) => {
      setVerdict(null)
      setPicked([])
      const rows = failuresOf(decided, selected)
      setFailures(rows.length > 0 ? { verdict, of: selected.length, rows } : null)
      if (decided.counts.changed > 0) tell(`${counted(decided.counts.changed, 'conversion')} ${past[verdict]}.`)
    }
    decide.mutate({ verdict, ids: selected.map(row => row.id), reason }, { onSuccess: settle })
  }
  return (
    <Section
      id="queue"
      title="Holds queue"
      aside={selected.length > 0 && <Bar selected={selected} onVerdict={setVerdict} onClear={() => setPicked([])} />}
    >
      {failures && <Failures {...failures} onClose={() => setFailures(null)} />}
      <DataTable
        name="holds"
        label="Holds queue"
        columns={columnsOf(rows ?? [], is_paused)}
        rows={rows}
        rowKey={row => row.id}
        error={error}
        onRetry={() => void refetch()}
        onOpen={row => onOpen(row.id)}
        openKey={search.waiting}
        empty={<Empty icon={<IconChecks size={20} aria-hidden="true" />} title="Nothing waits." />}
        {...(is_admin && { selected, onSelect: setPicked, rowName: (row: Conversion) => `order ${row.external_id}` })}
        more={{
          has: hasNextPage,
          load: () => void fetchNextPage(),
          is_loading: isFetchingNextPage,
          label: 'Load more that wait',
        }}
      />
      {verdict && (
        <VerdictDialog
          verdict={verdict}
          rows={selected}
          is_pending={decide.isPending}
          onConfirm={confirm}
          onClose={() => setVerdict(null)}
        />
      )}
    </Section>
  )
}

const past = { approve: 'approved', reject: 'rejected' } as const

/** Approves or rejects; what waits is read again either way. */
export function useDecide() {
  const { brand } = useSession()
  return useWrite(async ({ verdict, ids, reason }: { verdict: Verdict; ids: string[]; reason?: string }, idempotency_key) => {
    const body = { ids, ...(reason && { reason }) }
    return (await api.conversions[verdict]({ params: { brand_id: brand.id }, body, idempotency_key })).data
  })
}

function failuresOf({ results }: Decided, rows: readonly Conversion[]): Failure[] {
  const orderOf = new Map(rows.map(row => [row.id, row.external_id]))
  return results.flatMap(({ id, error }) => (error ? [{ id, order: orderOf.get(id) ?? id, message: error.message }] : []))
}

/** Beside an open rail there is room for what matters alone. */
function columnsOf(rows: readonly Conversion[], is_narrow: boolean): Column<Conversion>[] {
  return [
    orderColumn('waiting'),
    partnerColumn,
    ...(is_narrow ? [] : [campaignColumn]),
    ...moneyColumns(rows),
    {
      key: 'why',
      title: 'Why it waits',
      render: row => (
        <>
          <StatusPill row={row} />
          {row.status === 'hold' ? (
            <span className={css.until}>
              until <DateText at={row.held_until} />
            </span>
          ) : (
            row.reason && <span className={css.until}>{row.reason}</span>
          )}
        </>
      ),
    },
    ...(is_narrow ? [] : [dayColumn]),
  ]
}

/** What the chosen ones earn, one sum a currency. */
function sumsOf(rows: readonly Conversion[]): string {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.commission_currency, (sums.get(row.commission_currency) ?? 0) + row.commission_cents)
  return [...sums].map(([currency, cents]) => money(cents, currency)).join(', ')
}

type BarProps = { selected: readonly Conversion[]; onVerdict: (verdict: Verdict) => void; onClear: () => void }

const Bar = ({ selected, onVerdict, onClear }: BarProps) => (
  <div className={css.bar} role="toolbar" aria-label="Selected conversions">
    <span>
      {selected.length} selected · <strong>{sumsOf(selected)}</strong>
    </span>
    <Button size="compact-sm" onClick={() => onVerdict('approve')}>
      Approve {selected.length}
    </Button>
    <Button size="compact-sm" variant="default" onClick={() => onVerdict('reject')}>
      Reject {selected.length}
    </Button>
    <CloseButton size="sm" aria-label="Clear the selection" onClick={onClear} />
  </div>
)

type DialogProps = {
  verdict: Verdict
  rows: readonly Conversion[]
  is_pending: boolean
  onConfirm: (reason: string) => void
  onClose: () => void
}

/** What deciding will do, before it does it. */
export function VerdictDialog({ verdict, rows, is_pending, onConfirm, onClose }: DialogProps) {
  const what = counted(rows.length, 'conversion')
  const is_approval = verdict === 'approve'
  return (
    <Confirm
      title={`${is_approval ? 'Approve' : 'Reject'} ${what}?`}
      action={`${is_approval ? 'Approve' : 'Reject'} ${what}`}
      is_danger={!is_approval}
      {...(!is_approval && { reason: 'Reason' })}
      is_pending={is_pending}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {is_approval ? (
        <p>
          {sumsOf(rows)} will be owed to the partners. What is on hold is released at once; what waited for review still keeps its
          hold.
        </p>
      ) : (
        <p>{sumsOf(rows)} will not be paid. Rejecting is final; the partners see the status.</p>
      )}
    </Confirm>
  )
}

type FailuresProps = { verdict: Verdict; of: number; rows: readonly Failure[]; onClose: () => void }

/** Those of many that could not be decided, each with its reason. */
const Failures = ({ verdict, of, rows, onClose }: FailuresProps) => (
  <div className={css.failures} role="alert">
    <CloseButton size="sm" aria-label="Close the list" onClick={onClose} />
    <p>
      {rows.length} of {of} could not be {past[verdict]}:
    </p>
    <ul>
      {rows.map(({ id, order, message }) => (
        <li key={id}>
          <strong>{order}</strong>: {message}
        </li>
      ))}
    </ul>
  </div>
)

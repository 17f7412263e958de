/** What the address of the payouts page asks of the server, and the fields that put it there. */
import { balanceListings, type payouts, statuses } from '../searches.ts'
import type { Sort } from '../shared/data-table.tsx'
import type { Field } from '../shared/filter-bar.tsx'
import type { BalancesFilter, HistoryFilter, Totals } from './queries.ts'
import { statusLabel } from './status-pill.tsx'

export type Search = ReturnType<typeof payouts>

const balanceLabels: Record<(typeof balanceListings)[number], string> = {
  outstanding: 'Owed, in payouts too',
  ready: 'Ready for a run',
  blocked: 'Not in a run',
  on_hold: 'On hold',
  in_payouts: 'In payouts',
}

/** Without another wish, whoever is owed something that is in no payout yet. */
export const balancesFilter = ({ q, currency, balance, balance_sort }: Search): BalancesFilter => ({
  ...(q && { q }),
  ...(currency && { currency }),
  only: balance ?? 'owed',
  ...(balance_sort && { sort: balance_sort }),
})

export const historyFilter = ({ q, currency, status, from, to, date, sort }: Search): HistoryFilter => ({
  ...(q && { q }),
  ...(currency && { currency }),
  ...(status && { status }),
  ...(from && { from }),
  ...(to && { to }),
  ...((from || to) && date && { date }),
  ...(sort && { sort }),
})

/** Whether the address narrows a table; then an empty one says how to widen it. */
export const narrowsBalances = ({ q, currency, balance }: Search): boolean => Boolean(q ?? currency ?? balance)
export const narrowsHistory = ({ q, currency, status, from, to }: Search): boolean =>
  Boolean(q ?? currency ?? status ?? from ?? to)

export function filterFields(totals: readonly Totals[] | undefined, chosen: string | undefined): Field[] {
  const currencies = [...new Set([...(totals?.map(total => total.currency) ?? []), ...(chosen ? [chosen] : [])])]
  return [
    { key: 'balance', label: 'Balance', options: balanceListings.map(value => ({ value, label: balanceLabels[value] })) },
    {
      key: 'status',
      label: 'Status',
      kind: 'several',
      options: statuses.map(value => ({ value, label: statusLabel(value) })),
    },
    ...(currencies.length > 1 || chosen
      ? [{ key: 'currency', label: 'Currency', options: currencies.map(value => ({ value, label: value })) }]
      : []),
    { key: 'from', label: 'From', kind: 'day' },
    { key: 'to', label: 'To', kind: 'day' },
    {
      key: 'date',
      label: 'Days are of when it was',
      options: [
        { value: 'approved_at', label: 'approved' },
        { value: 'paid_at', label: 'paid' },
      ],
    },
  ]
}

/** `-owed_cents` as the table says it. */
export const sortOf = (text: string | undefined, usual: string): Sort => {
  const given = text ?? usual
  return { key: given.replace('-', ''), direction: given.startsWith('-') ? 'desc' : 'asc' }
}
export const textOfSort = ({ key, direction }: Sort): string => `${direction === 'desc' ? '-' : ''}${key}`

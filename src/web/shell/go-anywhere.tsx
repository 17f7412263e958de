import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'
import { keyOf } from '../shared/reads.ts'
import { places } from './nav.tsx'
import { useSession } from './session.tsx'

type Found = Awaited<ReturnType<Client['overview']['search']>>['data'][number]

/** Where what was found is opened. */
const open: Record<Found['kind'], (found: Found) => { to: string; search?: object }> = {
  partner: ({ id }) => ({ to: `/partners/${id}` }),
  payout: ({ id }) => ({ to: '/payouts', search: { payout: id } }),
  payment: ({ id }) => ({ to: `/tracker/payments/${id}` }),
  conversion: ({ title }) => ({ to: '/conversions', search: { q: title } }),
  campaign: ({ id }) => ({ to: `/campaigns/${id}` }),
  structure: ({ id }) => ({ to: `/structures/${id}` }),
}
const groups: Record<Found['kind'], string> = {
  partner: 'Partners',
  payout: 'Payouts',
  payment: 'Payments',
  conversion: 'Conversions',
  campaign: 'Campaigns',
  structure: 'Payout structures',
}

export const openSearch = (): void => spotlight.open()

/** Ctrl K: a page, or anything of the program by name, number, id, order or amount. */
export function GoAnywhere() {
  const { brand } = useSession()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const { data: found = [] } = useQuery({
    queryKey: keyOf(brand.id, 'search', q),
    queryFn: async ({ signal }) => (await api.overview.search({ params: { brand_id: brand.id }, query: { q }, signal })).data,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
  const go = (to: string, search: object = {}) =>
    void navigate({ to, search: ((before: { brand?: string }) => ({ brand: before.brand, ...search })) as never })
  const pages = places
    .flat()
    .filter(({ label }) => label.toLowerCase().includes(typed.trim().toLowerCase()))
    .map(
      ({ to, label, icon: Icon }): SpotlightActionData => ({
        ...{ id: to, label, onClick: () => go(to) },
        leftSection: <Icon size={17} stroke={1.7} aria-hidden="true" />,
      }),
    )
  const kinds = [...new Set(q === '' || q !== typed.trim() ? [] : found.map(({ kind }) => kind))]
  const things = kinds.map(
    (kind): SpotlightActionGroupData => ({
      group: groups[kind],
      actions: found
        .filter(each => each.kind === kind)
        .map(each => {
          const { to, search } = open[kind](each)
          return { id: `${kind}:${each.id}`, label: each.title, description: each.detail, onClick: () => go(to, search) }
        }),
    }),
  )
  return (
    <Spotlight
      // pages first: they are there at once, so that Enter never opens what was found for fewer letters
      actions={[{ group: 'Pages', actions: pages }, ...things]}
      // what fits is decided by the server and above
      filter={(_, actions) => actions}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound="Nothing is called that."
      searchProps={{ placeholder: 'A page, a partner, a payout, an order number …', 'aria-label': 'Go to' }}
      closeOnActionTrigger
      highlightQuery
      scrollable
      maxHeight={420}
    />
  )
}

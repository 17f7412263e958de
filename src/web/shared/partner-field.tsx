import { Autocomplete } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api.ts'
import { useSession } from '../shell/session.tsx'
import { keyOf } from './reads.ts'

type PartnerFieldProps = {
  label: ReactNode
  /** The alias, as it is typed or chosen; an id is taken too. */
  value: string
  onChange: (alias: string) => void
  error?: string | undefined
  required?: boolean
  autoFocus?: boolean
}

/** A partner by its alias: suggestions come from the server as one types, by name, alias and e-mail. */
export function PartnerField({ label, value, onChange, error, required, autoFocus }: PartnerFieldProps) {
  const { brand } = useSession()
  const [q] = useDebouncedValue(value.trim(), 200)
  const { data = [] } = useQuery({
    queryKey: keyOf(brand.id, 'partner-names', q),
    queryFn: async ({ signal }) =>
      (await api.partners.list({ params: { brand_id: brand.id }, query: { q: q || undefined, limit: 8 }, signal })).data,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const nameOf = new Map(data.map(partner => [partner.alias, partner.name]))
  return (
    <Autocomplete
      label={label}
      size="sm"
      placeholder="alias"
      maxLength={100}
      autoComplete="off"
      {...(required && { required, withAsterisk: false })}
      {...(autoFocus && { 'data-autofocus': true })}
      error={error}
      value={value}
      onChange={onChange}
      data={data.map(partner => partner.alias)}
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span style={{ overflowWrap: 'anywhere' }}>
          {nameOf.get(option.value)} <span style={{ color: 'var(--mantine-color-dimmed)' }}>{option.value}</span>
        </span>
      )}
    />
  )
}

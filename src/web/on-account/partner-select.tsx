import { Loader, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { money } from '../shared/amount.tsx'
import { useSession } from '../shell/session.tsx'
import css from './on-account.module.css'
import { type Choice, choicesQuery } from './queries.ts'

type PartnerSelectProps = { value: Choice | null; onChange: (choice: Choice | null) => void; error?: string | undefined }

/** Finds a publisher by name, alias or e-mail, and shows what it has coming before it is chosen. */
export function PartnerSelect({ value, onChange, error }: PartnerSelectProps) {
  const { brand } = useSession()
  const [text, setText] = useState('')
  const wanted = value && text === labelOf(value) ? '' : text.trim()
  const [q] = useDebouncedValue(wanted, 200)
  const { data = [], isFetching } = useQuery(choicesQuery(brand.id, q))
  const shown = value && !data.some(each => each.id === value.id) ? [value, ...data] : data
  return (
    <Select
      label="Publisher ID"
      placeholder="Name, alias or e-mail"
      required
      withAsterisk={false}
      searchable
      data-autofocus
      data={shown.map(each => ({ value: each.id, label: labelOf(each) }))}
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      value={value?.id ?? null}
      onChange={id => onChange(shown.find(each => each.id === id) ?? null)}
      nothingFoundMessage={isFetching ? 'Looking…' : 'No publisher has this name, alias or e-mail.'}
      rightSection={isFetching ? <Loader size={14} /> : undefined}
      error={error}
      maxDropdownHeight={320}
      comboboxProps={{ withinPortal: true }}
      renderOption={({ option }) => <Option choice={shown.find(each => each.id === option.value)} />}
    />
  )
}

const labelOf = ({ name, alias }: Choice): string => (name === alias ? name : `${name} (${alias})`)

function Option({ choice }: { choice: Choice | undefined }) {
  const { brand } = useSession()
  if (!choice) return null
  const { name, alias, id, balances } = choice
  const known = balances?.length === 0 ? [{ currency: brand.currency, cents: 0 }] : balances
  return (
    <div className={css.option}>
      <span className={css.optionName}>{name}</span>
      <span className={css.optionBalance}>{known?.map(each => money(each.cents, each.currency)).join(', ')}</span>
      <span className={css.optionMore}>
        {alias} · {id}
      </span>
    </div>
  )
}

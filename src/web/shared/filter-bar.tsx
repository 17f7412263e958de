import { Button, Popover, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilter, IconSearch, IconX } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import css from './filter-bar.module.css'

export type Field =
  | { key: string; label: string; kind?: 'choice' | 'several'; options: readonly { value: string; label: string }[] }
  | { key: string; label: string; kind: 'day' | 'text' }

type FilterBarProps = { search?: { placeholder: string }; fields?: readonly Field[]; children?: ReactNode }
type Values = Record<string, string | undefined>

/** Search, filters and their chips. All of it is in the address: `q` is the search, each field has its own parameter. */
export function FilterBar({ search, fields = [], children }: FilterBarProps) {
  const values = useSearch({ strict: false }) as Values
  const navigate = useNavigate()
  const set = (change: Values) =>
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true })
  const chips = fields.flatMap(field => chipsOf(field, values))
  const is_filtered = chips.length > 0 || Boolean(values.q)
  return (
    <div className={css.bar}>
      <div className={css.line}>
        {search && <Search placeholder={search.placeholder} value={values.q ?? ''} onChange={q => set({ q: q || undefined })} />}
        {fields.length > 0 && <FilterButton fields={fields} values={values} set={set} />}
        {children && <span className={css.end}>{children}</span>}
      </div>
      {chips.length > 0 && (
        <div className={css.chips}>
          {chips.map(chip => (
            <button
              key={`${chip.key}${chip.text}`}
              type="button"
              className={css.chip}
              aria-label={`Remove filter ${chip.text}`}
              onClick={() => set({ [chip.key]: chip.without })}
            >
              {chip.text}
              <IconX size={13} aria-hidden="true" />
            </button>
          ))}
          {is_filtered && (
            <button
              type="button"
              className={css.clear}
              onClick={() => set({ q: undefined, ...Object.fromEntries(fields.map(field => [field.key, undefined])) })}
            >
              Clear all
            </button>
          )}
        </div>
      )}
    </div>
  )
}

type Chip = { key: string; text: string; without: string | undefined }

function chipsOf(field: Field, values: Values): Chip[] {
  const value = values[field.key]
  if (!value) return []
  if (!('options' in field)) return [{ key: field.key, text: `${field.label} ${value}`, without: undefined }]
  const all = field.kind === 'several' ? value.split(',') : [value]
  return all.map(each => ({
    key: field.key,
    text: `${field.label}: ${field.options.find(option => option.value === each)?.label ?? each}`,
    without: all.filter(other => other !== each).join(',') || undefined,
  }))
}

/** Types at once, asks the server when the fingers rest. */
function Search({ placeholder, value, onChange }: { placeholder: string; value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value)
  const last = useRef(value)
  const ask = useDebouncedCallback((q: string) => {
    last.current = q
    onChange(q)
  }, 200)
  useEffect(() => {
    if (value !== last.current) setText(value)
    last.current = value
  }, [value])
  return (
    <TextInput
      className={css.search}
      type="search"
      placeholder={placeholder}
      aria-label={`Search: ${placeholder}`}
      data-key="/"
      value={text}
      leftSection={<IconSearch size={15} aria-hidden="true" />}
      onChange={event => {
        setText(event.currentTarget.value)
        ask(event.currentTarget.value.trim())
      }}
      onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
    />
  )
}

type ButtonProps = { fields: readonly Field[]; values: Values; set: (change: Values) => void }

function FilterButton({ fields, values, set }: ButtonProps) {
  return (
    <Popover position="bottom-start" width={300} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" data-key="f" leftSection={<IconFilter size={15} aria-hidden="true" />} size="sm" fz={13}>
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={css.fields}>
        {fields.map(field => (
          <FieldInput key={field.key} field={field} value={values[field.key] ?? ''} set={set} />
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}

function FieldInput({ field, value, set }: { field: Field; value: string; set: (change: Values) => void }) {
  const id = `filter-${field.key}`
  const put = (next: string) => set({ [field.key]: next || undefined })
  if (!('options' in field)) {
    return (
      <label className={css.field} htmlFor={id}>
        {field.label}
        <input
          id={id}
          className={css.input}
          type={field.kind === 'day' ? 'date' : 'text'}
          defaultValue={value}
          onChange={event => put(event.currentTarget.value)}
        />
      </label>
    )
  }
  const chosen = value.split(',').filter(Boolean)
  const choose = (each: string) => {
    if (field.kind !== 'several') return put(each === value ? '' : each)
    put((chosen.includes(each) ? chosen.filter(other => other !== each) : [...chosen, each]).join(','))
  }
  return (
    <fieldset className={css.field}>
      <legend>{field.label}</legend>
      <div className={css.options}>
        {field.options.map(option => (
          <button
            key={option.value}
            type="button"
            className={css.option}
            aria-pressed={chosen.includes(option.value)}
            onClick={() => choose(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    </fieldset>
  )
}

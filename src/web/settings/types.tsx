import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { useWrite } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { typesQuery } from './queries.ts'
import css from './settings.module.css'

const MOST = 20

/** The list of conversion types; each change of it is saved at once. Source: spec C3. */
export function ConversionTypes() {
  const { brand, is_admin } = useSession()
  const { data: types, error, refetch } = useQuery(typesQuery(brand.id))
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<string | null>(null)
  const save = useWrite((next: string[], idempotency_key) =>
    api.organizations.changeConversionTypes({ params: { brand_id: brand.id }, body: { types: next }, idempotency_key }),
  )
  if (!types) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />
  const add = (event: FormEvent) => {
    event.preventDefault()
    const type = text.trim()
    const reason = refusalOf(type, types)
    setRefused(reason)
    if (reason === null) save.mutate([...types, type], { onSuccess: () => setText('') })
  }
  const fault = refused ?? Object.values(fieldErrors(save.error))[0]
  return (
    <>
      <p className={css.text}>
        What a postback may say in <code>type=</code>: case-sensitive, at most {MOST}. {types.length.toLocaleString('en')} of{' '}
        {MOST} are listed. Custom payouts can pay each type its own amount.
      </p>
      <ul className={css.types} aria-label="Conversion types" style={{ marginTop: 12 }}>
        {types.map(type => (
          <li key={type}>
            {type}
            {is_admin && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={`Remove ${type}`}
                disabled={save.isPending}
                onClick={() => save.mutate(types.filter(each => each !== type))}
              >
                <IconX size={13} aria-hidden="true" />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {is_admin && (
        <form className={css.inline} onSubmit={add}>
          <TextInput
            aria-label="New conversion type"
            placeholder="Lead"
            maxLength={50}
            autoComplete="off"
            value={text}
            error={fault}
            onChange={event => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" size="sm" fz={13} loading={save.isPending}>
            Add type
          </Button>
        </form>
      )}
    </>
  )
}

function refusalOf(type: string, types: readonly string[]): string | null {
  if (type === '') return 'Type a name'
  if (types.includes(type)) return 'It is listed already'
  return types.length >= MOST ? `At most ${MOST} types; remove one first` : null
}

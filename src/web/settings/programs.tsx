import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, codeOf, tell, wordsOf } from '../api.ts'
import { DateText } from '../shared/date-text.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { Section } from '../shared/page.tsx'
import shared from '../shared/shared.module.css'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import { useSessionWrite } from './queries.ts'
import css from './settings.module.css'

const types = { affiliate: 'Affiliate program', creator: 'Creator program' } as const
const currencies = Intl.supportedValuesOf('currency')

/** The programs of the organization; each has its own partners, campaigns, structures and settings. */
export function Programs() {
  const { me, brand: current } = useSession()
  const [is_making, setMaking] = useState(false)
  const make = me.role === 'admin' && (
    <Button
      variant="default"
      data-key="c"
      onClick={() => setMaking(true)}
      leftSection={<IconPlus size={15} aria-hidden="true" />}
    >
      New program
    </Button>
  )
  return (
    <Section id="programs" title="Programs" aside={make}>
      <table className={table.table} aria-label="Programs">
        <thead>
          <tr>
            <th scope="col">Program</th>
            <th scope="col" data-wide>
              Kind
            </th>
            <th scope="col">Currency</th>
            <th scope="col" className={table.date} data-wide>
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {me.brands.map(each => (
            <tr key={each.id}>
              <th scope="row">
                <Link to="/" search={{ brand: each.slug } as never} className={table.name} data-row={`program:${each.id}`}>
                  {each.name}
                </Link>
                <span className={css.more}>
                  {each.slug}
                  {each.id === current.id && ', open now'}
                </span>
              </th>
              <td data-wide>{types[each.program_type]}</td>
              <td>{each.currency}</td>
              <td className={table.date} data-wide>
                <DateText at={each.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {is_making && <NewProgram onClose={() => setMaking(false)} />}
    </Section>
  )
}

type Wish = { name: string; slug?: string; currency: string; program_type: 'affiliate' | 'creator' }

function NewProgram({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const navigate = useNavigate()
  const [wish, setWish] = useState({
    name: '',
    slug: '',
    currency: brand.currency,
    program_type: 'affiliate' as Wish['program_type'],
  })
  const [was_tried, setTried] = useState(false)
  const set = (change: Partial<typeof wish>) => setWish({ ...wish, ...change })
  const make = useSessionWrite((body: Wish, idempotency_key) => api.organizations.createProgram({ body, idempotency_key }))
  const is_nameless = wish.name.trim() === ''
  const taken = codeOf(make.error) === 'conflict_name' ? wordsOf(make.error) : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (is_nameless) return
    const { slug, ...rest } = wish
    make.mutate(
      { ...rest, name: wish.name.trim(), ...(slug.trim() && { slug: slug.trim() }) },
      {
        onSuccess: ({ data }) => {
          tell(`${data.name} is made; it is the one you see now.`)
          void navigate({ to: '.', search: { brand: data.slug } as never })
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title="New program">
      <form className={shared.form} onSubmit={submit} noValidate>
        <TextInput
          label="Name"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={wish.name}
          error={was_tried && is_nameless ? 'Type a name' : fieldErrors(make.error).name}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Short name"
          description="Optional; stands in tracking links, so it cannot change later."
          placeholder="made from the name"
          maxLength={64}
          autoComplete="off"
          value={wish.slug}
          error={fieldErrors(make.error).slug ?? taken}
          onChange={event => set({ slug: event.currentTarget.value })}
        />
        <NativeSelect
          label="Kind"
          data={Object.entries(types).map(([value, label]) => ({ value, label }))}
          value={wish.program_type}
          onChange={event => set({ program_type: event.currentTarget.value as Wish['program_type'] })}
        />
        <NativeSelect
          label="Currency"
          data={currencies}
          value={wish.currency}
          onChange={event => set({ currency: event.currentTarget.value })}
        />
        <div className={shared.buttons}>
          <Button type="submit" loading={make.isPending}>
            Create program
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

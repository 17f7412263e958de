import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Day, startOfDay, type TimeZone } from '../../core/calendar.ts'
import { api } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { PartnerField } from '../shared/partner-field.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import css from './conversions.module.css'
import { campaignNamesQuery, conversionQuery } from './queries.ts'
import { StatusPill } from './status.tsx'

type FormProps = { today: Day; onClose: () => void; onOpen: (conversion_id: string) => void }
const nothing = { partner: '', campaign: '', external_id: '', type: '', revenue: '', country: '', day: '' }
type Typed = typeof nothing
type Errors = Partial<Record<string, string>>

/** A conversion recorded by hand; afterwards it says what was earned, and why. */
export function RecordForm({ today, onClose, onOpen }: FormProps) {
  const [made, setMade] = useState<string | null>(null)
  const [round, setRound] = useState(0)
  return (
    <Modal opened onClose={onClose} title={made ? 'Recorded' : 'Record a conversion'} size="md">
      {made ? (
        <Made
          conversion_id={made}
          onOpen={() => onOpen(made)}
          onAnother={() => {
            setMade(null)
            setRound(round + 1)
          }}
          onClose={onClose}
        />
      ) : (
        <Fields key={round} today={today} onMade={setMade} onClose={onClose} onOpen={onOpen} />
      )}
    </Modal>
  )
}

type FieldsProps = FormProps & { onMade: (conversion_id: string) => void }

function Fields({ today, onMade, onClose, onOpen }: FieldsProps) {
  const { brand, time_zone } = useSession()
  const { data: campaigns } = useQuery(campaignNamesQuery(brand.id))
  const [typed, setTyped] = useState<Typed>({ ...nothing, day: today })
  const [errors, setErrors] = useState<Errors>({})
  const [twin, setTwin] = useState<string | null>(null)
  const campaign = campaigns?.find(each => each.id === typed.campaign) ?? campaigns?.[0]
  const currency = campaign?.currency ?? brand.currency
  const record = useWrite((body: Record<string, unknown>, idempotency_key) =>
    api.conversions.record({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const read = itemOf(typed, campaign?.id, currency, { today, time_zone })
    setErrors(read.errors)
    setTwin(null)
    if (Object.keys(read.errors).length > 0) return
    const done = await record.mutateAsync(read.body).catch(error => void setErrors(fieldErrors(error)))
    const result = done?.data.results[0]
    if (!result) return
    if (result.status === 'created' && result.conversion_id) return onMade(result.conversion_id)
    const words =
      result.status === 'duplicate' ? 'recorded already, with the same content' : 'recorded already, with other content'
    setErrors({ external_id: `This order number is ${words}. Nothing was changed.` })
    setTwin(result.conversion_id)
  }
  const text = (name: keyof Typed, path: string = name) => ({
    value: typed[name],
    error: errors[path],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => setTyped({ ...typed, [name]: event.currentTarget.value }),
  })
  return (
    <form className={css.form} onSubmit={event => void submit(event)} noValidate>
      <PartnerField
        label="Partner"
        value={typed.partner}
        onChange={partner => setTyped({ ...typed, partner })}
        error={errors.partner}
        autoFocus
      />
      <NativeSelect
        label="Campaign"
        data={campaigns?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        {...text('campaign')}
        value={campaign?.id ?? ''}
        error={errors.campaign}
      />
      <TextInput label="Order number" maxLength={200} {...text('external_id')} />
      {twin && (
        <button type="button" className={css.plainLink} onClick={() => onOpen(twin)}>
          Open the one that is there
        </button>
      )}
      <div className={css.two}>
        <MoneyField
          label="Revenue"
          currency={currency}
          value={typed.revenue}
          onChange={revenue => setTyped({ ...typed, revenue })}
          error={errors.revenue_cents}
        />
        <TextInput label="Date" type="date" max={today} {...text('day', 'occurred_at')} />
        <TextInput label={<Optional name="Type" />} placeholder="sale" maxLength={50} {...text('type')} />
        <TextInput label={<Optional name="Country" />} placeholder="US" maxLength={2} {...text('country')} />
      </div>
      <div className={css.actions}>
        <Button type="submit" loading={record.isPending}>
          Record conversion
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}

const Optional = ({ name }: { name: string }) => (
  <>
    {name} <span className={css.quiet}>optional</span>
  </>
)

type Calendar = { today: Day; time_zone: TimeZone }

/** The item as the API takes it, or what is wrong with it by field. A day before today counts from its first instant. */
function itemOf(typed: Typed, campaign: string | undefined, currency: string, { today, time_zone }: Calendar) {
  const errors: Errors = {}
  if (typed.partner.trim() === '') errors.partner = 'Name the partner, by its alias.'
  if (!campaign) errors.campaign = 'There is no campaign yet: make one first.'
  if (typed.external_id.trim() === '') errors.external_id = 'Write the order number: it keeps the same sale from counting twice.'
  const revenue_cents = typed.revenue.trim() === '' ? undefined : centsOf(typed.revenue, currency)
  if (revenue_cents === null || (revenue_cents ?? 0) < 0)
    errors.revenue_cents = `Write an amount of ${currency}, for example 80.00.`
  if (typed.day === '') errors.occurred_at = 'Choose the day.'
  else if (typed.day > today) errors.occurred_at = 'This day is still to come.'
  const body = {
    ...{ partner: typed.partner.trim(), campaign, external_id: typed.external_id.trim(), revenue_cents },
    ...(typed.type.trim() && { type: typed.type.trim() }),
    ...(typed.country.trim() && { country: typed.country.trim() }),
    ...(typed.day !== '' && typed.day < today && { occurred_at: startOfDay(typed.day, time_zone) }),
  }
  return { body, errors }
}

type MadeProps = { conversion_id: string; onOpen: () => void; onAnother: () => void; onClose: () => void }

/** What was earned and why, from the record itself. */
function Made({ conversion_id, onOpen, onAnother, onClose }: MadeProps) {
  const { brand } = useSession()
  const { data } = useQuery(conversionQuery(brand.id, conversion_id))
  return (
    <div className={css.form}>
      {data && (
        <div className={css.made} role="status">
          <IconCircleCheck size={20} aria-hidden="true" />
          <p>
            <strong>
              {data.partner_name} earned {money(data.commission_cents, data.commission_currency)}
            </strong>
            {data.because && <> = {data.because}</>}
          </p>
          <p>
            <StatusPill row={data} />
          </p>
        </div>
      )}
      <div className={css.actions}>
        <Button data-autofocus onClick={onAnother}>
          Record another
        </Button>
        <Button variant="default" onClick={onOpen}>
          Show it
        </Button>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

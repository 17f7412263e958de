import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { isCurrency } from '../../core/money.ts'
import { api, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { keyOf } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { Optional, PaymentFields, type Sent, sentBody, useToday } from './payment-fields.tsx'
import { useRecord } from './queries.ts'
import css from './tracker.module.css'

/** Records a payment that pays no accrual: a bonus, an expense, somebody outside. It changes nothing that is outstanding. */
export function AdHoc({ onClose }: { onClose: () => void }) {
  const { brand, time_zone } = useSession()
  const today = useToday()
  const { record, faultOf } = useRecord(brand.id)
  const [partner_id, setPartner] = useState<string | null>(null)
  const [text, setText] = useState('')
  const [currency, setCurrency] = useState(brand.currency)
  const [sent, setSent] = useState<Sent>({ method_id: '', day: today, tracking_url: '', note: '' })
  const code = currency.trim().toUpperCase()
  const cents = isCurrency(code) ? centsOf(text, code) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (cents === null || record.isPending) return
    const body = { creator_id: partner_id, currency: code, total_amount_cents: cents, ...sentBody(sent, today, time_zone) }
    record.mutate(body, {
      onSuccess: ({ data }) => {
        tell(`Payment of ${money(data.total_amount_cents, data.currency)} recorded.`)
        onClose()
      },
    })
  }
  return (
    <Modal opened onClose={onClose} title="Ad-hoc payment" size="lg">
      <form className={css.form} onSubmit={submit} aria-label="Ad-hoc payment">
        <p className={css.quiet}>
          It pays no accrual: what is outstanding stays as it is. To pay accruals, use Mark as paid in a row.
        </p>
        <PartnerSelect value={partner_id} onChange={setPartner} />
        <div className={css.pair}>
          <MoneyField
            label="Amount sent"
            currency={code}
            value={text}
            onChange={setText}
            required
            withAsterisk={false}
            data-autofocus
            error={text !== '' && cents === null ? 'Type an amount, such as 120.50' : faultOf('total_amount_cents')}
          />
          <TextInput
            label="Currency"
            required
            withAsterisk={false}
            maxLength={3}
            value={currency}
            error={isCurrency(code) ? faultOf('currency') : 'Three letters, such as USD'}
            onChange={event => setCurrency(event.currentTarget.value)}
          />
        </div>
        <PaymentFields sent={sent} onChange={setSent} faultOf={faultOf} />
        <div className={css.buttons}>
          <Button type="submit" loading={record.isPending}>
            Record {cents === null ? 'payment' : money(cents, code)} as paid
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** One of any number of partners: the server searches. */
function PartnerSelect({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const { brand } = useSession()
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text.trim(), 200)
  const { data = [] } = useQuery({
    queryKey: keyOf(brand.id, 'partners-named', q),
    queryFn: async ({ signal }) =>
      (await api.partners.list({ params: { brand_id: brand.id }, query: { limit: 20, ...(q && { q }) }, signal })).data,
    placeholderData: before => before,
  })
  return (
    <Select
      label={<Optional name="Partner" />}
      placeholder="Nobody of this brand"
      size="sm"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Nobody' }}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage="No partner has this name"
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}

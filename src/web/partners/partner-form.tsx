import { NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core'
import { countries } from '../../core/countries.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import css from './partners.module.css'
import type { NewPartner, Partner } from './queries.ts'
import { statusWords } from './status-pill.tsx'

/** Everything a person may say of a partner, as it is typed. */
export type Draft = {
  name: string
  email: string
  alias: string
  slug: string
  status: Partner['status']
  country: string
  company: string
  address: string
  vat_id: string
  billing_details: string
  coupon_codes: string[]
  readme: string
}

export const emptyDraft: Draft = {
  ...{ name: '', email: '', alias: '', slug: '', status: 'approved', country: '', company: '', address: '', vat_id: '' },
  ...{ billing_details: '', coupon_codes: [], readme: '' },
}

export const draftOf = (partner: Partner): Draft => {
  const { name, email, alias, slug, status, country, company, address, vat_id, billing_details, coupon_codes, readme } = partner
  const text = (value: string | null) => value ?? ''
  return {
    ...{ name, alias, slug, status, coupon_codes, email: text(email), country: text(country), company: text(company) },
    ...{ address: text(address), vat_id: text(vat_id), billing_details: text(billing_details), readme: text(readme) },
  }
}

/** As it is sent: what is empty says nothing, names that are left out are made from the partner's name. */
export function sentOf(draft: Draft): NewPartner {
  const { name, alias, slug, status, coupon_codes, ...texts } = draft
  const given = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text.trim() === '' ? null : text.trim()]))
  return {
    ...given,
    ...{ name, status, coupon_codes },
    ...(alias.trim() !== '' && { alias: alias.trim() }),
    ...(slug.trim() !== '' && { slug: slug.trim() }),
  }
}

const names = new Intl.DisplayNames('en', { type: 'region' })
const countryOptions = countries.map(({ code, name }) => ({ value: code, label: name }))
export const countryName = (code: string): string => names.of(code) ?? code

/** What a field is for stands below it, so that the fields of a row are level. */
const below = { inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[] }

type FormProps = {
  draft: Draft
  onChange: (change: Partial<Draft>) => void
  error: unknown
  is_full?: boolean
  disabled?: boolean
}

/** The fields of a partner; each shows what the server said of it. */
export function PartnerFields({ draft, onChange, error, is_full = false, disabled = false }: FormProps) {
  const faults = fieldErrors(error)
  const field = (key: Exclude<keyof Draft, 'coupon_codes' | 'status'>) => ({
    ...{ ...below, value: draft[key], error: faults[key], disabled },
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [key]: event.currentTarget.value }),
  })
  return (
    <div className={css.fields}>
      <TextInput label="Name" required withAsterisk={false} maxLength={100} data-autofocus {...field('name')} />
      <TextInput label="E-mail" type="email" description="Signs in to the partner portal with it" {...field('email')} />
      <TextInput
        label="Alias"
        description="How tracking links and files name it"
        placeholder="from the name"
        {...field('alias')}
      />
      <NativeSelect
        {...below}
        label="Status"
        description={statusWords[draft.status].says}
        value={draft.status}
        disabled={disabled}
        onChange={event => onChange({ status: event.currentTarget.value as Draft['status'] })}
        data={Object.entries(statusWords).map(([value, { label }]) => ({ value, label }))}
      />
      <NativeSelect label="Country" {...field('country')} data={[{ value: '', label: 'Not known' }, ...countryOptions]} />
      <TextInput label="Company" maxLength={200} {...field('company')} />
      <Textarea label="Address" autosize minRows={2} maxLength={500} {...field('address')} />
      <Textarea
        label="Billing details"
        description="Where the money goes: account, PayPal address"
        autosize
        minRows={2}
        maxLength={2000}
        {...field('billing_details')}
      />
      <TextInput label="VAT id" maxLength={50} {...field('vat_id')} />
      {is_full && (
        <>
          <TextInput label="Slug" description="Its name in addresses" {...field('slug')} />
          <TagsInput
            {...below}
            label="Coupon codes"
            description="A sale with one of them is this partner's; Enter adds"
            size="sm"
            disabled={disabled}
            error={faults.coupon_codes}
            value={draft.coupon_codes}
            onChange={coupon_codes => onChange({ coupon_codes })}
          />
          <Textarea label="Notes" description="For your team alone" autosize minRows={3} {...field('readme')} />
        </>
      )}
    </div>
  )
}

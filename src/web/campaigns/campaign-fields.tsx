import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { MoneyField } from '../shared/money-field.tsx'
import css from './campaigns.module.css'
import { type Draft, type Errors, pays, type TierDraft } from './draft.ts'
import { costModels } from './words.ts'

type FieldsProps = {
  draft: Draft
  errors: Errors
  onChange: (change: Partial<Draft>) => void
  /** Whether a secret is kept already, which is never shown. */
  has_secret?: boolean
}

/** Everything a campaign says about itself, save its custom payouts. */
export function CampaignFields({ draft, errors, onChange, has_secret = false }: FieldsProps) {
  const text = (name: keyof Draft & string, path: string = name) => ({
    value: draft[name] as string,
    error: errors[path],
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value }),
    autoComplete: 'off',
  })
  return (
    <div className={css.fields}>
      <div className={css.two}>
        <TextInput label="Name" maxLength={100} data-autofocus {...text('name')} />
        <TextInput label={<Optional name="Slug" />} placeholder="made from the name" maxLength={64} {...text('slug')} />
      </div>
      <Group title="What it pays" lead={RATE_LEADS[draft.cost_model] ?? 'Partners earn nothing by conversions of this campaign.'}>
        <Rate draft={draft} errors={errors} onChange={onChange} />
        {pays(draft.cost_model) && <Tiers draft={draft} errors={errors} onChange={onChange} />}
      </Group>
      <Group title="Hold and caps" lead="What is over a cap is recorded and earns nothing.">
        <TextInput
          label={<Optional name="Hold in hours" />}
          placeholder="as the brand"
          inputMode="numeric"
          {...text('hold_hours')}
        />
        <div className={css.three}>
          <TextInput label={<Optional name="Cap a day" />} inputMode="numeric" {...text('daily', 'caps.daily')} />
          <TextInput label={<Optional name="Cap a week" />} inputMode="numeric" {...text('weekly', 'caps.weekly')} />
          <TextInput label={<Optional name="Cap a month" />} inputMode="numeric" {...text('monthly', 'caps.monthly')} />
        </div>
      </Group>
      <Group title="Tracking">
        <TextInput
          label={<Optional name="Destination address" />}
          description="Where the tracking link leads; the click id is added to it."
          placeholder="https://shop.example/"
          maxLength={2000}
          {...text('destination_url')}
        />
        <MoneyField
          label={<Optional name="Revenue when none is sent" />}
          currency={draft.currency}
          value={draft.default_revenue}
          onChange={default_revenue => onChange({ default_revenue })}
          error={errors.default_revenue_cents}
        />
        <TextInput
          label={<Optional name="Postback secret" />}
          description="A postback without it is refused."
          placeholder={has_secret ? 'set; type another to replace it' : 'none'}
          maxLength={200}
          {...text('postback_secret')}
        />
      </Group>
    </div>
  )
}

const RATE_LEADS: Partial<Record<Draft['cost_model'], string>> = {
  cpa: 'The same amount for each conversion.',
  revshare: 'A share of the revenue of each conversion.',
}

const Group = ({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) => (
  <fieldset className={css.group}>
    <legend>{title}</legend>
    {lead && <p>{lead}</p>}
    {children}
  </fieldset>
)

const Optional = ({ name }: { name: string }) => (
  <>
    {name} <span className={css.optional}>optional</span>
  </>
)

function Rate({ draft, errors, onChange }: FieldsProps) {
  return (
    <div className={css.three}>
      <NativeSelect
        label="Cost model"
        data={costModels}
        value={draft.cost_model}
        error={errors.cost_model}
        onChange={event => onChange({ cost_model: event.currentTarget.value as Draft['cost_model'] })}
      />
      {draft.cost_model === 'cpa' && (
        <MoneyField
          label="Amount a conversion"
          currency={draft.currency}
          value={draft.value}
          onChange={value => onChange({ value })}
          error={errors.amount_cents}
        />
      )}
      {draft.cost_model === 'revshare' && (
        <TextInput
          label="Share of the revenue"
          inputMode="decimal"
          autoComplete="off"
          rightSection="%"
          value={draft.value}
          error={errors.percent}
          onChange={event => onChange({ value: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label="Currency"
        data={currencies(draft.currency)}
        value={draft.currency}
        error={errors.currency}
        onChange={event => onChange({ currency: event.currentTarget.value })}
      />
    </div>
  )
}

const currencies = (own: string): string[] => [...new Set([own, 'USD', 'EUR', 'GBP', ...Intl.supportedValuesOf('currency')])]

/** From the n-th conversion of a partner another rate; the first tier begins with 1. */
function Tiers({ draft, errors, onChange }: FieldsProps) {
  const { tiers } = draft
  const set = (id: number, change: Partial<TierDraft>) =>
    onChange({ tiers: tiers.map(tier => (tier.id === id ? { ...tier, ...change } : tier)) })
  const add = () => {
    const id = 1 + Math.max(-1, ...tiers.map(tier => tier.id))
    onChange({ tiers: [...tiers, { id, from: tiers.length === 0 ? '1' : '', value: '' }] })
  }
  const unit = draft.cost_model === 'revshare' ? '%' : draft.currency
  return (
    <div className={css.tiers}>
      {tiers.map((tier, index) => (
        <div key={tier.id} className={css.tier}>
          <span>from conversion</span>
          <TextInput
            aria-label={`Tier ${index + 1}: from conversion`}
            inputMode="numeric"
            autoComplete="off"
            value={tier.from}
            error={errors[`tiers.${index}.from`]}
            onChange={event => set(tier.id, { from: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Tier ${index + 1}: pays, in ${unit}`}
            inputMode="decimal"
            autoComplete="off"
            rightSection={<span className={css.unit}>{unit}</span>}
            rightSectionWidth={44}
            value={tier.value}
            error={errors[`tiers.${index}`]}
            onChange={event => set(tier.id, { value: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove tier ${index + 1}`}
            onClick={() => onChange({ tiers: tiers.filter(each => each.id !== tier.id) })}
          >
            <IconX size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={add}>
        Add a tier
      </Button>
    </div>
  )
}

import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { dayOf } from '../../core/calendar.ts'
import { type Currency, decimal, minorDigits } from '../../core/money.ts'
import { type Frequency, nextRunOn } from '../../core/schedule.ts'
import { api, tell } from '../api.ts'
import { DateText } from '../shared/date-text.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { useSession } from '../shell/session.tsx'
import { CurrencyEffect, HoldEffect, MinimumEffect } from './effects.tsx'
import { effectQuery, type PayoutSettings } from './queries.ts'
import { SaveButton } from './save-button.tsx'
import css from './settings.module.css'

type Draft = { frequency: Frequency; anchor_on: string; minimum: string; hold_days: string; currency: string }
type Changes = Partial<Omit<PayoutSettings, 'frequency'>> & { frequency?: Frequency }

const currencies = Intl.supportedValuesOf('currency')
const frequencies = [
  { value: 'on_demand', label: 'On demand' },
  { value: 'monthly', label: 'Monthly, on the 1st' },
  { value: 'bi_weekly', label: 'Every two weeks' },
]

const draftOf = (s: PayoutSettings): Draft => ({
  frequency: s.frequency,
  anchor_on: s.anchor_on,
  minimum: decimal(s.minimum_threshold_cents, minorDigits(s.currency)),
  hold_days: String(s.hold_days),
  currency: s.currency,
})

/** The settings as they are typed; `null` where a field cannot be read. */
function read(draft: Draft): { minimum_threshold_cents: number | null; hold_days: number | null } {
  const cents = centsOf(draft.minimum, draft.currency)
  const days = /^\d{1,4}$/.test(draft.hold_days.trim()) ? Number(draft.hold_days) : null
  return {
    minimum_threshold_cents: cents !== null && cents >= 0 ? cents : null,
    hold_days: days !== null && days <= 3650 ? days : null,
  }
}

/** One row a setting: the field, and beside it what it does to the money of now. */
export function PayoutForm({ settings }: { settings: PayoutSettings }) {
  const { brand, is_admin } = useSession()
  const [draft, setDraft] = useState(() => draftOf(settings))
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const save = useWrite((body: Changes, idempotency_key) =>
    api.organizations.changePayoutSettings({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const { minimum_threshold_cents, hold_days } = read(draft)
  const server = fieldErrors(save.error)
  const faults = {
    minimum: minimum_threshold_cents === null ? 'Type an amount such as 50 or 50.00' : server.minimum_threshold_cents,
    hold: hold_days === null ? 'Type a number of days from 0 to 3650' : server.hold_days,
    anchor: draft.anchor_on === '' ? 'Choose a day' : server.anchor_on,
  }
  const is_readable = minimum_threshold_cents !== null && hold_days !== null && draft.anchor_on !== ''
  const wanted = {
    frequency: draft.frequency,
    anchor_on: draft.anchor_on,
    minimum_threshold_cents,
    hold_days,
    currency: draft.currency,
  }
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== settings[name as keyof PayoutSettings]),
  )
  const is_same = Object.keys(changes).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (is_readable && !is_same) save.mutate(changes as Changes, { onSuccess: () => tell('The payout settings are saved.') })
  }
  return (
    <form className={`${css.form} ${css.wide}`} onSubmit={submit} noValidate>
      <fieldset disabled={!is_admin} className={`${css.form} ${css.wide} ${css.plain}`}>
        <When draft={draft} set={set} fault={faults.anchor} />
        <HowMuch draft={draft} set={set} faults={faults} settings={settings} wanted={{ minimum_threshold_cents, hold_days }} />
        <Row effect={<CurrencyEffect from={settings.currency} to={draft.currency} />}>
          <NativeSelect
            label="Currency"
            data={currencies.includes(draft.currency) ? currencies : [draft.currency, ...currencies]}
            value={draft.currency}
            error={server.currency}
            onChange={event => set({ currency: event.currentTarget.value })}
          />
        </Row>
      </fieldset>
      {is_admin && (
        <div className={shared.buttons}>
          <SaveButton
            is_pending={save.isPending}
            reason={is_same ? 'Nothing is changed yet' : is_readable ? null : 'Mend the fields that are marked first'}
          >
            Save settings
          </SaveButton>
          {!is_same && (
            <Button variant="default" onClick={() => setDraft(draftOf(settings))}>
              Undo changes
            </Button>
          )}
        </div>
      )}
    </form>
  )
}

const Row = ({ children, effect }: { children: ReactNode; effect: ReactNode }) => (
  <div className={css.row}>
    <div>{children}</div>
    <div className={css.effect}>{effect}</div>
  </div>
)

type PartProps = { draft: Draft; set: (change: Partial<Draft>) => void }

function When({ draft, set, fault }: PartProps & { fault: string | undefined }) {
  const { me, time_zone } = useSession()
  const next = draft.anchor_on === '' ? null : nextRunOn(draft, dayOf(me.clock.now, time_zone))
  return (
    <>
      <Row
        effect={
          next === null ? (
            'Nothing is drafted by itself: somebody presses “Run payouts”.'
          ) : (
            <>
              Next drafts on{' '}
              <strong>
                <DateText at={next} />
              </strong>
              , for everything payable before that day. Drafts are safe: they are never approved or paid by themselves.
            </>
          )
        }
      >
        <NativeSelect
          label="Payout frequency"
          data={frequencies}
          value={draft.frequency}
          onChange={event => set({ frequency: event.currentTarget.value as Frequency })}
        />
      </Row>
      {draft.frequency === 'bi_weekly' && (
        <Row effect="Every 14 days, counted from this day.">
          <TextInput
            label="Anchor day"
            type="date"
            value={draft.anchor_on}
            error={fault}
            onChange={event => set({ anchor_on: event.currentTarget.value })}
          />
        </Row>
      )}
    </>
  )
}

type HowMuchProps = PartProps & {
  faults: { minimum: string | undefined; hold: string | undefined }
  settings: PayoutSettings
  wanted: { minimum_threshold_cents: number | null; hold_days: number | null }
}

/** What is asked of the server once the fingers rest: the figures with the settings as they are typed. */
function HowMuch({ draft, set, faults, settings, wanted }: HowMuchProps) {
  const { brand } = useSession()
  const [asked] = useDebouncedValue(wanted, 250)
  const query = {
    ...(asked.hold_days !== null && { hold_days: asked.hold_days }),
    ...(asked.minimum_threshold_cents !== null && { minimum_threshold_cents: asked.minimum_threshold_cents }),
  }
  const { data } = useQuery({ ...effectQuery(brand.id, query), placeholderData: keepPreviousData })
  const currency = draft.currency as Currency
  return (
    <>
      <Row
        effect={
          data && <MinimumEffect effect={data} is_changed={wanted.minimum_threshold_cents !== settings.minimum_threshold_cents} />
        }
      >
        <MoneyField
          label="Minimum threshold"
          currency={currency}
          value={draft.minimum}
          error={faults.minimum}
          onChange={minimum => set({ minimum })}
        />
      </Row>
      <Row
        effect={data && <HoldEffect effect={data} before={settings.hold_days} after={asked.hold_days ?? settings.hold_days} />}
      >
        <TextInput
          label="Hold period"
          rightSection="days"
          rightSectionWidth={48}
          inputMode="numeric"
          value={draft.hold_days}
          error={faults.hold}
          onChange={event => set({ hold_days: event.currentTarget.value })}
        />
      </Row>
    </>
  )
}

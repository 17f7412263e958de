import { NativeSelect, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { criteriaTypes } from '../../core/rules/index.ts'
import { criteriaLabels, prorationMeanings } from '../../core/structure-changes.ts'
import type { FieldErrors } from '../shared/field-errors.ts'
import { MoneyField } from '../shared/money-field.tsx'
import css from './structures.module.css'
import { CURRENCY, type Mode, type TermsDraft } from './terms-draft.ts'
import { Thresholds } from './thresholds.tsx'

export type FieldsProps = { draft: TermsDraft; faults: FieldErrors; onChange: (draft: TermsDraft) => void }

const types = criteriaTypes.map(value => ({ value, label: criteriaLabels[value] }))
const meanings: Record<TermsDraft['criteria_type'], string> = {
  recurring: 'The same amount each period, whatever the performance.',
  goals: 'An amount for each period in which a partner’s goals are met.',
  cpm: 'An amount for each 1,000 new views of a partner’s videos.',
  view_threshold: 'An amount once for each video when it reaches a number of views.',
}
const periods = [
  { value: 'daily', label: 'Day' },
  { value: 'weekly', label: 'Week, from Monday' },
  { value: 'monthly', label: 'Month' },
]
const prorations = [
  { value: 'prorate', label: 'Pay in proportion' },
  { value: 'skip', label: 'Pay nothing' },
  { value: 'full', label: 'Pay in full' },
]

/** The fields of a rule, those of its type. A fault stands at its own field. */
export function TermsFields({ draft, faults, onChange }: FieldsProps) {
  const set = (change: Partial<TermsDraft>) => onChange({ ...draft, ...change })
  const { criteria_type: type } = draft
  return (
    <>
      <div className={css.type}>
        <SegmentedControl
          fullWidth
          size="xs"
          data={types}
          value={type}
          aria-label="Type"
          onChange={value => set({ criteria_type: value as TermsDraft['criteria_type'] })}
        />
        <p className={css.hint}>{meanings[type]}</p>
      </div>
      {type === 'view_threshold' ? (
        <Thresholds draft={draft} faults={faults} onChange={onChange} />
      ) : (
        <>
          <div className={css.pair}>
            <MoneyField
              label={type === 'cpm' ? 'Amount per 1,000 views' : 'Amount'}
              currency={CURRENCY}
              value={draft.amount}
              error={faults.amount_cents}
              onChange={amount => set({ amount })}
            />
            <NativeSelect
              label="Each"
              data={periods}
              value={draft.period}
              error={faults.period}
              onChange={event => set({ period: event.currentTarget.value as TermsDraft['period'] })}
            />
          </div>
          {type === 'goals' && <Goals draft={draft} faults={faults} onChange={onChange} />}
          {type === 'cpm' && <Views draft={draft} faults={faults} onChange={onChange} />}
          <NativeSelect
            label="When a partner was not on it for a whole period"
            description={`${prorationMeanings[draft.proration_mode]}.`}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={prorations}
            value={draft.proration_mode}
            error={faults.proration_mode}
            onChange={event => set({ proration_mode: event.currentTarget.value as TermsDraft['proration_mode'] })}
          />
        </>
      )}
    </>
  )
}

const modes: { value: Mode; label: string }[] = [
  { value: 'all', label: 'All goals' },
  { value: 'any', label: 'At least one goal' },
  { value: 'n_of_m', label: 'A number of goals' },
]

function Goals({ draft, faults, onChange }: FieldsProps) {
  const set = (change: Partial<TermsDraft>) => onChange({ ...draft, ...change })
  const pays_more = Number(draft.partial_multiplier) > 1
  return (
    <>
      <div className={css.pair}>
        <NativeSelect
          label="Goals that must be met"
          data={modes}
          value={draft.mode}
          error={faults['criteria_params.mode']}
          onChange={event => set({ mode: event.currentTarget.value as Mode })}
        />
        {draft.mode === 'n_of_m' && (
          <TextInput
            label="How many"
            inputMode="numeric"
            value={draft.n}
            error={faults['criteria_params.n']}
            onChange={event => set({ n: event.currentTarget.value })}
          />
        )}
      </div>
      {draft.mode === 'all' && (
        <Switch
          label="Pay a part when goals are met in part"
          description="The mean of the goals’ completions, each at most 100 %, times the amount."
          checked={draft.partial_allowed}
          onChange={event => set({ partial_allowed: event.currentTarget.checked })}
        />
      )}
      {draft.mode === 'all' && draft.partial_allowed && (
        <div className={css.pair}>
          <TextInput
            label="From a completion of"
            inputMode="decimal"
            rightSection="%"
            value={draft.min_completion_pct}
            error={faults['criteria_params.min_completion_pct']}
            onChange={event => set({ min_completion_pct: event.currentTarget.value })}
          />
          <TextInput
            label="Times"
            inputMode="decimal"
            leftSection="×"
            value={draft.partial_multiplier}
            error={faults['criteria_params.partial_multiplier']}
            onChange={event => set({ partial_multiplier: event.currentTarget.value })}
          />
          {pays_more && <p className={css.notice}>With more than × 1 a part can pay more than the whole.</p>}
        </div>
      )}
    </>
  )
}

function Views({ draft, faults, onChange }: FieldsProps) {
  const set = (change: Partial<TermsDraft>) => onChange({ ...draft, ...change })
  return (
    <div className={css.pair}>
      <TextInput
        label="From so many views a period"
        placeholder="0"
        inputMode="numeric"
        value={draft.min_views}
        error={faults['criteria_params.min_views']}
        onChange={event => set({ min_views: event.currentTarget.value })}
      />
      <MoneyField
        label="At most a period"
        placeholder="no limit"
        currency={CURRENCY}
        value={draft.max_amount}
        error={faults['criteria_params.max_amount_cents']}
        onChange={max_amount => set({ max_amount })}
      />
    </div>
  )
}

import { ActionIcon, Button, Switch, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { MoneyField } from '../shared/money-field.tsx'
import shared from '../shared/shared.module.css'
import css from './structures.module.css'
import { CURRENCY, type Step } from './terms-draft.ts'
import type { FieldsProps } from './terms-fields.tsx'

const MOST = 50

/** The steps of a view bonus, each with its amount, and whether what was reached before counts. */
export function Thresholds({ draft, faults, onChange }: FieldsProps) {
  const { steps } = draft
  const put = (next: Step[]) => onChange({ ...draft, steps: next })
  const set = (key: number, change: Partial<Step>) => put(steps.map(step => (step.key === key ? { ...step, ...change } : step)))
  const add = () => put([...steps, { key: Math.max(...steps.map(step => step.key), 0) + 1, views: '', amount: '' }])
  return (
    <>
      <fieldset className={css.steps}>
        <legend>Milestones</legend>
        {steps.map((step, n) => (
          <div key={step.key} className={css.step}>
            <TextInput
              aria-label={`Views of milestone ${n + 1}`}
              placeholder="100,000"
              inputMode="numeric"
              rightSection="views"
              rightSectionWidth={52}
              value={step.views}
              error={faults[`criteria_params.thresholds.${n}.views`]}
              onChange={event => set(step.key, { views: event.currentTarget.value })}
            />
            <MoneyField
              aria-label={`Amount of milestone ${n + 1}`}
              placeholder="50.00"
              currency={CURRENCY}
              value={step.amount}
              error={faults[`criteria_params.thresholds.${n}.amount_cents`]}
              onChange={amount => set(step.key, { amount })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove milestone ${n + 1}`}
              disabled={steps.length === 1}
              onClick={() => put(steps.filter(each => each.key !== step.key))}
            >
              <IconX size={15} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
        {faults['criteria_params.thresholds'] && <p className={shared.fault}>{faults['criteria_params.thresholds']}</p>}
        {steps.length < MOST && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={add}
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            className={css.add}
          >
            Add milestone
          </Button>
        )}
      </fieldset>
      <Switch
        label="Look back when a partner is assigned"
        description="Milestones that their videos passed already pay at once. Otherwise those never pay."
        checked={draft.backfill_on_assignment}
        onChange={event => onChange({ ...draft, backfill_on_assignment: event.currentTarget.checked })}
      />
    </>
  )
}

import { Checkbox } from '@mantine/core'
import type { ReactNode } from 'react'
import { Amount } from '../shared/amount.tsx'
import { useStructureNames } from './accrual-table.tsx'
import { AccrualPeriod } from './period.tsx'
import type { Accrual } from './queries.ts'
import css from './tracker.module.css'

type PickProps = {
  accruals: readonly Accrual[]
  picked: ReadonlySet<string>
  onToggle: (accrual: Accrual) => void
  onAll: (ids: ReadonlySet<string>) => void
  children: ReactNode
}

/** Accruals to choose from; one that a payout holds says so, and cannot be chosen. */
export function PickAccruals({ accruals, picked, onToggle, onAll, children }: PickProps) {
  const nameOf = useStructureNames()
  const free = accruals.filter(each => each.payout_id === null)
  const is_all = free.length > 0 && free.every(each => picked.has(each.id))
  return (
    <fieldset className={css.pick}>
      <legend>Accruals</legend>
      <Checkbox
        size="xs"
        label={`All ${free.length} shown`}
        checked={is_all}
        indeterminate={!is_all && picked.size > 0}
        onChange={() => onAll(new Set(is_all ? [] : free.map(each => each.id)))}
      />
      <ul>
        {accruals.map(each => (
          <li key={each.id}>
            <Checkbox
              size="xs"
              disabled={each.payout_id !== null}
              checked={picked.has(each.id)}
              onChange={() => onToggle(each)}
              label={
                <>
                  <AccrualPeriod of={each} /> · {nameOf(each.structure_id)}
                  {each.payout_id !== null && ' · held by a payout'}
                </>
              }
            />
            <Amount cents={each.amount_cents} currency={each.currency} bare />
          </li>
        ))}
      </ul>
      {children}
    </fieldset>
  )
}

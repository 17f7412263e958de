/** What the settings do to the money of now, in sentences with figures. */
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import type { Effect } from './queries.ts'

type MinimumProps = { effect: Effect; is_changed: boolean }

export function MinimumEffect({ effect, is_changed }: MinimumProps) {
  const { currency, ready_count, ready_cents, below_count, below_cents } = effect
  const total = ready_count + below_count
  if (total === 0) return 'Nobody is owed anything now. Balances below the minimum wait until they reach it.'
  return (
    <>
      {is_changed ? 'With this minimum ' : 'Now '}
      <strong>
        {counted(ready_count, 'balance')} of {money(ready_cents, currency)}
      </strong>{' '}
      {ready_count === 1 ? 'reaches' : 'reach'} it
      {below_count > 0 && (
        <>
          , and{' '}
          <strong>
            {counted(below_count, 'balance')} of {money(below_cents, currency)}
          </strong>{' '}
          {below_count === 1 ? 'waits' : 'wait'} below it
        </>
      )}
      . Only balances in {currency} are measured.
    </>
  )
}

type HoldProps = { effect: Effect; before: number; after: number }

/** A hold is fixed when a conversion is recorded: changing it moves nothing that is there, and the page must not promise it. */
export function HoldEffect({ effect, before, after }: HoldProps) {
  const held = effect.on_hold.filter(each => each.amount_cents !== 0)
  const freed = held.filter(each => each.freed_cents !== 0)
  const list = (all: readonly string[]) => (all.length > 0 ? all.join(', ') : money(0, effect.currency))
  return (
    <>
      {before === 0 ? 'No hold' : `${before}-day hold`}:{' '}
      <strong>{list(held.map(each => money(each.amount_cents, each.currency)))}</strong> on hold now.{' '}
      {after < before && held.length > 0 && (
        <>
          Recorded with {after} days, <strong>{list(freed.map(each => money(each.freed_cents, each.currency)))}</strong> of it
          would be payable.{' '}
        </>
      )}
      {after === before
        ? before === 0
          ? 'Commissions are payable at once, unless their campaign has a hold of its own.'
          : 'Commissions are payable so many days after their conversion, unless their campaign has a hold of its own.'
        : `A new hold counts for conversions recorded from now on; what is on hold keeps its day of release.`}
    </>
  )
}

export const CurrencyEffect = ({ from, to }: { from: string; to: string }) =>
  from === to
    ? 'Of campaigns and conversions that name none, and of the minimum. Earnings in other currencies are paid in theirs.'
    : `New campaigns and conversions that name no currency are in ${to}, and the minimum is measured in it. What was earned stays in ${from}: nothing is converted.`

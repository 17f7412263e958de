import { Button, CloseButton, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { money } from './amount.tsx'
import type { Figure } from './kpis.tsx'
import css from './selection-bar.module.css'

type BarProps = { count: number; figures?: readonly Figure[]; onClear: () => void; children: ReactNode }

/** What is selected, how many and how much, with what can be done with all of it; floats above the page. */
export const SelectionBar = ({ count, figures = [], onClear, children }: BarProps) => (
  <section className={css.bar} aria-label="Selection">
    <span className={css.said} aria-live="polite">
      <strong>{count.toLocaleString('en')} selected</strong>
      {figures.map(({ currency, cents }) => (
        <span key={currency}>{money(cents, currency)}</span>
      ))}
    </span>
    <span className={css.actions}>{children}</span>
    <CloseButton aria-label="Clear selection" onClick={onClear} />
  </section>
)

type ActionProps = { label: string; reasons: readonly string[]; is_main?: boolean; onClick: () => void }

/** Something to do with the selection. When a part of it cannot take part, it does nothing and says why, on focus as well. */
export function SelectionAction({ label, reasons, is_main = false, onClick }: ActionProps) {
  const is_off = reasons.length > 0
  const why = (
    <ul className={css.reasons}>
      {reasons.map(reason => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  )
  return (
    <Tooltip label={why} disabled={!is_off} multiline w={300}>
      <Button
        size="compact-md"
        fz={13}
        variant={is_main ? 'filled' : 'default'}
        aria-disabled={is_off || undefined}
        data-disabled={is_off || undefined}
        aria-label={is_off ? `${label}. ${reasons.join(' ')}` : label}
        onClick={is_off ? undefined : onClick}
      >
        {label}
      </Button>
    </Tooltip>
  )
}

/** The sums of amounts, one a currency. */
export function sumsOf(rows: readonly { currency: string; cents: number }[]): Figure[] {
  const sums = new Map<string, number>()
  for (const { currency, cents } of rows) sums.set(currency, (sums.get(currency) ?? 0) + cents)
  return [...sums].map(([currency, cents]) => ({ currency, cents }))
}

import { Button, CloseButton, Tooltip } from '@mantine/core'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import css from './partners.module.css'
import type { Listed } from './queries.ts'
import { allMoves, type Move } from './status-change.tsx'

type BarProps = { rows: readonly Listed[]; onMove: (move: Move) => void; onClear: () => void }

/** What can be done with the selected rows, with how many they are and what they are owed. */
export function SelectionBar({ rows, onMove, onClear }: BarProps) {
  if (rows.length === 0) return null
  const owed = new Map<string, number>()
  for (const { currency, owed_cents } of rows.flatMap(row => row.figures))
    if (owed_cents > 0) owed.set(currency, (owed.get(currency) ?? 0) + owed_cents)
  return (
    <section className={css.bar} aria-label="Selection">
      <p className={css.barText}>
        <strong>{counted(rows.length, 'partner')}</strong>
        {[...owed].map(([currency, cents]) => (
          <span key={currency}> · {money(cents, currency)} owed</span>
        ))}
      </p>
      {allMoves.map(move => (
        <MoveButton key={move.verb} move={move} rows={rows} onMove={onMove} />
      ))}
      <CloseButton aria-label="Clear the selection" onClick={onClear} />
    </section>
  )
}

/** Where all of them are so already there is nothing to do, and the button says so. */
function MoveButton({ move, rows, onMove }: { move: Move; rows: readonly Listed[]; onMove: (move: Move) => void }) {
  const is_done = rows.every(row => row.status === move.status)
  const off = { 'aria-disabled': is_done || undefined, 'data-disabled': is_done || undefined }
  return (
    <Tooltip label={`All of them are ${move.done} already.`} disabled={!is_done}>
      <Button
        variant={move.status === 'approved' ? 'filled' : 'default'}
        {...(move.status === 'approved' && { 'data-key': 'a' })}
        {...off}
        onClick={() => !is_done && onMove(move)}
      >
        {move.verb}
      </Button>
    </Tooltip>
  )
}

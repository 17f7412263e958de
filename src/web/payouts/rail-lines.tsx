import { Button, Checkbox } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Amount, money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { ExplainPanel } from '../shared/explain.tsx'
import type { Line, PayoutDetail } from './queries.ts'
import css from './rail-parts.module.css'

type LinesProps = {
  payout: PayoutDetail
  lines: readonly Line[]
  /** While the draft is edited: which lines are left out. */
  leaving?: ReadonlySet<string>
  setLeaving?: (leaving: ReadonlySet<string>) => void
  children: ReactNode
}

/** Every earning with the sentence that explains it, then what was added, what was netted, and the total. */
export function RailLines({ payout, lines, leaving, setLeaving, children }: LinesProps) {
  const [explained, setExplained] = useState<string | null>(null)
  const keyed = explained ?? lines[0]?.earning_id
  const toggle = (id: string) => {
    const next = new Set(leaving)
    if (!next.delete(id)) next.add(id)
    setLeaving?.(next)
  }
  return (
    <>
      <Difference payout={payout} />
      <table className={css.lines}>
        <tbody>
          {lines.map(line => (
            <LineRows
              key={line.earning_id}
              line={line}
              currency={payout.currency}
              is_explained={explained === line.earning_id}
              has_key={keyed === line.earning_id}
              onExplain={() => setExplained(explained === line.earning_id ? null : line.earning_id)}
              {...(leaving && { is_leaving: leaving.has(line.earning_id), onLeave: () => toggle(line.earning_id) })}
            />
          ))}
        </tbody>
        {children && (
          <tbody>
            <tr>
              <td colSpan={2}>{children}</td>
            </tr>
          </tbody>
        )}
        <Totals payout={payout} />
      </table>
    </>
  )
}

type LineProps = {
  line: Line
  currency: string
  is_explained: boolean
  has_key: boolean
  onExplain: () => void
  is_leaving?: boolean
  onLeave?: () => void
}

function LineRows({ line, currency, is_explained, has_key, onExplain, is_leaving, onLeave }: LineProps) {
  return (
    <>
      <tr data-leaving={is_leaving || undefined}>
        <td>
          <span className={css.because}>{line.because}</span>
          <span className={css.lineMore}>
            <span className={css.kind}>{line.kind}</span> · <DateText at={line.occurred_at} />
            {onLeave ? (
              <Checkbox
                size="xs"
                label="Leave out"
                aria-label={`Leave out ${money(line.amount_cents, currency)}, ${line.because}`}
                checked={is_leaving ?? false}
                onChange={onLeave}
              />
            ) : (
              <Button
                variant="subtle"
                size="compact-xs"
                aria-expanded={is_explained}
                {...(has_key && { 'data-key': 'e' })}
                onClick={onExplain}
              >
                {is_explained ? 'Close' : 'Explain'}
              </Button>
            )}
          </span>
        </td>
        <td>
          <Amount cents={line.amount_cents} currency={currency} bare />
        </td>
      </tr>
      {is_explained && !onLeave && (
        <tr data-explained>
          <td colSpan={2}>
            <ExplainPanel earning_id={line.earning_id} />
          </td>
        </tr>
      )}
    </>
  )
}

const adjustedOf = ({ adjustments }: PayoutDetail): number => adjustments.reduce((sum, each) => sum + each.amount_cents, 0)
const linesOf = (payout: PayoutDetail): number => payout.amount_cents - adjustedOf(payout) + payout.credit_cents

/** When the lines come to something else than the payout, what makes the difference. */
function Difference({ payout }: { payout: PayoutDetail }) {
  const { credit_cents, currency, amount_cents } = payout
  const adjusted = adjustedOf(payout)
  if (linesOf(payout) === amount_cents) return null
  const parts = [
    ...(adjusted === 0 ? [] : [`adjustments ${adjusted > 0 ? 'add' : 'take'} ${money(Math.abs(adjusted), currency)}`]),
    ...(credit_cents === 0 ? [] : [`${money(credit_cents, currency)} was paid on account before and is netted`]),
  ]
  return (
    <p className={css.difference}>
      The lines come to {money(linesOf(payout), currency)}; {parts.join(', ')}: {money(amount_cents, currency)} in all.
    </p>
  )
}

function Totals({ payout }: { payout: PayoutDetail }) {
  const { adjustments, credit_cents, amount_cents, currency } = payout
  const count = payout.conversion_count + payout.accrual_count
  const has_parts = adjustments.length > 0 || credit_cents !== 0
  return (
    <tfoot>
      {has_parts && <Sum name={counted(count, 'item')} cents={linesOf(payout)} currency={currency} />}
      {adjustments.map(each => (
        <Sum key={each.id} name={`Adjustment: ${each.reason}`} cents={each.amount_cents} currency={currency} />
      ))}
      {credit_cents !== 0 && <Sum name="Paid on account" cents={-credit_cents} currency={currency} />}
      <Sum name="Total" cents={amount_cents} currency={currency} strong />
    </tfoot>
  )
}

type SumProps = { name: string; cents: number; currency: string; strong?: boolean }

const Sum = ({ name, cents, currency, strong }: SumProps) => (
  <tr data-strong={strong}>
    <th scope="row">{name}</th>
    <td>
      <Amount cents={cents} currency={currency} bare={!strong} />
    </td>
  </tr>
)

import { describe, type Terms } from '../../core/structure.ts'
import { prorationMeanings } from '../../core/structure-changes.ts'
import css from './structures.module.css'

/** The terms in a sentence, as they will stand on every statement; silent while they do not fit together. */
export const Preview = ({ terms }: { terms: Terms | null }) => (
  <output className={css.preview} aria-label="In a sentence">
    {terms ? (
      <>
        <strong>{describe(terms)}.</strong> <span>{afterwards(terms)}</span>
      </>
    ) : (
      <span>Fill in the amounts to read here what it pays.</span>
    )}
  </output>
)

/** What the sentence leaves out: when it is evaluated and what a part of a period pays. */
export function afterwards({ criteria_type, proration_mode, backfill_on_assignment }: Terms): string {
  if (criteria_type === 'view_threshold') {
    const back = backfill_on_assignment
      ? 'those crossed before the assignment pay at once'
      : 'those crossed before the assignment never pay'
    return `Each milestone pays once per video; ${back}.`
  }
  const late = criteria_type === 'goals' ? ' Goals are evaluated 48 hours after the period.' : ''
  return `${prorationMeanings[proration_mode]}.${late}`
}

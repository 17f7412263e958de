/** What changed from one wording of a campaign's terms to the next, for people. */
import { type TableKey, tables } from './custom-payout.ts'

/** A wording as the API gives it. */
export type Wording = { rate: string; currency: string; tables: Readonly<Record<string, string>> }
export type TermsChange =
  | { kind: 'changed'; what: string; before: string; after: string }
  | { kind: 'added' | 'removed'; tab: TableKey; line: string }
  | { kind: 'moved'; tab: TableKey }

const linesIn = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/\r\n|\r|\n/)
    .map(line => line.trim())
    .filter(line => line !== '')

/** The lines of `from` that `other` has not, counting repeats. */
function without(from: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1)
  return from.filter(line => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

/** Rate first, then the tables in the seed's order: lines that went, lines that came; of the same lines, that they moved. */
export function termsChanges(before: Wording, after: Wording): TermsChange[] {
  const facts = [
    { what: 'Rate', before: before.rate, after: after.rate },
    { what: 'Currency', before: before.currency, after: after.currency },
  ]
  const changed = facts.filter(fact => fact.before !== fact.after).map(fact => ({ kind: 'changed' as const, ...fact }))
  return [...changed, ...tables.flatMap(({ key }) => tableChanges(key, linesIn(before.tables[key]), linesIn(after.tables[key])))]
}

function tableChanges(tab: TableKey, before: string[], after: string[]): TermsChange[] {
  const removed = without(before, after).map(line => ({ kind: 'removed' as const, tab, line }))
  const added = without(after, before).map(line => ({ kind: 'added' as const, tab, line }))
  const is_moved = removed.length + added.length === 0 && before.join('\n') !== after.join('\n')
  return [...removed, ...added, ...(is_moved ? [{ kind: 'moved' as const, tab }] : [])]
}

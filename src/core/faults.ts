/** What is wrong with a value that somebody sent: where, and in words what to send instead. */
import type { z } from 'zod'

export type Fault = { path: string; message: string }

export const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.flatMap(nearest).map(issue => ({ path: issue.path.join('.'), message: wordsOf(issue) }))

/** Of several shapes that a value may have, what it lacks to the one that it is nearest to; a union's own words come first. */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return [issue]
  const [closest] = issue.errors.filter(issues => issues.length > 0).toSorted((a, b) => a.length - b.length)
  return closest?.map(each => ({ ...each, path: [...issue.path, ...each.path] })) ?? [issue]
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown ${issue.keys.length > 1 ? 'keys' : 'key'}: ${issue.keys.join(', ')}`
  return issue.message
}

/** What the server, or core before it, found wrong with single fields, by their names: for forms, which show it in place. */
import { ApiFailure } from '../../client/client.ts'
import { Refusal } from '../../core/refusal.ts'

/** Words by the path of their field, such as `criteria_params.thresholds.0.views`. */
export type FieldErrors = Readonly<Record<string, string>>

export function fieldErrors(error: unknown): Record<string, string> {
  const errors = error instanceof ApiFailure ? error.meta.errors : error instanceof Refusal ? error.detail.errors : undefined
  if (!Array.isArray(errors)) return {}
  return Object.fromEntries(errors.flatMap(each => (typeof each?.path === 'string' ? [[each.path, sentence(each.message)]] : [])))
}

/** `must be …` as it stands beside a field: `Must be ….` */
const sentence = (text: unknown): string => {
  const words = String(text)
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`
}

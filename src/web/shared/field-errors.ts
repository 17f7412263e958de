/** What the server found wrong with single fields, by their names: for forms, which show it in place. */
import { ApiFailure } from '../../client/client.ts'

export function fieldErrors(error: unknown): Record<string, string> {
  const errors = error instanceof ApiFailure ? error.meta.errors : undefined
  if (!Array.isArray(errors)) return {}
  return Object.fromEntries(errors.flatMap(each => (typeof each?.path === 'string' ? [[each.path, sentence(each.message)]] : [])))
}

/** `must be …` as it stands beside a field: `Must be ….` */
const sentence = (text: unknown): string => {
  const words = String(text)
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`
}

/** Faults of a form, said in place. */
import { ApiFailure } from '../../client/client.ts'
import { wordsOf } from '../api.ts'

/** What is wrong with one field of a form, in the server's words; undefined when nothing is. */
export function faultAt(error: unknown, field: string): string | undefined {
  const errors = error instanceof ApiFailure ? error.meta.errors : undefined
  if (!Array.isArray(errors)) return undefined
  const fault = errors.find(each => each?.path === field)
  return typeof fault?.message === 'string' ? sentence(fault.message) : undefined
}

const sentence = (message: string): string => message.charAt(0).toUpperCase() + message.slice(1)

/** What is wrong as a whole, when it is not said at one of these fields. */
export const faultOver = (error: unknown, fields: readonly string[]): string | undefined =>
  error && !fields.some(field => faultAt(error, field)) ? wordsOf(error) : undefined

/** What is wrong with the fields of a form: from the server's refusal, or from what core says before it is sent. */
import { ApiFailure } from '../../client/client.ts'
import { Refusal } from '../../core/refusal.ts'

/** Words by the path of their field, such as `criteria_params.thresholds.0.views`. */
export type Faults = Readonly<Record<string, string>>

type Entry = { path: string; message: string }

/** The faults in a refused request, or in a refusal of core; none for anything else. */
export function faultsIn(error: unknown): Faults {
  const detail = error instanceof ApiFailure ? error.meta : error instanceof Refusal ? error.detail : {}
  const entries = Array.isArray(detail.errors) ? (detail.errors as Entry[]) : []
  return Object.fromEntries(
    entries.toReversed().map(({ path, message }) => [path, message.charAt(0).toUpperCase() + message.slice(1)]),
  )
}

/** Whether everything that was refused is said beside a field, so that no message has to say it again. */
export const isSaidInPlace = (error: unknown): boolean => Object.keys(faultsIn(error)).some(path => path !== '')

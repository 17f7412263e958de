/** How the pages talk to the server: the typed client, what is remembered, and what is said when it fails. */
import { notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiFailure, makeClient } from '../client/client.ts'

export const api = makeClient()

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      signedOut(error)
      if (tellLimit(error)) return
      if (!mutation.meta?.says_itself) tellFailure(error)
    },
  }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (count, error) => count < 2 && codeOf(error) === 'unavailable' },
  },
})

export const codeOf = (error: unknown): string | null => (error instanceof ApiFailure ? error.code : null)

/** What a person reads when something failed: the server's own words, which say what to do next. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiFailure && error.code !== 'internal_error') return error.message
  const id = error instanceof ApiFailure ? error.meta.request_id : undefined
  return `Something went wrong on our side. Reload the page and try again${id ? `; the log knows it as ${id}` : ''}.`
}

export function tellFailure(error: unknown): void {
  notifications.show({ color: 'red', title: 'That did not work', message: wordsOf(error), autoClose: 15_000 })
}

/** What the modal of `shell/limit-modal.tsx` opens for, on whatever page somebody is. */
export const LIMIT_REACHED = 'quittance:limit'

/** A full plan is no mishap of this one form: it has its own dialog, which says what to do. */
function tellLimit(error: unknown): boolean {
  if (!(error instanceof ApiFailure) || error.code !== 'limit_reached') return false
  return window.dispatchEvent(new CustomEvent(LIMIT_REACHED, { detail: error.meta }))
}

export const tell = (message: string): void => void notifications.show({ message })

/** A session that ended shows the sign-in page in place of whatever failed, in the workspace and in the portal. */
function signedOut(error: unknown): void {
  if (codeOf(error) !== 'unauthorized') return
  for (const key of ['me', 'portal-me']) {
    const had = queries.getQueriesData({ queryKey: [key] }).some(([, data]) => data !== undefined)
    if (had) void queries.resetQueries({ queryKey: [key] })
  }
}

/**
 * A fresh idempotency key, made when a form opens so that pressing its button twice does one thing.
 *
 * `crypto.randomUUID` exists only on https and localhost, and an installation may be reached by http in its own network.
 */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

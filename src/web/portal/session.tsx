/** Whose portal is looked at: the partner who signed in, or, for an admin, the partner `as`. */
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'

export type PortalMe = Awaited<ReturnType<Client['portal']['me']>>['data']
/** Which partner every request is about; nothing for who is only one. */
export type Who = { as?: string; partner_id?: string }
export type PortalSession = { me: PortalMe; who: Who }

export const whoIn = ({ as, partner_id }: { as?: string | undefined; partner_id?: string | undefined }): Who => ({
  ...(as !== undefined && { as }),
  ...(partner_id !== undefined && { partner_id }),
})

export const portalMeQuery = (who: Who) =>
  queryOptions({
    queryKey: ['portal-me', who],
    queryFn: async ({ signal }) => (await api.portal.me({ query: who, signal })).data,
    staleTime: 30_000,
    // asking again while the sign-in page is shown would take away what was typed there
    refetchOnWindowFocus: query => query.state.data !== undefined,
    refetchOnReconnect: query => query.state.data !== undefined,
  })

export const PortalContext = createContext<PortalSession | null>(null)

export function usePortal(): PortalSession {
  const session = useContext(PortalContext)
  if (!session) throw new Error('this page is only for partners who signed in')
  return session
}

/** Ends the session and begins again at the portal's door. */
export async function signOut(): Promise<void> {
  await fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  window.location.assign('/portal')
}

/** Who is signed in, which brand is looked at, and what this person may do there. */
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Client } from '../../client/client.ts'
import { api } from '../api.ts'

export type Me = Awaited<ReturnType<Client['organizations']['me']>>['data']
export type Session = { me: Me; brand: Me['brands'][number]; is_admin: boolean; time_zone: string }

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => (await api.organizations.me({ signal })).data,
  staleTime: 60_000,
  // asking again while the sign-in page is shown would take away what was typed there
  refetchOnWindowFocus: query => query.state.data !== undefined,
  refetchOnReconnect: query => query.state.data !== undefined,
})

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('this page is only for people who signed in')
  return session
}

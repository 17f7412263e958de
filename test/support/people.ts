/** People in a world: members with their roles, signed in by a one-time link, as a browser would ask. */
import { insertMember } from '../../src/server/organizations/organizations.sql.ts'
import { createPerson, signInUrl } from '../../src/server/organizations/people.ts'
import type { Answered, Place, World } from './world.ts'

/** What the browser sends of a link: its path and query. */
export const pathOf = (url: string): string => url.slice(new URL(url).origin.length)

export const openLink = (at: Place | World, url: string): Promise<Answered> =>
  at.request('GET', pathOf(url), undefined, { key: null })

export function cookieOf(answer: Answered): string {
  const [cookie] = [answer.headers['set-cookie'] ?? []].flat()
  return (cookie ?? '').split(';')[0] as string
}

/** Makes a person a member of the world's organization. */
export async function addMember(w: World, email: string, role: 'admin' | 'member', password?: string): Promise<string> {
  const person = await createPerson(w.app, { email, name: email, password })
  await w.asApp(tx => insertMember(tx, { org_id: w.org_id, user_id: person.id, email, role, created_at: w.app.clock.now() }))
  return person.id
}

/** Headers of a signed-in browser on our own page. */
export async function signedIn(w: Place | World, email: string): Promise<{ cookie: string; 'sec-fetch-site': string }> {
  return { cookie: cookieOf(await openLink(w, await signInUrl(w.app, email))), 'sec-fetch-site': 'same-origin' }
}

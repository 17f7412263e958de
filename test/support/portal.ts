/** Partners who signed in to the portal, as their browser would ask. */
import { cookieOf, openLink } from './people.ts'
import type { Answered, World } from './world.ts'

export type Headers = Record<string, string>

/** A one-time link of the admin's for a partner. */
export async function linkFor(w: World, partner_id: string, brand_id = w.brand_id): Promise<string> {
  const { data, status, text } = await w.request('POST', `/api/brands/${brand_id}/partners/${partner_id}/portal-link`, {})
  if (status !== 201) throw new Error(`no link for ${partner_id}: ${text}`)
  return data.url
}

/** Headers of a partner's signed-in browser on our own page. */
export async function partnerSession(w: World, partner_id: string, brand_id = w.brand_id): Promise<Headers> {
  return headersOf(await openLink(w, await linkFor(w, partner_id, brand_id)))
}

export const headersOf = (answer: Answered): Headers => ({ cookie: cookieOf(answer), 'sec-fetch-site': 'same-origin' })

/** Asks on the portal as whoever the headers are of, without any key. */
export const portalOf =
  (w: World, headers: Headers) =>
  (method: string, path: string, body?: unknown): Promise<Answered> =>
    w.request(method, `/api/portal${path}`, body, { key: null, headers })

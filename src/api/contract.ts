/** Everything the product promises over HTTP, by noun. */
import { campaigns } from './campaigns.ts'
import { conversions } from './conversions.ts'
import type { Endpoint } from './endpoint.ts'
import { organizations } from './organizations.ts'
import { partners } from './partners.ts'
import { payouts } from './payouts.ts'

export const contract = { organizations, partners, campaigns, conversions, payouts }
export type Contract = typeof contract

/** All endpoints with their names, literal paths before those with parameters (`/payouts/export` before `/payouts/{id}`). */
export const endpoints: { name: string; endpoint: Endpoint }[] = Object.entries(contract).flatMap(([noun, group]) =>
  Object.entries(group).map(([verb, endpoint]) => ({ name: `${noun}.${verb}`, endpoint: endpoint as Endpoint })),
)

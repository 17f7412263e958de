/** Everything the product promises over HTTP, by noun. */
import { accruals } from './accruals.ts'
import { campaigns } from './campaigns.ts'
import { conversions } from './conversions.ts'
import { creators } from './creators.ts'
import { earnings } from './earnings.ts'
import type { Endpoint } from './endpoint.ts'
import { goals } from './goals.ts'
import { imports } from './imports.ts'
import { keys } from './keys.ts'
import { invitations, members } from './members.ts'
import { methods } from './methods.ts'
import { organizations } from './organizations.ts'
import { overview } from './overview.ts'
import { partners } from './partners.ts'
import { payments, publisherPayouts } from './payments.ts'
import { payouts } from './payouts.ts'
import { portal } from './portal.ts'
import { reference } from './reference.ts'
import { invoices, statements } from './statements.ts'
import { structures } from './structures.ts'
import { tracker } from './tracker.ts'
import { videos } from './videos.ts'

export const contract = {
  organizations,
  members,
  invitations,
  keys,
  methods,
  partners,
  creators,
  campaigns,
  conversions,
  imports,
  earnings,
  payouts,
  payments,
  publisherPayouts,
  statements,
  invoices,
  videos,
  goals,
  structures,
  accruals,
  overview,
  portal,
  tracker,
  reference,
}
export type Contract = typeof contract

/** All endpoints with their names, literal paths before those with parameters (`/payouts/export` before `/payouts/{id}`). */
export const endpoints: { name: string; endpoint: Endpoint }[] = Object.entries(contract).flatMap(([noun, group]) =>
  Object.entries(group).map(([verb, endpoint]) => ({ name: `${noun}.${verb}`, endpoint: endpoint as Endpoint })),
)

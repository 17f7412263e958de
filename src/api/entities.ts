/** The entities that the contract speaks of, each in one line; everything else that is said of them follows from its shapes. */
import type { z } from 'zod'
import { Accrual, accruals } from './accruals.ts'
import { Campaign, CampaignVersion } from './campaigns.ts'
import type { Contract } from './contract.ts'
import { Conversion, conversions } from './conversions.ts'
import { Creator } from './creators.ts'
import { Explanation } from './earnings.ts'
import { Goal, goals } from './goals.ts'
import { Import } from './imports.ts'
import { ApiKey } from './keys.ts'
import { invitations, members } from './members.ts'
import { PayoutMethod } from './methods.ts'
import { organizations, Program } from './organizations.ts'
import { overview } from './overview.ts'
import { Activity, Earning, Partner } from './partners.ts'
import { Payment, PublisherPayout } from './payments.ts'
import { Payout, payouts } from './payouts.ts'
import { PortalSettings } from './portal-shapes.ts'
import { InvoiceSettings, Statement } from './statements.ts'
import { Assignment, Structure, StructureVersion, structures } from './structures.ts'
import { PartnerStructure, TrackerRow, tracker } from './tracker.ts'
import { Video, videos } from './videos.ts'

/** A noun of the contract with all its verbs, or one of its endpoints. */
type Named = { [N in keyof Contract]: N | `${N}.${keyof Contract[N] & string}` }[keyof Contract]
export type Source = { description: string; shape: z.ZodObject; detail?: z.ZodObject; of: Named[] }

const payout = payouts.one.data.shape

/** By name; what an entity is made of, and the endpoints that read or write it. */
export const sources: Record<string, Source> = {
  organization: {
    description: 'Who pays; owns everything that its keys can reach.',
    shape: organizations.me.data.shape.organization,
    detail: organizations.one.data,
    of: ['organizations.me', 'organizations.one', 'organizations.change'],
  },
  project: {
    description: 'One scope of partners, campaigns and structures; a brand is the same, with the same id.',
    shape: Program,
    of: [
      ...(['organizations.programs', 'organizations.createProgram'] as const),
      ...(['organizations.conversionTypes', 'organizations.changeConversionTypes'] as const),
    ],
  },
  member: {
    description: 'A person who works in the organization; admins change, members look.',
    shape: members.change.data,
    of: ['members'],
  },
  invitation: {
    description: 'A link that makes somebody a member, once, within 7 days.',
    shape: invitations.list.data.element,
    of: ['invitations'],
  },
  work: {
    description: 'What waits for a person in a brand: queues with count, sum and age.',
    shape: overview.work.data,
    of: ['overview.work'],
  },
  found: {
    description: 'Something that a search found.',
    shape: overview.search.data.element,
    of: ['overview.search'],
  },
  payout_settings: {
    description: 'How and when a brand pays: frequency, smallest payout, hold.',
    shape: organizations.payoutSettings.data,
    of: ['organizations.payoutSettings', 'organizations.changePayoutSettings', 'payouts.settingsEffect'],
  },
  api_key: {
    description: 'What a program signs its requests with: bound to the organization or one brand, and to the person who owns it.',
    shape: ApiKey,
    of: ['keys'],
  },
  payout_method: {
    description: 'How a payment was sent, for example Venmo; a label, of the organization.',
    shape: PayoutMethod,
    of: ['methods'],
  },
  partner: {
    description: 'Whom a brand may owe; a publisher is the same, with the same id.',
    shape: Partner,
    of: [
      ...(['partners.list', 'partners.create', 'partners.overview', 'partners.changeStatus'] as const),
      ...(['partners.one', 'partners.change', 'partners.terms', 'portal.link'] as const),
    ],
  },
  earning: {
    description: 'Money a partner earned, or that was taken back, with its explanation and where it stands.',
    shape: Earning,
    of: ['partners.earnings'],
  },
  activity: {
    description: 'One line of the audit: who changed what of a partner, when, from what to what.',
    shape: Activity,
    of: ['partners.activity'],
  },
  creator: {
    description: 'A partner as its channel shows it; its id is the id of the partner.',
    shape: Creator,
    of: ['creators'],
  },
  video: {
    description: 'What a creator posted, with its newest counts; a status says whether it counts.',
    shape: Video,
    of: ['videos.list', 'videos.create', 'videos.one', 'videos.change'],
  },
  video_snapshot: {
    description: 'Counts of a video at one instant; every observation is kept.',
    shape: videos.observations.data.element,
    of: ['videos.observe', 'videos.observations'],
  },
  creator_snapshot: {
    description: 'Followers of a creator at one instant; every observation is kept.',
    shape: videos.creatorObservations.data.element,
    of: ['videos.observeCreator', 'videos.creatorObservations'],
  },
  goal: {
    description: 'What a creator should reach each day, week or month; goal-based structures pay for it.',
    shape: Goal,
    of: ['goals.list', 'goals.create', 'goals.one', 'goals.change', 'goals.remove'],
  },
  goal_compliance: {
    description: 'How a goal stands in one of its periods, and whether the figures are final.',
    shape: goals.compliance.data.element,
    of: ['goals.compliance'],
  },
  payout_structure: {
    description: 'A rule that pays the creators assigned to it: recurring, by goals, by views (cpm), or at view thresholds.',
    shape: Structure,
    detail: structures.one.data,
    of: ['structures.list', 'structures.create', 'structures.one', 'structures.totals', 'structures.change', 'structures.remove'],
  },
  structure_version: {
    description: 'One immutable wording of a structure; an accrual keeps the version that computed it.',
    shape: StructureVersion,
    of: ['structures.list', 'structures.one', 'structures.change'],
  },
  assignment: {
    description: 'That a creator is, or was, on a structure.',
    shape: Assignment,
    of: ['structures.assignments', 'structures.assign', 'structures.unassign'],
  },
  payout_accrual: {
    description: 'Money a creator earned by a structure in one period; made by the nightly job, never through the API.',
    shape: Accrual,
    detail: accruals.one.data,
    of: ['accruals'],
  },
  payout_payment: {
    description: 'The record that money left: of a payout, recorded directly, or paid on account.',
    shape: Payment,
    of: ['payments'],
  },
  payout_payment_line: {
    description: 'One earning that a payment paid; stays as history when the payment is voided.',
    shape: Payment.shape.payout_payment_lines.element,
    of: ['payments.list', 'payments.one', 'payments.record'],
  },
  payout_adjustment: {
    description: 'A signed amount with its reason: what a payment paid over (+) or under (-) the sum of its lines.',
    shape: Payment.shape.payout_adjustments.element,
    of: ['payments.list', 'payments.one', 'payments.record'],
  },
  campaign: {
    description: 'What partners promote, and what a conversion of it pays.',
    shape: Campaign,
    of: ['campaigns'],
  },
  campaign_version: {
    description: 'One immutable wording of the terms of a campaign; a commission keeps the version that priced it.',
    shape: CampaignVersion,
    of: ['campaigns.versions'],
  },
  conversion: {
    description: 'Something happened and is attributed to a partner; a fact, with the commission that it earned.',
    shape: Conversion,
    detail: conversions.one.data,
    of: ['conversions'],
  },
  import: {
    description: 'One file of conversions or metrics taken in; rehearsed, run and undone in the background.',
    shape: Import,
    of: ['imports'],
  },
  explanation: {
    description: 'What an earning was made from, step by step, and where its money is.',
    shape: Explanation,
    of: ['earnings'],
  },
  payout: {
    description: 'The decision to pay a partner: draft, approved, paid or cancelled.',
    shape: Payout,
    detail: payouts.one.data,
    of: ['payouts.list', 'payouts.create', 'payouts.one', 'payouts.change', 'payouts.exportPaid'],
  },
  payout_line: {
    description: 'One earning that a payout pays.',
    shape: payout.lines.element,
    of: ['payouts.one'],
  },
  balance: {
    description: 'What a partner is owed in one currency: derived, never typed over.',
    shape: payouts.balances.data.element,
    of: ['payouts.balances'],
  },
  tracker_row: {
    description: 'What structures earned a partner in one currency, what of it was paid, and what is outstanding.',
    shape: TrackerRow,
    of: ['tracker.list', 'tracker.exportAccruals'],
  },
  tracker_series: {
    description: 'What was earned and what was paid, month by month, and what each structure earned.',
    shape: tracker.series.data,
    of: ['tracker.series'],
  },
  partner_structure: {
    description: 'A structure that a partner is or was on, with what it earned the partner.',
    shape: PartnerStructure,
    of: ['tracker.structuresOfPartner'],
  },
  publisher_payout: {
    description: 'What a publisher was paid outside; it lowers the balance at once and is netted by the next payout.',
    shape: PublisherPayout,
    of: ['publisherPayouts'],
  },
  statement: {
    description: 'The account of a partner in one month: opening, earned, adjusted, paid, closing.',
    shape: Statement,
    of: ['statements'],
  },
  portal_settings: {
    description: 'What the partner portal of a brand looks like and shows.',
    shape: PortalSettings,
    of: ['portal.settings', 'portal.changeSettings'],
  },
  invoice_settings: {
    description: 'Who pays, as it stands on the invoices of a brand.',
    shape: InvoiceSettings,
    of: ['invoices'],
  },
}

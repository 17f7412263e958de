/** What a plan allows. A new installation is unlimited; the other three are for those who host others. Source: spec B4. */
export const plans = ['free', 'starter', 'ultra', 'unlimited'] as const
export type Plan = (typeof plans)[number]

export const limitKeys = [
  'creators',
  'projects',
  'members',
  'max_api_requests_per_day',
  'max_payout_methods_per_org',
  'max_payout_structures_per_project',
] as const
export type LimitKey = (typeof limitKeys)[number]

/** What each limit counts, and what makes room when it is reached. */
export const limitWords: Record<LimitKey, { counts: string; room: string }> = {
  creators: { counts: 'Partners', room: 'Remove partners who are gone' },
  projects: { counts: 'Programs', room: 'Use a program that there is' },
  members: { counts: 'Members', room: 'Remove members who left' },
  max_api_requests_per_day: { counts: 'API requests today', room: 'Wait until midnight UTC' },
  max_payout_methods_per_org: {
    counts: 'Active payout methods',
    room: 'Switch off a method that nobody uses; payments keep its name',
  },
  max_payout_structures_per_project: {
    counts: 'Active structures of the program',
    room: 'Archive a structure that is not used any more; what it earned stays payable',
  },
}

const NONE = Number.POSITIVE_INFINITY

const limits: Record<LimitKey, Record<Plan, number>> = {
  creators: { free: 5, starter: 50, ultra: 300, unlimited: NONE },
  projects: { free: 1, starter: 3, ultra: 10, unlimited: NONE },
  members: { free: 2, starter: 5, ultra: 50, unlimited: NONE },
  max_api_requests_per_day: { free: 0, starter: 1_000, ultra: 50_000, unlimited: NONE },
  max_payout_methods_per_org: { free: 6, starter: 10, ultra: NONE, unlimited: NONE },
  max_payout_structures_per_project: { free: 3, starter: 10, ultra: NONE, unlimited: NONE },
}

/** The most that a plan allows of something; infinity where it sets no limit. */
export const limitOf = (plan: Plan, key: LimitKey): number => limits[key][plan]

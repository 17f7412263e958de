/**
 * What a conversion may say and become: its posted status, the decision, the status that follows, its subs, type and caps.
 *
 * The decision is stored; the status is derived from it, from the hold and from payment. Source: spec A3.1, C3, D2.16.
 */
import { type Day, dayOf, type Instant, mondayOf, ms, type TimeZone } from './calendar.ts'
import { refuse } from './refusal.ts'

export const postedStatuses = ['approved', 'pending', 'declined', 'other'] as const
export type PostedStatus = (typeof postedStatuses)[number]

export const decisions = ['approved', 'pending_review', 'rejected'] as const
export type Decision = (typeof decisions)[number]

export const conversionStatuses = ['hold', 'pending_review', 'approved', 'rejected', 'paid'] as const
export type ConversionStatus = (typeof conversionStatuses)[number]

/** Reads the status that a source sent, in any case; nothing sent is `approved`, another word is `null`. Source: spec C3, G2. */
export function postedStatus(text: string | null | undefined): PostedStatus | null {
  const word = text?.trim().toLowerCase() || 'approved'
  return postedStatuses.find(status => status === word) ?? null
}

const decisionByStatus: Record<PostedStatus, Decision> = {
  approved: 'approved',
  other: 'approved',
  pending: 'pending_review',
  declined: 'rejected',
}

/** Approved and Other pay, Pending waits for an operator, Declined never pays. Source: spec C3, F 23. */
export const decisionOf = (posted: PostedStatus): Decision => decisionByStatus[posted]

/**
 * The status that people see. An approved conversion is on hold until its hold is over; the first payable instant is the
 * end of the hold itself. No hold is `null` (or Postgres's `-infinity`). Source: spec A3.1.
 */
export function statusOf(
  { decision, held_until, paid }: { decision: Decision; held_until: Instant | null; paid: boolean },
  now: Instant,
): ConversionStatus {
  if (decision !== 'approved') return decision // also when its tab, which others share, is paid
  if (paid) return 'paid'
  return held_until !== null && ms(held_until) > ms(now) ? 'hold' : 'approved'
}

const moves: Record<ConversionStatus, readonly Decision[]> = {
  hold: ['approved', 'rejected'],
  pending_review: ['approved', 'rejected'],
  approved: ['rejected'],
  rejected: [],
  paid: [],
}

/**
 * Decides a conversion: answers the new decision, or refuses.
 *
 * An operator may approve or reject what is on hold or waits for review, and reject what is approved while no approved
 * payout holds it (a draft lets it go). Rejected and paid are final. Source: spec A3.1, A7.
 *
 * Refuses `conversion_paid`, `conversion_in_payout`, `invalid_transition`.
 */
export function decide(
  { status, in_approved_payout }: { status: ConversionStatus; in_approved_payout: boolean },
  to: 'approved' | 'rejected',
): Decision {
  if (status === 'paid') {
    return refuse('conversion_paid', 'This conversion is paid; take it back with a reversal, which nets in the next payout.')
  }
  if (!moves[status].includes(to)) {
    return refuse('invalid_transition', `A conversion that is ${status} cannot become ${to}; reload it and choose another step.`)
  }
  if (to === 'rejected' && in_approved_payout) {
    return refuse('conversion_in_payout', 'This conversion is in an approved payout; cancel that payout, then reject it.')
  }
  return to
}

/** `sub1` to `sub20`, the named slots of a click and, apart from them, of a conversion. Source: spec C4. */
export const subNames: readonly string[] = Array.from({ length: 20 }, (_, index) => `sub${index + 1}`)
const subNameSet = new Set(subNames)
export const isSubName = (text: string): boolean => subNameSet.has(text)

export const MAX_TYPE_LENGTH = 50

/** A type is any text of 1 to 50 characters, case-sensitive; one that the program does not list is kept. Source: spec F 26. */
export const isType = (text: string): boolean => text.length >= 1 && text.length <= MAX_TYPE_LENGTH

export type CapSpan = 'daily' | 'weekly' | 'monthly'

/**
 * The keys under which a conversion counts towards its caps: the day, week (from Monday) and month of an instant in a zone.
 *
 * Source: spec C12, F 13.
 *
 *   capSpans('2026-03-01T10:00:00Z', 'UTC')
 *   // { daily: 'day:2026-03-01', weekly: 'week:2026-02-23', monthly: 'month:2026-03' }
 */
export const capSpans = (at: Instant, zone: TimeZone): Readonly<Record<CapSpan, string>> => spansOfDay(dayOf(at, zone))

const remembered = new Map<Day, Readonly<Record<CapSpan, string>>>()

/** Remembered by day, since an import asks for the same few days a million times. */
function spansOfDay(day: Day): Readonly<Record<CapSpan, string>> {
  let spans = remembered.get(day)
  if (!spans) {
    spans = Object.freeze({ daily: `day:${day}`, weekly: `week:${mondayOf(day)}`, monthly: `month:${day.slice(0, 7)}` })
    if (remembered.size > 10_000) remembered.clear()
    remembered.set(day, spans)
  }
  return spans
}

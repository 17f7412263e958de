/**
 * Ids are UUIDv7: time-ordered, made by the application, one brand a noun.
 *
 * Two ids made by one generator never compare equal and sort in the order in which they were made.
 */
export type Id<Noun extends string> = string & { readonly __id?: Noun }
export type OrgId = Id<'organization'>
export type ProgramId = Id<'program'>
export type PartnerId = Id<'partner'>
export type CampaignId = Id<'campaign'>
export type ConversionId = Id<'conversion'>
export type EarningId = Id<'earning'>
export type TabId = Id<'tab'>
export type PayoutId = Id<'payout'>
export type PaymentId = Id<'payment'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export const isId = (text: string): boolean => UUID.test(text)

/**
 * Makes a generator of UUIDv7 from a clock (milliseconds) and a source of random UUIDs.
 *
 * The 12 bits after the version count within one millisecond, so ids keep the order in which they were made; past 4,096
 * in a millisecond, or when the clock steps back, the generator's own millisecond runs ahead.
 */
export function idGenerator(clock: () => number, randomUuid: () => string): () => string {
  let last = 0
  let count = 0
  return () => {
    const at = clock()
    if (at > last) {
      last = at
      count = 0
    } else if (++count > 0xfff) {
      last += 1
      count = 0
    }
    const time = last.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}${randomUuid().slice(18)}`
  }
}

/** The shapes that every part of the contract is made of. Money is integer minor units, instants are ISO 8601 UTC. */
import { z } from 'zod'
import { isTimeZone } from '../core/calendar.ts'
import { isCurrency, MAX_AMOUNT } from '../core/money.ts'

export const Uuid = z.uuid({ error: 'must be a UUID' }).transform(id => id.toLowerCase())
export const Cents = z.int().meta({ description: 'Integer of minor units of the currency.' })
/** As it is sent: bounded, so that what many of them add up to can still be said. */
export const Amount = Cents.min(-MAX_AMOUNT).max(MAX_AMOUNT)
export const Currency = z
  .string()
  .transform(code => code.toUpperCase())
  .refine(isCurrency, 'must be an ISO 4217 code, for example USD')
/** Far from the ends of what Postgres and ISO 8601 can write, so that a zone or a hold never leads beyond them. */
const inCalendar = (text: string) => text >= '1900' && text < '3000'
const inCalendarWords = 'must be in the years 1900 to 2999'
export const InstantText = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 instant, for example 2026-03-01T10:00:00Z' })
  .refine(inCalendar, inCalendarWords)
  .transform(text => new Date(Date.parse(text)).toISOString())
export const DayText = z.iso.date({ error: 'must be a day, for example 2026-03-01' }).refine(inCalendar, inCalendarWords)
export const MonthText = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, for example 2026-03')
  .refine(inCalendar, inCalendarWords)
export const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone, for example Europe/London')

/** Text without NUL (Postgres cannot hold it) and within a length. */
export const text = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is refused here
    .regex(/^[^\u0000]*$/, 'must not hold a NUL character')
    .refine(t => t.isWellFormed(), 'must be well-formed Unicode')
export const Name = text(100, 1)
  .transform(t => t.trim())
  .refine(t => t.length > 0, 'must not be blank')
export const Note = text(2000).nullish()
export const Slug = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/i, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
/** Whether every text in it is one that Postgres can hold, as in `text`. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, inner]) => isStorable(key) && isStorable(inner))
}
export const Metadata = z
  .record(text(100), z.json())
  .refine(isStorable, 'must not hold a NUL character or malformed Unicode')
  .refine(m => JSON.stringify(m).length <= 20_000, 'must be at most 20,000 characters')

export const BrandParams = z.strictObject({ brand_id: Uuid })
export const Page = {
  limit: z.coerce.number({ error: 'must be a number from 1 to 100' }).int().min(1).max(100).default(50),
  cursor: text(300).optional(),
}
export const PageMeta = z.object({ next_cursor: z.string().nullable() })
export const Flag = z.enum(['1', 'true', '0', 'false']).transform(t => t === '1' || t === 'true')
export const CurrencyAmount = z.object({ currency: z.string(), amount_cents: Cents })

export const V1 = '/api/v1'
export const ProjectParams = z.strictObject({ project_id: Uuid })
export const Readme = text(50_000).nullish()
/** A count of something observed. */
export const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
export const Period = z.enum(['daily', 'weekly', 'monthly'])

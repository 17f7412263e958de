/** Turns rows of a file into conversions; one bad row stops no other. Source: spec G2. */
import type { Instant, TimeZone } from '../../core/calendar.ts'
import { countryCode } from '../../core/countries.ts'
import { type DateReader, dateReader } from '../../core/date-pattern.ts'
import { roundToMinor } from '../../core/decimals.ts'
import {
  type Fields,
  type FileRow,
  isProduct,
  isRowFault,
  type Mapping,
  type RowFault,
  type RowReader,
  rowReader,
} from '../../core/mapping.ts'
import { isCurrency, minorDigits, parseAmount } from '../../core/money.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { numbered, slugOf } from '../../core/slug.ts'
import type { CampaignRow } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import { checkLimit } from '../organizations/plans.ts'
import * as partners from '../partners/partners.sql.ts'
import { blankPartner } from '../partners/partners.ts'
import { Faulty, type Item, readItem } from './items.ts'
import { type Result, recordRead } from './record.ts'

export type Earned = { currency: string; amount_cents: number }
export type Outcome =
  | { status: 'created'; earned: Earned | null }
  | { status: 'duplicate'; earned: null }
  | { status: 'rejected'; reason: string; earned: null }

export const rejected = (reason: string): Outcome => ({ status: 'rejected', reason, earned: null })
export const duplicate: Outcome = { status: 'duplicate', earned: null }

/** A file's rows as conversions of one campaign. */
export type ConversionReader = { campaign: CampaignRow; mapping: Mapping; rows: RowReader; dates: DateReader; width: number }

export function conversionReader(
  campaign: CampaignRow,
  mapping: Mapping,
  headers: readonly string[],
  time_zone: TimeZone,
): ConversionReader {
  const rows = rowReader(mapping, headers)
  return { campaign, mapping, rows, dates: datesOf(mapping, time_zone), width: headers.length }
}

/** Reads dates as a mapping writes them, in its zone or else the organization's. Refuses `invalid_body`. */
export function datesOf({ date_format, year, ...mapping }: Mapping, time_zone: TimeZone, day_end = false): DateReader {
  try {
    return dateReader(date_format, mapping.time_zone ?? time_zone, { year, day_end })
  } catch (error) {
    return refuse('invalid_body', `The mapping cannot be used: ${(error as Error).message}.`)
  }
}

/** Records rows as conversions, in their order. */
export async function recordRows(
  ctx: Ctx,
  reader: ConversionReader,
  rows: FileRow[],
  import_id: string | null,
): Promise<Outcome[]> {
  const items = rows.map(row => itemOf(reader, row))
  if (reader.mapping.create_partners) await createPartners(ctx, items.filter(isItem), import_id)
  const results = await recordRead(ctx, items, import_id)
  return results.map(outcomeOf)
}

export const isItem = (item: Item | Faulty): item is Item => !(item instanceof Faulty)

/** The fields of a row that has as many cells as there are headers. */
export const fieldsOf = ({ rows, width }: { rows: RowReader; width: number }, row: FileRow): Fields | RowFault =>
  row.cells.length === width ? rows.read(row) : { fault: `the line has ${row.cells.length} cells, the header ${width}` }

/** A row as an item of the API, or what is wrong with it. A row that takes something back names its positive amount. */
export function itemOf(reader: ConversionReader, row: FileRow, { takes_back = false } = {}): Item | Faulty {
  const fields = fieldsOf(reader, row)
  if (isRowFault(fields)) return new Faulty(null, [{ path: '', message: fields.fault }])
  try {
    const sent = sentOf(reader, fields)
    return readItem(takes_back ? backwards(sent) : checked(sent))
  } catch (error) {
    if (error instanceof Refusal) return new Faulty(null, [{ path: '', message: error.message }])
    throw error
  }
}

type Sent = Record<string, unknown> & { revenue_cents: number | undefined }

/** What is taken back is a positive amount, and whose it was may be for the matching to find. */
const backwards = (sent: Sent): Sent => ({
  ...sent,
  ...(isUnnamed(sent) && { partner: 'nobody' }),
  revenue_cents: sent.revenue_cents === undefined ? undefined : Math.abs(sent.revenue_cents),
})

const isUnnamed = ({ partner, click_id, coupon_code }: Sent): boolean => (partner ?? click_id ?? coupon_code) === undefined

function checked(sent: Sent): Sent {
  if (isUnnamed(sent)) refuse('invalid_body', 'partner is empty')
  if (sent.revenue_cents !== undefined && sent.revenue_cents < 0) refuse('invalid_body', 'revenue is negative')
  return sent
}

function sentOf({ mapping, campaign, dates }: ConversionReader, fields: Fields): Sent {
  if (fields.external_id === undefined) refuse('invalid_body', 'external_id is empty')
  const currency = (fields.currency ?? campaign.terms.currency).toUpperCase()
  if (!isCurrency(currency)) refuse('invalid_body', `currency "${currency}" is no ISO 4217 code`)
  const { partner, click_id, coupon_code, type, country, os, event_id, status, external_id } = fields
  return {
    ...{ external_id, partner, click_id, coupon_code, campaign: campaign.id, type, os, event_id, status, currency },
    revenue_cents: minorUnits(mapping, fields, 'revenue', currency),
    payout_cents: minorUnits(mapping, fields, 'payout', currency),
    occurred_at: dateOf(mapping, dates, fields.occurred_at),
    country: country === undefined ? undefined : countryCode(country),
    subs: subsOf(fields, 'subs.'),
    conversion_subs: subsOf(fields, 'conversion_subs.'),
  }
}

/** Minor units as they are, or major units; a product is rounded once, a single amount never. */
function minorUnits(mapping: Mapping, fields: Fields, field: 'revenue' | 'payout', currency: string): number | undefined {
  const given = fields[`${field}_cents`]
  if (given !== undefined) {
    const value = /^-?\d+$/.test(given) ? Number(given) : Number.NaN
    return Number.isSafeInteger(value) ? value : refuse('invalid_body', `${field}_cents "${given}" is no whole number`)
  }
  const text = fields[field]
  if (text === undefined) return undefined
  const value = isProduct(mapping.columns[field]) ? roundToMinor(text, minorDigits(currency)) : parseAmount(text, currency)
  return value ?? refuse('invalid_body', `${field} "${text}" is no amount of ${currency}`)
}

function dateOf({ date_format }: Mapping, dates: DateReader, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined
  return dates(text) ?? refuse('invalid_body', `occurred_at "${text}" is no date like ${date_format ?? '2026-03-01T10:00:00Z'}`)
}

function subsOf(fields: Fields, prefix: string): Record<string, string> | undefined {
  const subs = Object.entries(fields).filter(([field]) => field.startsWith(prefix))
  return subs.length === 0 ? undefined : Object.fromEntries(subs.map(([field, value]) => [field.slice(prefix.length), value]))
}

function outcomeOf(result: Result): Outcome {
  if (result.status === 'created') return { status: 'created', earned: result.earning }
  if (result.status === 'duplicate') return duplicate
  if (result.status === 'conflict') return rejected('conflict: this external_id is recorded with another content')
  return rejected(reasonOf(result.errors ?? []))
}

export const reasonOf = (faults: { path: string; message: string }[]): string =>
  faults.map(({ path, message }) => (/^(there|this|no|name) /.test(message) ? message : `${path} ${message}`.trim())).join('; ')

/**
 * A partner that nobody here is named by (id, alias, slug) is made, with the file's own text as its name and alias.
 *
 * Refuses `limit_reached`, which stops the import at this batch.
 */
async function createPartners(ctx: Ctx, items: Item[], import_id: string | null): Promise<void> {
  const texts = new Map<string, string>()
  for (const { partner } of items)
    if (partner !== undefined && !texts.has(partner.toLowerCase())) texts.set(partner.toLowerCase(), partner)
  const known = new Set((await partners.named(ctx.tx, ctx.org_id, ctx.program.id, [...texts.keys()])).map(p => p.name))
  const unknown = [...texts].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  await checkLimit(ctx, 'creators', unknown.length)
  for (const [, name] of unknown) await createPartner(ctx, name, import_id)
}

/** The slug is numbered until it is free; an alias that is taken means that somebody made the same partner just now. */
async function createPartner(ctx: Ctx, name: string, import_id: string | null): Promise<void> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const row = { ...blankPartner, id: ctx.newId(), name, alias: name, slug: numbered(slugOf(name), attempt), import_id }
    if ((await partners.insert(ctx, row)) || (await partners.taken(ctx, 'alias', name, null))) return
  }
  refuse('invalid_body', `The slugs of "${name}" are all taken; name the partner by its alias.`)
}

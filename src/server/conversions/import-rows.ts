/** Turns rows of a file into conversions and reversals, in the order of the file; one bad row stops no other. */
import type { Instant } from '../../core/calendar.ts'
import { isTimeZone } from '../../core/calendar.ts'
import { isCurrency, minorDigits, parseAmount } from '../../core/money.ts'
import { cellOf, countryCode, type DateReader, dateReader, decimalText, type FileRow, holds, type Mapping, roundToMinor } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { slugOf } from '../../core/slug.ts'
import type { CampaignRow } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import * as partners from '../partners/partners.sql.ts'
import { blankPartner } from '../partners/partners.ts'
import { isField } from './import-mapping.ts'
import * as sql from './import.sql.ts'
import { recordItems } from './record.ts'
import { reverseAll } from './reversals.ts'
import { reversalNamed } from './standings.sql.ts'

export type Outcome =
  | { status: 'created'; earned: { currency: string; amount_cents: number } | null }
  | { status: 'duplicate'; earned: null }
  | { status: 'rejected'; reason: string; earned: null }
export type RowReader = { campaign_id: string; campaign: CampaignRow; mapping: Mapping; dates: DateReader }
type Row = FileRow & { broken: string | null }

const rejected = (reason: string): Outcome => ({ status: 'rejected', reason, earned: null })

export function campaignReader(ctx: Ctx, campaign: CampaignRow, mapping: Mapping): RowReader {
  const zone = mapping.time_zone ?? ctx.time_zone
  if (!isTimeZone(zone)) refuse('invalid_body', `time_zone: there is no zone "${zone}"; use an IANA name, for example Europe/London.`)
  try {
    return { campaign_id: campaign.id, campaign, mapping, dates: dateReader(mapping.date_format, zone) }
  } catch (error) {
    return refuse('invalid_body', `date_format: ${(error as Error).message}.`)
  }
}

type Draft = { row: Row; fields: Record<string, string>; item: Record<string, unknown>; reverses: boolean }

/** Records rows. A reversal is matched after everything that stands before it in the file is recorded. */
export async function recordRows(ctx: Ctx, reader: RowReader, rows: Row[], import_id: string | null): Promise<Outcome[]> {
  const drafts = rows.map(row => draftOf(reader, row))
  if (reader.mapping.create_partners) await createPartners(ctx, drafts.filter(isDraft), import_id)
  const outcomes: Outcome[] = []
  let waiting: Draft[] = []
  for (const draft of drafts) {
    if (isDraft(draft) && !draft.reverses) {
      waiting.push(draft)
      outcomes.push(rejected('')) // its place; filled when its run of conversions is recorded
      continue
    }
    await recordRun(ctx, waiting, outcomes, import_id)
    waiting = []
    outcomes.push(isDraft(draft) ? await reverseRow(ctx, reader, draft, import_id) : draft)
  }
  await recordRun(ctx, waiting, outcomes, import_id)
  return outcomes
}

const isDraft = (d: Draft | Outcome): d is Draft => 'row' in d

async function recordRun(ctx: Ctx, run: Draft[], outcomes: Outcome[], import_id: string | null): Promise<void> {
  if (run.length === 0) return
  const results = await recordItems(ctx, run.map(d => d.item), import_id)
  results.forEach((result, n) => {
    outcomes[outcomes.length - run.length + n] = outcomeOf(result)
  })
}

function outcomeOf(result: Awaited<ReturnType<typeof recordItems>>[number]): Outcome {
  if (result.status === 'created') return { status: 'created', earned: result.earning }
  if (result.status === 'duplicate') return { status: 'duplicate', earned: null }
  if (result.status === 'conflict') return rejected('conflict: another conversion has this external_id')
  return rejected(result.errors?.map(e => `${e.path} ${e.message}`.trim()).join('; ') ?? 'rejected')
}

/** A row as an item of the API, or the reason why it is none. */
function draftOf(reader: RowReader, row: Row): Draft | Outcome {
  if (row.broken !== null) return rejected(row.broken)
  const { mapping } = reader
  const fields = fieldsOf(mapping, row)
  const reverses = mapping.reversal !== null && holds(row, mapping.reversal.when, mapping.decimal)
  try {
    return { row, fields, item: itemOf(reader, fields, reverses), reverses }
  } catch (error) {
    if (error instanceof Refusal) return rejected(error.message)
    throw error
  }
}

function fieldsOf(mapping: Mapping, row: Row): Record<string, string> {
  const named = Object.keys(mapping.columns).length > 0 ? mapping.columns : Object.fromEntries(Object.keys(row.cells).filter(isField).map(h => [h, h]))
  const fields: Record<string, string> = { ...mapping.constants }
  for (const [field, column] of Object.entries(named)) {
    const cell = cellOf(row, column, mapping.decimal)
    if (cell !== null) fields[field] = mapping.values[field]?.[cell] ?? cell
  }
  return fields
}

function itemOf(reader: RowReader, fields: Record<string, string>, reverses: boolean): Record<string, unknown> {
  const { mapping, campaign } = reader
  const currency = (fields.currency ?? campaign.terms.currency).toUpperCase()
  if (!isCurrency(currency)) refuse('invalid_body', `currency "${currency}" is no ISO 4217 code`)
  const revenue = minorUnits(mapping, fields, 'revenue', currency)
  if (fields.partner === undefined && fields.click_id === undefined && fields.coupon_code === undefined) refuse('invalid_body', 'partner is empty')
  if (fields.external_id === undefined) refuse('invalid_body', 'external_id is empty')
  if (revenue !== undefined && revenue < 0 && !reverses) refuse('invalid_body', `revenue is negative (${revenue})`)
  const item = {
    external_id: fields.external_id,
    partner: fields.partner === undefined ? undefined : partnerName(mapping, fields.partner),
    click_id: fields.click_id,
    coupon_code: fields.coupon_code,
    campaign: campaign.id,
    type: fields.type,
    revenue_cents: revenue,
    currency,
    occurred_at: dateOf(reader, fields.occurred_at),
    country: fields.country === undefined ? undefined : countryCode(fields.country),
    os: fields.os,
    event_id: fields.event_id,
    status: fields.status,
    payout_cents: minorUnits(mapping, fields, 'payout', currency),
    subs: subsOf(fields, 'subs.'),
    conversion_subs: subsOf(fields, 'conversion_subs.'),
  }
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined))
}

/** A partner that an import may create is named by its slug; else as it stands, by id, alias or slug. */
const partnerName = (mapping: Mapping, text: string): string => (mapping.create_partners ? slugOf(text) : text)

function minorUnits(mapping: Mapping, fields: Record<string, string>, field: 'revenue' | 'payout', currency: string): number | undefined {
  const given = fields[`${field}_cents`]
  if (given !== undefined) {
    const value = Number(given)
    return Number.isSafeInteger(value) && /^-?\d+$/.test(given) ? value : refuse('invalid_body', `${field}_cents "${given}" is no whole number`)
  }
  const text = fields[field]
  if (text === undefined) return undefined
  const isProduct = typeof mapping.columns[field] === 'object' && !Array.isArray(mapping.columns[field])
  const plain = isProduct ? text : decimalText(text, mapping.decimal)
  const value = plain === null ? null : isProduct ? roundToMinor(plain, minorDigits(currency)) : parseAmount(plain, currency)
  return value ?? refuse('invalid_body', `${field} "${text}" is no amount of ${currency}`)
}

function dateOf({ dates, mapping }: RowReader, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined
  return dates(text) ?? refuse('invalid_body', `occurred_at "${text}" is no date like ${mapping.date_format ?? '2026-03-01T10:00:00Z'}`)
}

function subsOf(fields: Record<string, string>, prefix: string): Record<string, string> | undefined {
  const subs = Object.entries(fields).filter(([field]) => field.startsWith(prefix))
  return subs.length === 0 ? undefined : Object.fromEntries(subs.map(([field, value]) => [field.slice(prefix.length), value]))
}

async function createPartners(ctx: Ctx, drafts: Draft[], import_id: string | null): Promise<void> {
  const wanted = new Map(drafts.filter(d => d.fields.partner !== undefined && !d.reverses).map(d => [d.item.partner as string, d.fields.partner as string]))
  const known = new Set((await partners.named(ctx.tx, ctx.org_id, ctx.program.id, [...wanted.keys()])).map(p => p.name))
  for (const [slug, name] of wanted) {
    if (!known.has(slug)) await partners.insert(ctx, { ...blankPartner, id: ctx.newId(), name, slug, alias: slug, import_id })
  }
}

/** Reverses the newest conversion before the row that agrees with it and has enough left. */
async function reverseRow(ctx: Ctx, { mapping, campaign }: RowReader, { fields, item }: Draft, import_id: string | null): Promise<Outcome> {
  const external_id = fields.external_id as string
  if (await reversalNamed(ctx, external_id, null)) return { status: 'duplicate', earned: null }
  const revenue_cents = Math.abs((item.revenue_cents as number | undefined) ?? 0)
  const [partner] = item.partner === undefined ? [] : await partners.named(ctx.tx, ctx.org_id, ctx.program.id, [(item.partner as string).toLowerCase()])
  const pick = (prefix: string, subs: unknown) =>
    Object.fromEntries(Object.entries((subs ?? {}) as Record<string, string>).filter(([name]) => mapping.reversal?.match.includes(`${prefix}.${name}`)))
  const conversion_id = partner
    ? await sql.toReverse(ctx, {
        campaign_id: campaign.id,
        partner_id: partner.id,
        before: (item.occurred_at as Instant | undefined) ?? ctx.now,
        revenue_cents,
        subs: pick('subs', item.subs),
        conversion_subs: pick('conversion_subs', item.conversion_subs),
        type: mapping.reversal?.match.includes('type') ? ((item.type as string | undefined) ?? 'sale') : null,
      })
    : null
  if (conversion_id === null) return rejected('no_conversion_to_reverse: nothing before it matches and has enough left')
  const [done] = await reverseAll(ctx, [{ conversion_id, revenue_cents, reason: `import of ${external_id}`, external_id }], import_id)
  return done instanceof Refusal ? rejected(done.message) : { status: 'created', earned: null }
}

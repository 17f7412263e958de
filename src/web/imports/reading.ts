/** How a file is read, as the page edits it: proposed from its headers, remembered in the browser for files with the same ones. */
import type { Column } from '../../core/mapping.ts'
import { guessDateFormat, guessDecimal, guessKind, proposeColumns } from '../../core/mapping-guess.ts'
import type { Import, Kind, Preview, Reading } from './queries.ts'

type Json = Record<string, unknown>
const placeOf = (headers: readonly string[]): string => `import:${[...headers].sort().join('\u001f')}`

/** What was said of the last file with these headers, else what they give away. */
export function readingFor(of: Import, preview: Preview): Reading {
  const format = of.mapping as Json
  if (format && 'columns' in format) return { kind: of.kind, campaign_id: of.campaign_id ?? undefined, mapping: format as never }
  const kept = remembered(preview.headers)
  if (kept) return { ...kept, mapping: { ...(kept.mapping as Json), ...format } as never }
  return proposed(guessKind(preview.headers), preview, format)
}

/** A reading from the headers and the first rows alone. */
export function proposed(kind: Kind, { headers, rows }: Preview, format: Json): Reading {
  const columns = proposeColumns(headers, kind)
  const samplesOf = (field: string) => {
    const column = columns[field]
    const named = typeof column === 'object' && 'multiply' in column ? column.multiply : [column].flat()
    const places = named.map(name => headers.indexOf(String(name))).filter(at => at >= 0)
    return places.flatMap(at => rows.map(row => row.cells[at] ?? ''))
  }
  const date_format = guessDateFormat(samplesOf(kind === 'metrics' ? 'captured_at' : 'occurred_at'))
  const decimal = guessDecimal([...samplesOf('revenue'), ...samplesOf('payout')])
  const mapping = { ...format, columns, decimal, date_format, create_partners: kind === 'metrics' }
  return { kind, campaign_id: undefined, mapping: mapping as never }
}

export function remember(headers: readonly string[], reading: Reading): void {
  try {
    localStorage.setItem(placeOf(headers), JSON.stringify(reading))
  } catch {
    // a full or forbidden store costs a few clicks the next time
  }
}

function remembered(headers: readonly string[]): Reading | null {
  try {
    const kept = localStorage.getItem(placeOf(headers))
    return kept === null ? null : (JSON.parse(kept) as Reading)
  } catch {
    return null
  }
}

/** What a field is read from: one column, a constant, or more than this page shows, which its JSON does. */
export type Source =
  | { kind: 'none' }
  | { kind: 'column'; header: string }
  | { kind: 'constant'; text: string }
  | { kind: 'more'; says: string }

export function sourceOf({ mapping }: Reading, field: string): Source {
  const { columns = {}, constants = {} } = mapping as { columns?: Record<string, Column>; constants?: Record<string, string> }
  const column = columns[field]
  if (typeof column === 'string') return { kind: 'column', header: column }
  if (Array.isArray(column)) return { kind: 'more', says: column.join(' - ') }
  if (column) return { kind: 'more', says: column.multiply.join(' × ') }
  return constants[field] === undefined ? { kind: 'none' } : { kind: 'constant', text: constants[field] }
}

export function withSource(reading: Reading, field: string, source: Source): Reading {
  const { columns = {}, constants = {}, ...rest } = reading.mapping as Json & { columns?: Json; constants?: Json }
  const { [field]: _, ...otherColumns } = columns
  const { [field]: __, ...otherConstants } = constants
  const mapping = {
    ...rest,
    columns: { ...otherColumns, ...(source.kind === 'column' && { [field]: source.header }) },
    constants: { ...otherConstants, ...(source.kind === 'constant' && { [field]: source.text }) },
  }
  return { ...reading, mapping: mapping as never }
}

export const withOption = (reading: Reading, name: string, value: unknown): Reading => ({
  ...reading,
  mapping: { ...(reading.mapping as Json), [name]: value } as never,
})

export const optionOf = (reading: Reading, name: string): unknown => (reading.mapping as Json)[name]

/** The fields of each kind with their words, those that are needed first. */
export const fieldsOf: Record<Kind, readonly (readonly [field: string, label: string, hint?: string])[]> = {
  conversions: [
    ['external_id', 'Order or lead id', 'needed, unique'],
    ['partner', 'Partner', 'id, alias, slug or handle'],
    ['revenue', 'Revenue'],
    ['occurred_at', 'Date'],
    ['currency', 'Currency', 'else the campaign’s'],
    ['type', 'Conversion type', 'else sale'],
    ['country', 'Country'],
    ['status', 'Status', 'approved, pending, declined'],
    ['coupon_code', 'Coupon code', 'in place of the partner'],
    ['click_id', 'Click id', 'in place of the partner'],
    ['os', 'Operating system'],
    ['payout', 'Payout', 'wins over every rule'],
    ['subs.sub1', 'Sub 1'],
    ['conversion_subs.sub1', 'Conversion sub 1'],
  ],
  metrics: [
    ['video', 'Video id', 'or followers below'],
    ['creator', 'Creator'],
    ['captured_at', 'Counted at', 'needed'],
    ['view_count', 'Views'],
    ['like_count', 'Likes'],
    ['comment_count', 'Comments'],
    ['share_count', 'Shares'],
    ['save_count', 'Saves'],
    ['follower_count', 'Followers'],
    ['platform', 'Platform', 'tiktok, youtube, instagram, x, other'],
    ['handle', 'Handle'],
    ['title', 'Video title'],
    ['posted_at', 'Posted at'],
  ],
}

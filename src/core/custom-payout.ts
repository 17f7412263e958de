/**
 * Custom payouts: eleven tables of lines, each matching some conversions and giving them an amount of their own.
 *
 * This file is the data: the tables, their fields, the order in which they win, and how countries and systems are read.
 * `custom-payout-lines.ts` reads the text, `custom-payout-match.ts` finds the line that wins. Source: spec C6.
 */
import type { PartnerId } from './ids.ts'

export type TableField = 'type' | 'publisher' | 'geo' | 'os' | 'sub' | 'sub_value' | 'value'

/** Where a table's sub is looked up: in the click's subs or in the conversion's. Source: spec C1. */
export type SubSource = 'subs' | 'conversion_subs'

export type Table = {
  key: TableKey
  title: string
  fields: readonly TableField[]
  sub_source: SubSource | null
  example: string
}

export type TableKey =
  | 'geo'
  | 'geo_os'
  | 'publisher'
  | 'publisher_sub'
  | 'publisher_sub_geo'
  | 'hybrid'
  | 'conversion_sub'
  | 'type_geo_conversion_sub'
  | 'type_conversion_sub'
  | 'type_geo'
  | 'type'

const table = (
  key: TableKey,
  title: string,
  fields: TableField[],
  example: string,
  sub_source: SubSource | null = null,
): Table => ({
  key,
  title,
  fields: [...fields, 'value'],
  sub_source,
  example,
})

/** The eleven tables in the seed's order, with its titles and the fields of a line in their order. Source: spec C6.3. */
export const tables: readonly Table[] = [
  table('geo', 'GEO', ['geo'], 'US, 10'),
  table('geo_os', 'GEO/OS', ['os', 'geo'], 'IOS, US, 10'),
  table('publisher', 'PUBLISHER/ALIAS', ['publisher'], 'nick, 10'),
  table('publisher_sub', 'PUBLISHER/ALIAS SUBID', ['publisher', 'sub', 'sub_value'], 'nick, sub1, 12347, 10', 'subs'),
  table(
    'publisher_sub_geo',
    'PUBLISHER/ALIAS SUBID/ GEO',
    ['publisher', 'sub', 'sub_value', 'geo'],
    'nick, sub1, 12347, US, 10',
    'subs',
  ),
  table('hybrid', 'HYBRID', ['type'], 'Signup, 5'),
  table('conversion_sub', 'CONVERSION SUBS', ['sub', 'sub_value'], 'sub1, product1, 10', 'conversion_subs'),
  table(
    'type_geo_conversion_sub',
    'TYPE/GEO/CONVSUB',
    ['type', 'geo', 'sub', 'sub_value'],
    'Lead, US, sub1, product1, 15',
    'conversion_subs',
  ),
  table('type_conversion_sub', 'TYPE/CONVSUB', ['type', 'sub', 'sub_value'], 'Lead, sub1, product1, 15', 'conversion_subs'),
  table('type_geo', 'TYPE/GEO', ['type', 'geo'], 'Purchase, UK, 10'),
  table('type', 'TYPE', ['type'], 'Lead, 15'),
]

export const tableKeys: readonly TableKey[] = tables.map(({ key }) => key)
export const tableOf = Object.fromEntries(tables.map(one => [one.key, one])) as Record<TableKey, Table>

/**
 * Which table wins when several match, first to last; after the last comes the campaign's default.
 *
 * Hybrid forces its model, so it is first; then more conditions first, and at equal count publisher before conversion sub
 * before type before country. This list is the only place that says so. Source: spec C6.4.
 */
export const precedence: readonly TableKey[] = [
  'hybrid',
  'publisher_sub_geo',
  'type_geo_conversion_sub',
  'publisher_sub',
  'type_conversion_sub',
  'type_geo',
  'geo_os',
  'publisher',
  'conversion_sub',
  'type',
  'geo',
]

export type LineModel = 'fixed' | 'percent'

/** One line as it is stored with a campaign version. `amount` is cents of the campaign's currency, or parts per million. */
export type Line = {
  tab: TableKey
  /** Counted from 1, blank lines included. */
  line: number
  text: string
  model: LineModel
  /** The value as it was written. */
  value: string
  amount: number
  type?: string
  partner_id?: PartnerId
  geo?: string
  os?: string
  sub?: string
  sub_value?: string
}

/** Hybrid forces the other model for its type: percent in a CPA campaign, a fixed amount in a RevShare one. Source: spec C6.2. */
export function lineModel(tab: TableKey, model: 'cpa' | 'revshare'): LineModel {
  const fixed = (model === 'cpa') !== (tab === 'hybrid')
  return fixed ? 'fixed' : 'percent'
}

/** A country as two capital letters, or `null` when the text is none. `UK` is `GB`. Source: spec C6.3, F 22. */
export function normalGeo(text: string | null | undefined): string | null {
  const letters = text?.trim() ?? ''
  if (!/^[A-Za-z]{2}$/.test(letters)) return null
  const code = letters.toUpperCase()
  return code === 'UK' ? 'GB' : code
}

/** One name for what trackers and browsers spell in many ways. The first pattern that fits wins. */
const osNames: readonly (readonly [RegExp, string])[] = [
  [/^(IOS|IPHONE( OS)?)$/, 'IOS'],
  [/^ANDROID$/, 'ANDROID'],
  [/^WINDOWS( (NT|XP|VISTA|ME|SERVER))?$/, 'WINDOWS'],
  [/^(MAC ?OS|OS X|MACINTOSH|MAC$)/, 'MACOS'],
  [/^LINUX\b/, 'LINUX'],
  [/^(CHROME ?OS|CROS)\b/, 'CHROMEOS'],
]

/**
 * An operating system without its version, in capitals, or `null` when the text names none.
 *
 * `iOS 17.2` is `IOS`, `Windows 11` is `WINDOWS`, `Mac OS X 10_15` and `macOS` are `MACOS`; a system that is not known is
 * kept, in capitals. Source: spec C6.3.
 */
export function normalOs(text: string | null | undefined): string | null {
  const words = (text ?? '').slice(0, 64).trim().split(/\d/, 1)[0] ?? ''
  const name = words
    .toUpperCase()
    .replace(/[\s_\-./]+/g, ' ')
    .replace(/ V? ?$/, '')
    .trim()
  if (name === '') return null
  return osNames.find(([pattern]) => pattern.test(name))?.[1] ?? name
}

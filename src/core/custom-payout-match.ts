/**
 * Finds the custom payout line that wins for a conversion, and says why the others lost.
 *
 * Lines are indexed by what they match, so a look-up costs the same with ten lines as with ten thousand; nothing is
 * allocated a line. Only tables that have lines are asked. Source: spec C6.4.
 */
import { type Line, precedence, type SubSource, type TableField, type TableKey, tableOf } from './custom-payout.ts'
import type { PartnerId } from './ids.ts'

/** What lines match against. `country` and `os` are as `normalGeo` and `normalOs` give them; `null` is unknown. */
export type Matchable = {
  partner_id: PartnerId | null
  type: string
  country: string | null
  os: string | null
  subs: Readonly<Record<string, string>> | null
  conversion_subs: Readonly<Record<string, string>> | null
}

type ExactField = Extract<TableField, 'type' | 'publisher' | 'geo' | 'os'>

const ofConversion: Record<ExactField, (c: Matchable) => string | null> = {
  type: c => c.type,
  publisher: c => c.partner_id,
  geo: c => c.country,
  os: c => c.os,
}
const ofLine: Record<ExactField, (line: Line) => string | undefined> = {
  type: line => line.type,
  publisher: line => line.partner_id,
  geo: line => line.geo,
  os: line => line.os,
}

/** The lines that ask for one sub, by the value that they want. */
type SubLines<L> = { name: string; by_value: Map<string, L> }
/** Maps nested by the exact fields; at their end a line or, in tables with a sub, its lines by sub. */
type Node<L> = Map<string, Node<L>> | SubLines<L>[] | L
type TableIndex<L> = { readers: ((c: Matchable) => string | null)[]; sub_source: SubSource | null; root: Node<L> }

/** The tables that have lines, in the order in which they win. Opaque: made by `indexLines`, read by `match`. */
export type LineIndex<L extends Line = Line> = { tables: readonly TableIndex<L>[]; lines: readonly L[] }

/** Builds the index, once for each version of a campaign's terms. */
export function indexLines<L extends Line>(lines: readonly L[]): LineIndex<L> {
  const used = precedence.filter(tab => lines.some(line => line.tab === tab))
  const tables = used.map(tab =>
    indexTable(
      tab,
      lines.filter(line => line.tab === tab),
    ),
  )
  return { tables, lines }
}

const isExact = (field: TableField): field is ExactField => field in ofLine

function indexTable<L extends Line>(tab: TableKey, lines: readonly L[]): TableIndex<L> {
  const { fields, sub_source } = tableOf[tab]
  const exact = fields.filter(isExact)
  const readers = exact.map(field => ofConversion[field])
  const leaf = sub_source ? indexSubs<L> : (same: readonly L[]) => same[0]!
  return { readers, sub_source, root: nest(lines, exact, leaf) }
}

function nest<L extends Line>(
  lines: readonly L[],
  [field, ...rest]: ExactField[],
  leaf: (same: readonly L[]) => Node<L>,
): Node<L> {
  if (!field) return leaf(lines)
  const groups = new Map<string, L[]>()
  for (const line of lines) {
    const key = ofLine[field](line)!
    const group = groups.get(key)
    if (group) group.push(line)
    else groups.set(key, [line])
  }
  return new Map([...groups].map(([key, group]) => [key, nest(group, rest, leaf)]))
}

function indexSubs<L extends Line>(lines: readonly L[]): SubLines<L>[] {
  const byName = new Map<string, Map<string, L>>()
  for (const line of lines) {
    const values = byName.get(line.sub!) ?? new Map<string, L>()
    if (!values.has(line.sub_value!)) values.set(line.sub_value!, line)
    byName.set(line.sub!, values)
  }
  return [...byName].map(([name, by_value]) => ({ name, by_value }))
}

/** The line that wins, or `null` when none matches and the campaign's own rate applies. Values are never added. */
export function match<L extends Line>(index: LineIndex<L>, c: Matchable): L | null {
  for (const table of index.tables) {
    const line = find(table, c)
    if (line) return line
  }
  return null
}

function find<L extends Line>({ readers, sub_source, root }: TableIndex<L>, c: Matchable): L | undefined {
  let node: Node<L> | undefined = root
  for (const read of readers) {
    const key = read(c)
    if (key === null) return undefined
    node = (node as Map<string, Node<L>>).get(key)
    if (node === undefined) return undefined
  }
  return sub_source ? firstBySub(node as SubLines<L>[], c[sub_source]) : (node as L)
}

/** Of the lines that match by one sub or another, the first in the text. */
function firstBySub<L extends Line>(candidates: SubLines<L>[], subs: Matchable['subs']): L | undefined {
  if (!subs) return undefined
  let first: L | undefined
  for (const { name, by_value } of candidates) {
    const value = subs[name]
    const line = value === undefined ? undefined : by_value.get(value)
    if (line && (!first || line.line < first.line)) first = line
  }
  return first
}

export type Loser = { tab: TableKey; line: number; text: string; why: string }

/** The winner, and every other line with the reason why it lost, in words. For the test tool, not for the hot path. */
export function contest<L extends Line>(index: LineIndex<L>, c: Matchable): { winner: L | null; losers: Loser[] } {
  const winner = match(index, c)
  const losers = index.lines
    .filter(line => line !== winner)
    .map(line => ({ tab: line.tab, line: line.line, text: line.text, why: whyLost(line, winner, c) }))
  return { winner, losers }
}

function whyLost(line: Line, winner: Line | null, c: Matchable): string {
  const misses = missesOf(line, c)
  if (misses.length > 0) return misses.join('; ')
  if (!winner) throw new Error(`line ${line.line} of ${line.tab} matches and nothing won`)
  return `matched, but ${winner.tab === line.tab ? `line ${winner.line}` : tableOf[winner.tab].title} comes first`
}

function missesOf(line: Line, c: Matchable): string[] {
  const { sub_source } = tableOf[line.tab]
  const misses: string[] = []
  if (line.partner_id !== undefined && line.partner_id !== c.partner_id) {
    misses.push(c.partner_id === null ? 'no publisher is given, the line wants one' : 'the line is for another publisher')
  }
  misses.push(...miss('type', c.type, line.type), ...miss('country', c.country, line.geo), ...miss('OS', c.os, line.os))
  if (sub_source && line.sub !== undefined) {
    const name = sub_source === 'subs' ? line.sub : `conversion ${line.sub}`
    misses.push(...miss(name, c[sub_source]?.[line.sub] ?? null, line.sub_value))
  }
  return misses
}

function miss(what: string, is: string | null, wanted: string | undefined): string[] {
  if (wanted === undefined || is === wanted) return []
  return [`${what} is ${is ?? 'not known'}, the line wants ${wanted}`]
}

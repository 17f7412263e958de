/** Reads a row of a file as an observation, or says why it is none. Source: spec G2. */
import { z } from 'zod'
import { NewCreator } from '../../api/creators.ts'
import { InstantText, text } from '../../api/shapes.ts'
import { CreatorSnapshot, VideoSnapshot } from '../../api/videos.ts'
import type { Instant, TimeZone } from '../../core/calendar.ts'
import type { DateReader } from '../../core/date-pattern.ts'
import { faultsOf } from '../../core/faults.ts'
import { type Fields, type FileRow, isRowFault, type Mapping, type RowReader, rowReader } from '../../core/mapping.ts'
import { datesOf, fieldsOf, type Outcome, reasonOf, rejected } from '../conversions/import-rows.ts'
import type { Platform } from '../partners/channels.sql.ts'
import { type Counts, ofPartners, ofVideos, type Series } from './observations.sql.ts'

export type MetricReader = {
  mapping: Mapping
  rows: RowReader
  width: number
  series: Series
  /** The columns that fields are read from. */
  columns: ReadonlySet<string>
  captured: DateReader
  posted: DateReader
}

export function metricReader(mapping: Mapping, headers: readonly string[], time_zone: TimeZone): MetricReader {
  const rows = rowReader(mapping, headers, 'metrics')
  const columns = new Set(Object.keys(mapping.columns).length > 0 ? Object.keys(mapping.columns) : headers)
  const is_of_videos = columns.has('video') || 'video' in mapping.constants
  return {
    ...{ mapping, rows, columns, width: headers.length, series: is_of_videos ? ofVideos : ofPartners },
    captured: datesOf(mapping, time_zone, mapping.day_end),
    posted: datesOf(mapping, time_zone),
  }
}

/** A row as it will be recorded: of whom (as named in the file), of which video, when, what. */
export type Item = {
  who: Who | null
  video: { external_id: string; title: string | null; url: string | null; posted_at: Instant | null } | null
  captured_at: Instant
  counts: Counts
}
export type Who = { name: string; handle: string; platform: Platform }

export const isItem = (read: Item | Outcome): read is Item => 'counts' in read
const isOutcome = <T>(read: T | Outcome): read is Outcome => typeof read === 'object' && read !== null && 'earned' in read

const Video = z.object({
  external_id: text(200, 1),
  title: text(500).nullable(),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2000)
    .nullable(),
  posted_at: InstantText.nullable(),
})

export function readItem(reader: MetricReader, row: FileRow): Item | Outcome {
  const fields = fieldsOf(reader, row)
  if (isRowFault(fields)) return rejected(fields.fault)
  const is_video = reader.series === ofVideos
  if (is_video && fields.video === undefined) return rejected('video is empty')
  const captured_at = dateOf(reader, 'captured_at', fields.captured_at)
  const posted_at = fields.posted_at === undefined ? null : dateOf(reader, 'posted_at', fields.posted_at)
  const who = whoOf(reader, fields)
  if (captured_at === null) return rejected('captured_at is empty')
  if (isOutcome(captured_at)) return captured_at
  if (isOutcome(posted_at)) return posted_at
  if (isOutcome(who)) return who
  const seen = (is_video ? VideoSnapshot : CreatorSnapshot).safeParse({ captured_at, ...countsIn(reader, fields) })
  const { title = null, url = null } = fields
  const video = is_video ? Video.safeParse({ external_id: fields.video, title, url, posted_at }) : null
  const faults = [...(seen.error ? faultsOf(seen.error) : []), ...(video?.error ? faultsOf(video.error) : [])]
  if (!seen.data || faults.length > 0) return rejected(reasonOf(faults))
  const sent: Record<string, unknown> = seen.data
  const counts = Object.fromEntries(reader.series.counts.map(name => [name, (sent[name] as number | undefined) ?? null]))
  return { who, video: video?.data ?? null, captured_at, counts }
}

const countsIn = ({ series }: MetricReader, fields: Fields) =>
  Object.fromEntries(series.counts.flatMap(name => (fields[name] === undefined ? [] : [[name, fields[name]]])))

function dateOf(reader: MetricReader, field: 'captured_at' | 'posted_at', given: string | undefined): Instant | Outcome | null {
  if (given === undefined) return null
  const at = (field === 'captured_at' ? reader.captured : reader.posted)(given)
  return at ?? rejected(`${field} "${given}" is no date like ${reader.mapping.date_format ?? '2026-03-01T10:00:00Z'}`)
}

/** The channel that a row names; a file whose rows name none is of videos alone. */
function whoOf({ columns, series }: MetricReader, fields: Fields): Who | Outcome | null {
  const name = fields.creator ?? fields.handle
  if (name === undefined) {
    const is_named = ['creator', 'handle'].some(field => columns.has(field))
    return is_named || series === ofPartners ? rejected('creator is empty') : null
  }
  const wish = { platform: fields.platform ?? 'other', handle: fields.handle ?? name, display_name: name }
  const parsed = NewCreator.safeParse(wish)
  if (!parsed.success) return rejected(reasonOf(faultsOf(parsed.error)))
  const { platform = 'other', handle = name, display_name = name } = parsed.data
  return { name: display_name, handle, platform }
}

/** Turns rows of a file into observations; one bad row stops no other. Source: spec G2. */
import type { FileRow } from '../../core/mapping.ts'
import type { Ctx } from '../context.ts'
import { duplicate, type Outcome, rejected } from '../conversions/import-rows.ts'
import * as channels from '../partners/channels.sql.ts'
import { type Item, isItem, type MetricReader, readItem } from './import-items.ts'
import { makePartners, makeVideos, newOwners, observedBy, partnersOf, settle } from './import-names.ts'
import { ofVideos } from './observations.sql.ts'
import { OTHER_CONTENT, record } from './observations.ts'
import * as videos from './videos.sql.ts'

/** Enters rows in their order; what one row makes, those after it find. */
export async function enterRows(ctx: Ctx, reader: MetricReader, rows: FileRow[], import_id: string | null): Promise<Outcome[]> {
  const read = rows.map(row => readItem(reader, row))
  const known = new Map((await videos.named(ctx, videoIdsIn(read))).map(video => [video.external_id, video]))
  const partners = await partnersOf(ctx, read)
  const settled = settle(reader.mapping, read, known, partners)
  const items = settled.filter(isItem)
  if (reader.mapping.create_partners) {
    const owners = newOwners(items, known)
    await makePartners(ctx, owners, partners, import_id)
    await makeVideos(ctx, owners, partners, known, import_id)
  }
  const observed = items.map(item => observedBy(item, known, partners))
  await (reader.series === ofVideos ? videos.lockAll : channels.lockAll)(ctx, [...new Set(observed.map(each => each.owner_id))])
  const statuses = await record(ctx, reader.series, observed, import_id)
  let n = 0
  return settled.map(item => {
    if (!isItem(item)) return item
    const status = statuses[n++]
    if (status === 'created') return { status, earned: null }
    return status === 'duplicate' ? duplicate : rejected(`conflict: captured_at ${OTHER_CONTENT}`)
  })
}

const videoIdsIn = (read: (Item | Outcome)[]) => [...new Set(read.filter(isItem).flatMap(item => item.video?.external_id ?? []))]

/** Observations of videos and of partners: two tables of one shape, so one set of statements. */
import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../core/calendar.ts'
import type { Ctx } from '../context.ts'

/** What is observed: in which table, of whom, which counts. */
export type Series = { table: string; owner: string; counts: readonly string[] }
export const ofVideos: Series = {
  table: 'video_metrics',
  owner: 'video_id',
  counts: ['view_count', 'like_count', 'comment_count', 'share_count', 'save_count'],
}
export const ofPartners: Series = { table: 'partner_metrics', owner: 'partner_id', counts: ['follower_count'] }

export type Counts = Record<string, number | null>
export type Key = { owner_id: string; captured_at: Instant }
export type Observed = Key & { counts: Counts }

const columns = ({ counts }: Series) => sql.join(counts.map(name => sql.ref(`m.${name}`)))
const keysIn = (keys: Key[]) =>
  sql`(select * from json_to_recordset(${JSON.stringify(
    keys.map(({ owner_id, captured_at }) => ({ owner_id, captured_at })),
  )}::json) as k(owner_id uuid, captured_at timestamptz))`

type Row = Key & Record<string, unknown>
const withCounts =
  ({ counts }: Series) =>
  (row: Row): Observed => ({
    owner_id: row.owner_id,
    captured_at: row.captured_at,
    counts: Object.fromEntries(counts.map(name => [name, row[name] as number | null])),
  })

/** What is recorded of these at these instants. */
export async function existing(ctx: Ctx, series: Series, keys: Key[]): Promise<Observed[]> {
  const { rows } = await sql<Row>`
    select m.${sql.ref(series.owner)} as owner_id, m.captured_at, ${columns(series)}
    from ${keysIn(keys)} k join ${sql.table(series.table)} m on m.org_id = ${ctx.org_id}
      and m.${sql.ref(series.owner)} = k.owner_id and m.captured_at = k.captured_at and m.withdrawn_at is null`.execute(ctx.tx)
  return rows.map(withCounts(series))
}

/** The counts that were last known before each observation; null where none was. */
export async function before(ctx: Ctx, series: Series, keys: Key[]): Promise<Observed[]> {
  const known = (name: string) => sql`(select m.${sql.ref(name)} from ${sql.table(series.table)} m where m.org_id = ${ctx.org_id}
    and m.${sql.ref(series.owner)} = k.owner_id and m.withdrawn_at is null and m.captured_at < k.captured_at
    and m.${sql.ref(name)} is not null order by m.captured_at desc limit 1) as ${sql.ref(name)}`
  const { rows } = await sql<Row>`
    select k.owner_id, k.captured_at, ${sql.join(series.counts.map(known))} from ${keysIn(keys)} k`.execute(ctx.tx)
  return rows.map(withCounts(series))
}

export async function insert(ctx: Ctx, series: Series, observed: Observed[], import_id: string | null): Promise<void> {
  if (observed.length === 0) return
  const rows = observed.map(({ owner_id, captured_at, counts }) => ({ id: ctx.newId(), owner_id, captured_at, ...counts }))
  const names = sql.join(series.counts.map(name => sql.ref(name)))
  const types = sql.join(series.counts.map(name => sql`${sql.ref(name)} bigint`))
  await sql`
    insert into ${sql.table(series.table)} (org_id, id, ${sql.ref(series.owner)}, captured_at, ${names}, recorded_at, import_id)
    select ${ctx.org_id}, r.id, r.owner_id, r.captured_at, ${sql.join(series.counts.map(name => sql.ref(`r.${name}`)))},
      ${ctx.now}::timestamptz, ${import_id}::uuid
    from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, owner_id uuid, captured_at timestamptz, ${types})`.execute(
    ctx.tx,
  )
}

/** A video's newest counts, from its observations: each the last that is known. */
function newest(video_id: RawBuilder<unknown>, org_id: RawBuilder<unknown>): RawBuilder<unknown> {
  const last = (name: string) => sql`(select m.${sql.ref(name)} from video_metrics m where m.org_id = ${org_id}
    and m.video_id = ${video_id} and m.withdrawn_at is null and m.${sql.ref(name)} is not null
    order by m.captured_at desc limit 1) as ${sql.ref(name)}`
  return sql`select ${sql.join(ofVideos.counts.map(last))}, (select max(m.captured_at) from video_metrics m
    where m.org_id = ${org_id} and m.video_id = ${video_id} and m.withdrawn_at is null) as last_captured_at`
}

/** Writes the newest counts of videos, held by the caller, and has the next accrual look at them. */
export async function refresh(ctx: Ctx, video_ids: string[]): Promise<void> {
  if (video_ids.length === 0) return
  const names = [...ofVideos.counts, 'last_captured_at']
  await sql`
    update videos v set needs_accrual = true, ${sql.join(names.map(name => sql`${sql.ref(name)} = n.${sql.ref(name)}`))}
    from unnest(${video_ids}::uuid[]) ids(id) cross join lateral (${newest(sql`ids.id`, sql`${ctx.org_id}::uuid`)}) n
    where v.org_id = ${ctx.org_id} and v.id = ids.id`.execute(ctx.tx)
}

export async function list(
  ctx: Ctx,
  series: Series,
  owner_id: string,
  { limit, before_at }: { limit: number; before_at: Instant | null },
): Promise<(Record<string, number | null> & { captured_at: Instant; recorded_at: Instant })[]> {
  const { rows } = await sql<Record<string, number | null> & { captured_at: Instant; recorded_at: Instant }>`
    select m.captured_at, m.recorded_at, ${columns(series)} from ${sql.table(series.table)} m
    where m.org_id = ${ctx.org_id} and m.${sql.ref(series.owner)} = ${owner_id} and m.withdrawn_at is null
      and (${before_at}::timestamptz is null or m.captured_at < ${before_at}::timestamptz)
    order by m.captured_at desc limit ${limit + 1}`.execute(ctx.tx)
  return rows
}

/** The next observations of an import that still stand, by id. */
export async function ofImport(ctx: Ctx, series: Series, import_id: string, after: string | null, limit: number) {
  const { rows } = await sql<{ id: string; owner_id: string }>`
    select m.id, m.${sql.ref(series.owner)} as owner_id from ${sql.table(series.table)} m
    where m.org_id = ${ctx.org_id} and m.import_id = ${import_id} and m.withdrawn_at is null
      and (${after}::uuid is null or m.id > ${after}::uuid) order by m.id limit ${limit}`.execute(ctx.tx)
  return rows
}

/** Withdraws observations: they stay, and count for nothing. Returns how many still stood. */
export async function withdraw(ctx: Ctx, series: Series, ids: string[]): Promise<number> {
  const { rows } = await sql`
    update ${sql.table(series.table)} m set withdrawn_at = ${ctx.now}
    where m.org_id = ${ctx.org_id} and m.id = any(${ids}::uuid[]) and m.withdrawn_at is null returning m.id`.execute(ctx.tx)
  return rows.length
}

/** The outbox of partners' postbacks: one row a conversion, written with what makes it due. */
import { type RawBuilder, sql } from 'kysely'
import { type Instant, instant, ms } from '../../core/calendar.ts'
import type { Announced } from '../../core/postback.ts'
import type { Ctx } from '../context.ts'

/**
 * A statement that queues calls, to be a part of the one that enters conversions: where no partner has an address it costs one
 * look-up a tab. `entered` gives conversions (`id`, `tab`), `tabs` whose they are and until when they are held.
 */
export const queueing = (ctx: Ctx, entered: RawBuilder<unknown>, tabs: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  insert into postback_deliveries (org_id, conversion_id, program_id, partner_id, next_attempt_at, created_at)
  select ${ctx.org_id}, n.id, ${ctx.program.id}, w.partner_id, greatest(w.held_until, ${ctx.now}::timestamptz), ${ctx.now}
  from (select k.tab, k.partner_id, k.held_until from ${tabs} k
      join partners p on p.org_id = ${ctx.org_id} and p.id = k.partner_id and p.postback_url is not null offset 0) w
    join ${entered} n on n.tab = w.tab
  on conflict (org_id, conversion_id) do nothing returning 1`

/** Queues the calls for conversions that were approved by hand; one that waited for the end of its hold is due now. */
export async function queueApproved(ctx: Ctx, conversion_ids: string[]): Promise<number> {
  if (conversion_ids.length === 0) return 0
  const { rows } = await sql`
    insert into postback_deliveries (org_id, conversion_id, program_id, partner_id, next_attempt_at, created_at)
    select c.org_id, c.id, c.program_id, c.partner_id, greatest(t.held_until, ${ctx.now}::timestamptz), ${ctx.now}
    from conversions c
      join partners p on p.org_id = c.org_id and p.id = c.partner_id and p.postback_url is not null
      cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
      join earnings e on e.org_id = c.org_id and e.source_key = k.source_key
      join tabs t on t.org_id = e.org_id and t.id = e.tab_id
    where c.org_id = ${ctx.org_id} and c.id = any(${conversion_ids}::uuid[]) and c.import_id is null
    order by c.id
    on conflict (org_id, conversion_id) do update set next_attempt_at = excluded.next_attempt_at
      where postback_deliveries.status = 'waiting' and postback_deliveries.attempt_count = 0
    returning 1`.execute(ctx.tx)
  return rows.length
}

export type Due = Announced & { partner_id: string; url: string | null; decision: string; attempt_count: number }

/**
 * Takes calls that are due. For as long as `lease_ms` nobody else takes them: whoever dies with one leaves it to the next.
 */
export async function take(ctx: Ctx, { limit, lease_ms }: { limit: number; lease_ms: number }): Promise<Due[]> {
  const until = instant(ms(ctx.now) + lease_ms)
  const { rows } = await sql<Due>`
    with due as (
      select d.conversion_id from postback_deliveries d
      where d.org_id = ${ctx.org_id} and d.status = 'waiting' and d.next_attempt_at <= ${ctx.now}
      order by d.next_attempt_at limit ${limit} for update skip locked
    ), taken as (
      update postback_deliveries d set attempt_count = d.attempt_count + 1, next_attempt_at = ${until}
      from due where d.org_id = ${ctx.org_id} and d.conversion_id = due.conversion_id
      returning d.conversion_id, d.attempt_count
    )
    select taken.*, c.partner_id, p.postback_url as url, c.decision, c.click_id, c.external_id, c.type, c.revenue_cents, c.currency,
      coalesce(e.amount_cents + coalesce(back.cents, 0), 0)::bigint as earned_cents, coalesce(e.currency, c.currency) as earned_currency,
      c.subs
    from taken
      join conversions c on c.org_id = ${ctx.org_id} and c.id = taken.conversion_id
      join partners p on p.org_id = c.org_id and p.id = c.partner_id
      cross join lateral (select 'conversion:' || c.id as source_key offset 0) k
      left join earnings e on e.org_id = c.org_id and e.source_key = k.source_key
      left join lateral (select sum(r.amount_cents) as cents from earnings r where r.org_id = e.org_id and r.reverses_id = e.id) back on true
    order by c.id`.execute(ctx.tx)
  return rows
}

export type Outcome = {
  conversion_id: string
  status: 'waiting' | 'delivered' | 'failed'
  response_status: number | null
  error: string | null
  next_attempt_at: Instant | null
  delivered_at: Instant | null
}

export async function settle(ctx: Ctx, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await sql`
    update postback_deliveries d set status = o.status, response_status = o.response_status, error = o.error,
      next_attempt_at = o.next_attempt_at, delivered_at = o.delivered_at
    from json_to_recordset(${JSON.stringify(outcomes)}::json) as o(conversion_id uuid, status text, response_status int, error text,
      next_attempt_at timestamptz, delivered_at timestamptz)
    where d.org_id = ${ctx.org_id} and d.conversion_id = o.conversion_id and d.status = 'waiting'`.execute(ctx.tx)
}

export async function urlOf(ctx: Ctx, partner_id: string): Promise<string | null> {
  const { rows } = await sql<{ url: string | null }>`
    select postback_url as url from partners where org_id = ${ctx.org_id} and id = ${partner_id}`.execute(ctx.tx)
  return rows[0]?.url ?? null
}

export async function setUrl(ctx: Ctx, partner_id: string, url: string | null): Promise<void> {
  await sql`update partners set postback_url = ${url} where org_id = ${ctx.org_id} and id = ${partner_id}`.execute(ctx.tx)
}

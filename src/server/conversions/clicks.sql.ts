import { sql } from 'kysely'
import type { Ctx, Tx } from '../context.ts'

export type TrackedCampaign = {
  program_id: string
  campaign_id: string
  destination_url: string | null
  postback_secret: string | null
  currency: string
}

/** The campaign that a tracking address names, by the slugs of brand and campaign. */
export async function tracked(tx: Tx, org_id: string, brand: string, campaign: string): Promise<TrackedCampaign | undefined> {
  const { rows } = await sql<TrackedCampaign>`
    select p.id as program_id, c.id as campaign_id, c.destination_url, c.postback_secret, v.terms->>'currency' as currency
    from programs p join campaigns c on c.org_id = p.org_id and c.program_id = p.id and lower(c.slug) = lower(${campaign})
      join campaign_versions v on v.org_id = c.org_id and v.campaign_id = c.id and v.version = c.version
    where p.org_id = ${org_id} and lower(p.slug) = lower(${brand})`.execute(tx)
  return rows[0]
}

export async function partnerOfSlug(ctx: Ctx, via: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from partners where org_id = ${ctx.org_id} and program_id = ${ctx.program.id}
      and (slug_key = lower(${via}) or alias_key = lower(${via})) order by slug_key <> lower(${via}) limit 1`.execute(ctx.tx)
  return rows[0]?.id ?? null
}

export type NewClick = {
  id: string
  campaign_id: string
  partner_id: string | null
  subs: Record<string, string> | null
  country: string | null
  os: string | null
}

export async function insertClick(ctx: Ctx, click: NewClick): Promise<void> {
  const subs = click.subs === null ? null : JSON.stringify(click.subs)
  await ctx.tx
    .insertInto('clicks')
    .values({ org_id: ctx.org_id, program_id: ctx.program.id, clicked_at: ctx.now, ...click, subs })
    .execute()
}

import { sql } from 'kysely'
import type { StoredTerms } from '../campaigns/campaigns.sql.ts'
import type { Ctx } from '../context.ts'
import { containing } from '../db/like.ts'
import { partnerOf } from './own.sql.ts'

export type OfferedRow = {
  id: string
  name: string
  slug: string
  destination_url: string | null
  hold_hours: number | null
  version: number
  terms: StoredTerms
  /** How many conversions of this partner it has counted for its tiers. */
  counted: number
}

/** The program's campaigns with what this partner's rate follows from. The terms stay on the server. */
export async function offered(ctx: Ctx, page: { after: string | null; limit: number; q?: string | undefined }) {
  const like = page.q === undefined ? null : containing(page.q)
  const { rows } = await sql<OfferedRow>`
    select c.id, c.name, c.slug, c.destination_url, c.hold_hours, c.version, v.terms, coalesce(n.counted, 0) as counted
    from campaigns c
      join campaign_versions v on v.org_id = c.org_id and v.campaign_id = c.id and v.version = c.version
      left join volumes n on n.org_id = c.org_id and n.campaign_id = c.id and n.partner_id = ${partnerOf(ctx).id} and n.span = 'lifetime'
    where c.org_id = ${ctx.org_id} and c.program_id = ${ctx.program.id} and (${page.after}::uuid is null or c.id < ${page.after}::uuid)
      and (${like}::text is null or lower(c.name) like ${like})
    order by c.id desc limit ${page.limit + 1}`.execute(ctx.tx)
  return rows
}

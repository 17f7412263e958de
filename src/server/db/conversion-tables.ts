/** The tables of what partners bring and how it is priced; see tables.ts. */
import type { Generated } from 'kysely'
import type { Instant } from '../../core/calendar.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a jsonb column holds is typed by the module that writes it
type Json = any

export interface CampaignVersionsTable {
  org_id: string
  campaign_id: string
  version: number
  terms: Json
  tables: Json
  created_at: Instant
  created_by: string
}

export interface CampaignsTable {
  org_id: string
  id: string
  program_id: string
  slug: string
  name: string
  destination_url: string | null
  hold_hours: number | null
  default_revenue_cents: Generated<number>
  caps: Generated<Json>
  postback_secret: string | null
  version: number
  created_at: Instant
}

export interface ClicksTable {
  org_id: string
  id: string
  program_id: string
  campaign_id: string
  partner_id: string | null
  subs: Json | null
  country: string | null
  os: string | null
  clicked_at: Instant
}

export interface ConversionsTable {
  org_id: string
  id: string
  program_id: string
  campaign_id: string
  partner_id: string
  external_id: string
  event_id: string | null
  click_id: string | null
  type: string
  revenue_cents: number
  currency: string
  occurred_at: Instant
  recorded_at: Instant
  country: string | null
  os: string | null
  subs: Json | null
  conversion_subs: Json | null
  coupon_code: string | null
  payout_cents: number | null
  posted_status: string
  decision: string
  reason: string | null
  pending: Json | null
  import_id: string | null
}

export interface CouponsTable {
  org_id: string
  program_id: string
  code: string
  partner_id: string
}

export interface ImportsTable {
  org_id: string
  id: string
  program_id: string
  campaign_id: string | null
  kind: string
  file_name: string
  status: string
  read: Generated<number>
  created: Generated<number>
  duplicates: Generated<number>
  rejected: Generated<number>
  earned: Generated<Json>
  mapping: Json | null
  file_bytes: number | null
  task: Json | null
  task_seen_at: Instant | null
  created_at: Instant
  created_by: string
  undone_at: Instant | null
}

export interface ReversalsTable {
  org_id: string
  id: string
  conversion_id: string
  external_id: string | null
  revenue_cents: number
  reason: string
  import_id: string | null
  recorded_at: Instant
}

export interface VolumesTable {
  org_id: string
  campaign_id: string
  partner_id: string
  span: string
  counted: number
}

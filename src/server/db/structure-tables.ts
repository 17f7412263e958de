/** The tables of what partners are measured by and paid for over time; see tables.ts. */
import type { Generated } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a jsonb column holds is typed by the module that writes it
type Json = any

export interface AccrualProgressTable {
  org_id: string
  structure_id: string
  accrued_until: Instant | null
  furthest_at: Instant | null
  period_end_at: Instant | null
  after_partner_id: string | null
}

export interface ApiUsageTable {
  org_id: string
  day: Day
  requests: number
}

export interface AssignmentsTable {
  org_id: string
  id: string
  structure_id: string
  partner_id: string
  assigned_at: Instant
  assigned_by: string
  unassigned_at: Instant | null
  unassigned_by: string | null
}

export interface GoalsTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string
  type: string
  target: number
  period: string
  starts_on: Day
  ends_on: Day | null
  created_at: Instant
  removed_at: Instant | null
}

export interface IconsTable {
  org_id: string
  id: string
  media_type: string
  bytes: Buffer
  created_at: Instant
  created_by: string
}

export interface PartnerMetricsTable {
  org_id: string
  id: string
  partner_id: string
  captured_at: Instant
  follower_count: number | null
  recorded_at: Instant
  import_id: string | null
  withdrawn_at: Instant | null
}

export interface StructureVersionsTable {
  org_id: string
  id: string
  structure_id: string
  version_number: number
  period: string | null
  amount_cents: number | null
  currency: string
  criteria_type: string
  criteria_params: Json
  proration_mode: string
  backfill_on_assignment: Generated<boolean>
  created_at: Instant
  created_by: string
}

export interface StructuresTable {
  org_id: string
  id: string
  program_id: string
  name: string
  metadata: Generated<Json>
  readme: string | null
  has_accruals: Generated<boolean>
  archived_at: Instant | null
  created_at: Instant
  created_by: string
}

export interface UnearnedPeriodsTable {
  org_id: string
  source_key: string
  structure_id: string
  structure_version_id: string
  partner_id: string
  period_start_at: Instant
  period_end_at: Instant
  reason: string
  inputs: Json
  evaluated_at: Instant
}

export interface VideoMetricsTable {
  org_id: string
  id: string
  video_id: string
  captured_at: Instant
  view_count: number | null
  like_count: number | null
  comment_count: number | null
  share_count: number | null
  save_count: number | null
  recorded_at: Instant
  import_id: string | null
  withdrawn_at: Instant | null
}

export interface VideosTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string | null
  external_id: string
  url: string | null
  title: string | null
  posted_at: Instant | null
  status: string
  is_tracked: Generated<boolean>
  view_count: number | null
  like_count: number | null
  comment_count: number | null
  share_count: number | null
  save_count: number | null
  last_captured_at: Instant | null
  needs_accrual: Generated<boolean>
  import_id: string | null
  created_at: Instant
}

/** The tables as kysely sees them; `migrations/` is their source and `test/server/db/tables.test.ts` holds the two together. */
import type { Generated } from 'kysely'
import type { Day, Instant } from '../../core/calendar.ts'
import type {
  CampaignsTable,
  CampaignVersionsTable,
  ClicksTable,
  ConversionsTable,
  CouponsTable,
  ImportsTable,
  ReversalsTable,
  VolumesTable,
} from './conversion-tables.ts'
import type { PartnerPeopleTable, PortalsTable, PostbackDeliveriesTable } from './portal-tables.ts'
import type {
  AccrualProgressTable,
  ApiUsageTable,
  AssignmentsTable,
  GoalsTable,
  IconsTable,
  PartnerMetricsTable,
  StructuresTable,
  StructureVersionsTable,
  UnearnedPeriodsTable,
  VideoMetricsTable,
  VideosTable,
} from './structure-tables.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a jsonb column holds is typed by the module that writes it
type Json = any

export interface AdjustmentsTable {
  org_id: string
  id: string
  payout_id: string | null
  payment_id: string | null
  amount_cents: number
  reason: string
  created_at: Instant
  created_by: string
}

export interface ApiKeysTable {
  org_id: string
  id: string
  program_id: string | null
  hash: string
  prefix: string
  last_four: string
  name: Generated<string>
  scopes: string[]
  owner_id: string
  expires_at: Instant | null
  revoked_at: Instant | null
  created_at: Instant
}

export interface CountersTable {
  org_id: string
  name: string
  value: number
}

export interface EarningsTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string
  currency: string
  tab_id: string
  kind: string
  amount_cents: number
  revenue_cents: Generated<number>
  item_count: Generated<number>
  earned_on: Day
  recorded_at: Instant
  source_key: string
  reverses_id: string | null
  mark: string | null
  structure_version_id: string | null
  period_start_at: Instant | null
  period_end_at: Instant | null
  because: string
  inputs: Json
}

export interface EventsTable {
  org_id: string
  id: string
  program_id: string | null
  at: Instant
  actor: string
  verb: string
  object_id: string | null
  before: Json | null
  after: Json | null
  request_id: string | null
}

export interface IdempotencyKeysTable {
  org_id: string
  key: string
  route: string
  body_hash: string
  status: number | null
  answer: string | null
  object_id: string | null
  created_at: Instant
}

export interface InvitationsTable {
  org_id: string
  id: string
  email: string
  role: string
  program_id: string | null
  token_hash: string
  expires_at: Instant
  created_at: Instant
  created_by: string
  accepted_at: Instant | null
  revoked_at: Instant | null
}

export interface LookupsTable {
  kind: string
  key: string
  org_id: string
}

export interface MembersTable {
  org_id: string
  user_id: string
  email: string
  role: string
  created_at: Instant
  removed_at: Instant | null
}

export interface OrganizationsTable {
  org_id: string
  name: string
  time_zone: Generated<string>
  plan: Generated<string>
  created_at: Instant
}

export interface PaidTotalsTable {
  org_id: string
  program_id: string
  partner_id: string
  currency: string
  paid_cents: number
  last_paid_at: Instant | null
}

export interface PartnersTable {
  org_id: string
  id: string
  program_id: string
  name: string
  email: string | null
  slug: string
  alias: string
  status: Generated<string>
  country: string | null
  company: string | null
  address: string | null
  vat_id: string | null
  billing_details: string | null
  metadata: Generated<Json>
  readme: string | null
  import_id: string | null
  created_at: Instant
  slug_key: string
  alias_key: string
  platform: string | null
  handle: string | null
  handle_key: string | null
  description: string | null
  tracking_mode: Generated<string>
  tracking_start_on: Day | null
  removed_at: Instant | null
  payout_method: string | null
  payout_method_id: string | null
  payout_details: string | null
  postback_url: string | null
}

export interface PaymentsTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string | null
  currency: string
  origin: string
  payout_id: string | null
  status: string
  total_amount_cents: number
  method: string | null
  method_id: string | null
  method_name: string | null
  reference: string | null
  tracking_url: string | null
  note: string | null
  metadata: Generated<Json>
  readme: string | null
  paid_at: Instant
  created_at: Instant
  created_by: string
  voided_at: Instant | null
  voided_by: string | null
  status_reason: string | null
  advance_count: Generated<number>
  released_count: Generated<number>
  invoice_number: string | null
  invoiced_at: Instant | null
  invoice_digest: string | null
  invoice_revised_at: Instant | null
}

export interface PayoutMethodsTable {
  org_id: string
  id: string
  name: string
  icon_path: string | null
  is_default: Generated<boolean>
  is_active: Generated<boolean>
  metadata: Generated<Json>
  readme: string | null
  created_at: Instant
}

export interface PayoutsTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string
  number: number
  currency: string
  status: Generated<string>
  amount_cents: number
  revenue_cents: number
  conversion_count: number
  accrual_count: number
  adjustment_cents: Generated<number>
  credit_cents: Generated<number>
  revision: Generated<number>
  period_start: Day
  period_end: Day
  notes: string | null
  method: string | null
  method_id: string | null
  method_name: string | null
  reference: string | null
  payment_id: string | null
  created_at: Instant
  created_by: string
  approved_at: Instant | null
  approved_by: string | null
  paid_at: Instant | null
  paid_by: string | null
  cancelled_at: Instant | null
  cancelled_by: string | null
}

export interface ProgramMembersTable {
  org_id: string
  program_id: string
  user_id: string
  role: string
}

export interface ProgramsTable {
  org_id: string
  id: string
  slug: string
  name: string
  program_type: Generated<string>
  currency: Generated<string>
  frequency: Generated<string>
  anchor_on: Day
  minimum_threshold_cents: Generated<number>
  hold_days: Generated<number>
  conversion_types: Generated<string[]>
  created_at: Instant
  legal_name: string | null
  legal_address: string | null
  vat_id: string | null
  billing_text: string | null
  self_billing: Generated<boolean>
}

export interface ReleasedLinesTable {
  org_id: string
  payment_id: string
  earning_id: string
  amount_cents: number
  released_at: Instant
}

export interface TabsTable {
  org_id: string
  id: string
  program_id: string
  partner_id: string
  currency: string
  stream: string
  held_until: Generated<Instant>
  is_open: Generated<boolean>
  amount_cents: Generated<number>
  item_count: Generated<number>
  revenue_cents: Generated<number>
  first_on: Day
  last_on: Day
  payout_id: string | null
  payment_id: string | null
}

export interface Tables {
  accrual_progress: AccrualProgressTable
  adjustments: AdjustmentsTable
  api_keys: ApiKeysTable
  api_usage: ApiUsageTable
  assignments: AssignmentsTable
  campaign_versions: CampaignVersionsTable
  campaigns: CampaignsTable
  clicks: ClicksTable
  conversions: ConversionsTable
  counters: CountersTable
  coupons: CouponsTable
  earnings: EarningsTable
  events: EventsTable
  goals: GoalsTable
  icons: IconsTable
  idempotency_keys: IdempotencyKeysTable
  imports: ImportsTable
  invitations: InvitationsTable
  lookups: LookupsTable
  members: MembersTable
  organizations: OrganizationsTable
  paid_totals: PaidTotalsTable
  partner_metrics: PartnerMetricsTable
  partner_people: PartnerPeopleTable
  partners: PartnersTable
  payments: PaymentsTable
  payout_methods: PayoutMethodsTable
  payouts: PayoutsTable
  portals: PortalsTable
  postback_deliveries: PostbackDeliveriesTable
  program_members: ProgramMembersTable
  programs: ProgramsTable
  released_lines: ReleasedLinesTable
  reversals: ReversalsTable
  structure_versions: StructureVersionsTable
  structures: StructuresTable
  tabs: TabsTable
  unearned_periods: UnearnedPeriodsTable
  video_metrics: VideoMetricsTable
  videos: VideosTable
  volumes: VolumesTable
}

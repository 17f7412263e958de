/** The tables of the partner portal. */
import type { Generated } from 'kysely'
import type { Instant } from '../../core/calendar.ts'

export interface PartnerPeopleTable {
  org_id: string
  partner_id: string
  user_id: string
  email: string
  created_at: Instant
}

export interface PortalsTable {
  org_id: string
  program_id: string
  title: string | null
  logo_path: string | null
  allow_sign_up: Generated<boolean>
  approved_by_default: Generated<boolean>
  show_balance: Generated<boolean>
  show_alias: Generated<boolean>
  show_log: Generated<boolean>
}

export interface PostbackDeliveriesTable {
  org_id: string
  conversion_id: string
  program_id: string
  partner_id: string
  status: Generated<string>
  attempt_count: Generated<number>
  next_attempt_at: Instant | null
  response_status: number | null
  error: string | null
  created_at: Instant
  delivered_at: Instant | null
}

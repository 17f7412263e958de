/**
 * The closed list of refusals: everything the product may say no with.
 *
 * A refusal is expected and tells the caller what to do next. Anything else that goes wrong is a bug: a plain `Error`.
 * `src/api/status.ts` maps each code to its HTTP status and does not compile while one is missing. Source: spec B3.1.
 */
export const refusalCodes = [
  'invalid_api_key',
  'unauthorized',
  'forbidden',
  'insufficient_scope',
  'rate_limit_exceeded',
  'limit_reached',
  'invalid_body',
  'invalid_query',
  'invalid_params',
  'not_found',
  'method_not_allowed',
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_key_required',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'invalid_transition',
  'no_unpaid_balance',
  'below_minimum_threshold',
  'payout_changed',
  'conversion_in_payout',
  'conversion_paid',
  'payout_not_reversible',
  'payment_netted',
  'invalid_cost_model',
  'conflict_name',
  'handle_taken',
  'default_method',
  'last_admin',
  'already_member',
  'structure_archived',
  'has_accruals',
  'cannot_set_paid_directly',
  'cannot_set_status_on_paid_accrual',
  'currency_mismatch',
  'accrual_not_settleable',
  'adjustment_reason_required',
  'already_voided',
  'accrual_in_other_payment',
  'quickbooks_not_connected',
  'internal_error',
  'unavailable',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

/** What a refusal carries besides its words: `errors` (one entry a fault), counts, limits. Goes to `meta` on the wire. */
export type RefusalDetail = Record<string, unknown>

export class Refusal extends Error {
  readonly code: RefusalCode
  readonly detail: RefusalDetail
  constructor(code: RefusalCode, message: string, detail: RefusalDetail = {}) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.detail = detail
  }
}

/** Refuses: throws the one error that the HTTP shell turns into an answer of 4xx. The message says what to do next. */
export function refuse(code: RefusalCode, message: string, detail: RefusalDetail = {}): never {
  throw new Refusal(code, message, detail)
}

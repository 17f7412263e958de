/**
 * The product's money in memory, without tabs, tables or time zones: what every partner earned, and what became of it.
 *
 * Each function is one act. It changes the state, or gives the code of the refusal that the product must answer with.
 * Source: spec A7, B10 to B13, C8, D4, D5. Instants are milliseconds in UTC, amounts cents of one currency.
 */
export type Status = 'draft' | 'approved' | 'paid' | 'cancelled'
export type Payout = { id: string; partner: Partner; status: Status; adjustment_cents: number; payment: Payment | null }
export type Payment = { id: string; origin: string; status: string; partner: Partner | null; cents: number; lines: Earning[] }
/** What sits on the account: taken by a payout, settled by a payment, or neither. */
export type Earning = { partner: Partner; cents: number; held_until: number; payout: Payout | null; payment: Payment | null }
export type Accrual = Earning & { id: string; key: string; amount_cents: number; mark: 'rejected' | 'voided' | null }
export type Sale = {
  id: string
  decision: 'waits' | 'approved' | 'rejected'
  revenue: number
  reversed: number
  commission: number
  /** Of the commission, what nothing has taken back yet. */
  left: number
  hold_ms: number
  own: Earning
  clawbacks: Earning[]
}
/** A payment on account, with what payouts have netted of it. */
export type Credit = { payment: Payment; partner: Partner; netted: { payout: Payout; cents: number }[] }
export type Partner = { id: string }
export type State = {
  now: number
  partners: Partner[]
  sales: Sale[]
  accruals: Accrual[]
  payouts: Payout[]
  payments: Payment[]
  credits: Credit[]
}
export type Code = string

const HOUR = 3_600_000
const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0)
/** Half away from zero. */
export const ratio = (n: number, by: number, of: number) => Math.floor((2 * n * by + of) / (2 * of))

export const fresh = (now: number): State => ({
  ...{ now, partners: [], sales: [], accruals: [], payouts: [], payments: [], credits: [] },
})

// ── the account ─────────────────────────────────────────────────────────────────────────────────────────────────────
const onAccount = (s: State): Earning[] => [
  ...s.sales.filter(sale => sale.decision !== 'waits').flatMap(sale => [sale.own, ...sale.clawbacks]),
  ...s.accruals,
]
const isFree = (e: Earning) => e.payout === null && e.payment === null
const isLive = ({ status }: Payout) => status === 'draft' || status === 'approved'
const nettedBy = (s: State, payout: Payout) =>
  sum(s.credits.flatMap(c => c.netted.flatMap(n => (n.payout === payout ? n.cents : []))))
const lines = (s: State, payout: Payout) => onAccount(s).filter(e => e.payout === payout)
export const totalOf = (s: State, payout: Payout) =>
  sum(lines(s, payout).map(e => e.cents)) + payout.adjustment_cents - nettedBy(s, payout)
const taken = ({ payment }: Credit) => (payment.status === 'rejected' ? 0 : payment.cents)
const unnetted = (c: Credit) => taken(c) - sum(c.netted.map(n => n.cents))
const creditsOf = (s: State, partner: Partner) => s.credits.filter(c => c.partner === partner)

export function balance(s: State, partner: Partner) {
  const mine = onAccount(s).filter(e => e.partner === partner && e.payment === null)
  const due = mine.filter(e => e.payout !== null || e.held_until <= s.now)
  const waiting = s.sales.filter(sale => sale.decision === 'waits' && sale.own.partner === partner)
  const reserving = s.payouts.filter(p => p.partner === partner && isLive(p))
  const unpaid = sum(due.map(e => e.cents))
  const in_payouts = sum(due.flatMap(e => (e.payout ? e.cents : []))) - sum(reserving.map(p => nettedBy(s, p)))
  const credit = sum(creditsOf(s, partner).map(c => taken(c) - sum(c.netted.flatMap(n => (isLive(n.payout) ? [] : n.cents)))))
  const held = mine.filter(e => e.payout === null && e.held_until > s.now)
  return {
    ...{ unpaid_cents: unpaid, in_payouts_cents: in_payouts, credit_cents: credit, balance_cents: unpaid - credit },
    owed_cents: Math.max(0, unpaid - in_payouts - credit),
    pending_cents: sum(held.map(e => e.cents)) + sum(waiting.map(sale => sale.commission)),
    paid_cents: sum(s.payments.flatMap(p => (p.partner === partner && p.status === 'paid' ? p.cents : []))),
  }
}

// ── conversions ─────────────────────────────────────────────────────────────────────────────────────────────────────
export function record(s: State, partner: Partner, sale: Pick<Sale, 'id' | 'decision' | 'revenue' | 'commission' | 'hold_ms'>) {
  const held_until = sale.hold_ms === 0 ? 0 : Math.ceil((s.now + sale.hold_ms) / HOUR) * HOUR
  const own: Earning = { partner, cents: sale.commission, held_until, payout: null, payment: null }
  s.sales.push({ ...sale, reversed: 0, left: sale.commission, own, clawbacks: [] })
}

export function statusOfSale(s: State, { decision, own }: Sale): string {
  if (decision !== 'approved') return decision === 'waits' ? 'pending_review' : decision
  return own.payment ? 'paid' : own.held_until > s.now ? 'hold' : 'approved'
}

export function approveSale(s: State, sale: Sale): Code | null {
  if (sale.decision === 'approved' && sale.own.payment) return 'conversion_paid'
  if (sale.decision === 'approved' && sale.own.held_until > s.now) sale.own.held_until = 0
  else if (sale.decision !== 'waits') return 'invalid_transition'
  sale.decision = 'approved'
  return null
}

/** With a draft that cannot bear it the request or the conversion is refused: which, the product may choose. */
export function rejectSale(s: State, sale: Sale): Code | null {
  const { payout, payment } = sale.own
  if (sale.decision === 'rejected') return 'invalid_transition'
  if (payment) return 'conversion_paid'
  if (payout?.status === 'approved') return 'conversion_in_payout'
  const together = [sale.own, ...sale.clawbacks].filter(part => payout !== null && part.payout === payout)
  if (payout && totalOf(s, payout) < sum(together.map(part => part.cents))) return 'conversion_in_payout'
  for (const part of together) part.payout = null
  sale.own.cents -= sale.left
  Object.assign(sale, { decision: 'rejected', left: 0 })
  return null
}

/** `part` of the revenue, or all that is left of it. */
export function reverseSale(s: State, sale: Sale, part: number | null): Code | null {
  const left = sale.revenue - sale.reversed
  if (sale.decision === 'rejected' || left === 0) return 'invalid_transition'
  const whole = part === null || part === left
  if (sale.decision === 'waits' && !whole) return 'invalid_transition'
  const all = whole ? sale.commission : ratio(sale.commission, sale.reversed + part, sale.revenue)
  const back = sale.decision === 'waits' ? 0 : Math.max(0, all - (sale.commission - sale.left))
  const { payout, payment, partner } = sale.own
  const is_beside = payment === null && payout?.status !== 'approved'
  if (is_beside && payout && totalOf(s, payout) < back) return 'invalid_body'
  if (sale.decision === 'waits') Object.assign(sale, { decision: 'rejected', left: 0, own: { ...sale.own, cents: 0 } })
  else if (is_beside) sale.own.cents -= back
  else sale.clawbacks.push({ partner, cents: -back, held_until: 0, payout: null, payment: null })
  sale.reversed += whole ? left : part
  sale.left -= back
  return null
}

// ── accruals ──────────────────────────────────────────────────────────────────────────────────────────────────────────
export const statusOf = ({ mark, payment }: Accrual) => mark ?? (payment ? 'paid' : 'earned')

export function takeBack(s: State, accrual: Accrual, mark: 'rejected' | 'voided'): Code | null {
  const status = statusOf(accrual)
  if (status === mark) return null
  if (status === 'paid') return 'cannot_set_status_on_paid_accrual'
  const { payout } = accrual
  if (status !== 'earned' || payout?.status === 'approved') return 'invalid_transition'
  if (payout && totalOf(s, payout) < accrual.cents) return 'invalid_transition'
  Object.assign(accrual, { payout: null, cents: 0, mark })
  return null
}

// ── payouts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
/** Claims all that is payable, and nets credit; with `force` also when the credit exceeds it. */
export function draft(s: State, partner: Partner, force = false): Payout | Code {
  const mine = onAccount(s).filter(e => e.partner === partner && isFree(e) && e.held_until <= s.now)
  const earned = sum(mine.map(e => e.cents))
  const credit = sum(creditsOf(s, partner).map(unnetted))
  if (earned <= 0 || (earned <= credit && !force)) return 'no_unpaid_balance'
  const payout: Payout = { id: '', partner, status: 'draft', adjustment_cents: 0, payment: null }
  s.payouts.push(payout)
  for (const e of mine) e.payout = payout
  let left = Math.min(earned, credit)
  for (const c of creditsOf(s, partner)) {
    const cents = Math.min(left, unnetted(c))
    if (cents > 0) c.netted.push({ payout, cents })
    left -= cents
  }
  return payout
}

const from: Record<string, Status[]> = { approved: ['draft'], paid: ['approved'], cancelled: ['draft', 'approved'] }

export function move(s: State, payout: Payout, to: 'approved' | 'paid' | 'cancelled'): Code | null {
  if (!from[to]?.includes(payout.status)) return 'invalid_transition'
  const mine = lines(s, payout)
  if (to === 'paid') {
    payout.payment = pay(s, 'payout', payout.partner, totalOf(s, payout), mine)
  } else if (to === 'cancelled') {
    for (const e of mine) e.payout = null
    for (const c of s.credits) c.netted = c.netted.filter(n => n.payout !== payout)
  }
  payout.status = to
  return null
}

export function adjust(s: State, payout: Payout, cents: number): Code | null {
  if (payout.status !== 'draft') return 'invalid_transition'
  if (totalOf(s, payout) + cents < 0) return 'invalid_body'
  payout.adjustment_cents += cents
  return null
}

/** An accrual, or a commission with the clawbacks beside it. */
export function exclude(s: State, payout: Payout, what: Accrual | Sale): Code | null {
  const parts = 'own' in what ? [what.own, ...what.clawbacks].filter(e => e.payout === payout) : [what]
  if (payout.status !== 'draft') return 'invalid_transition'
  if (totalOf(s, payout) < sum(parts.map(e => e.cents))) return 'invalid_body'
  for (const e of parts) e.payout = null
  return null
}

// ── payments ────────────────────────────────────────────────────────────────────────────────────────────────────────
function pay(s: State, origin: string, partner: Partner | null, cents: number, mine: Earning[], status = 'paid'): Payment {
  const payment: Payment = { id: '', origin, status, partner, cents, lines: mine }
  s.payments.push(payment)
  for (const e of mine) e.payment = payment
  return payment
}

export const outstanding = (s: State, partner: Partner) =>
  s.accruals.filter(a => a.partner === partner && statusOf(a) === 'earned' && isFree(a))

export function payDirectly(
  s: State,
  partner: Partner | null,
  { accruals, cents, reason }: { accruals: Accrual[] | null; cents: number; reason: boolean },
): Payment | Code {
  const bad = accruals?.some(a => statusOf(a) !== 'earned' || !isFree(a) || a.partner !== partner)
  if (bad) return 'accrual_not_settleable'
  if (accruals && cents !== sum(accruals.map(a => a.cents)) && !reason) return 'adjustment_reason_required'
  return pay(s, 'direct', partner, cents, accruals ?? [])
}

export function release(payment: Payment, to: 'voided' | 'rejected'): Code | null {
  const { origin, status } = payment
  if (origin === 'payout') return 'payout_not_reversible'
  if (to === 'voided' && status === 'voided') return 'already_voided'
  if (to === 'voided' && status === 'rejected' && payment.lines.some(e => e.payment)) return 'accrual_in_other_payment'
  if (status !== 'paid' || origin === 'on_account') return 'invalid_transition'
  for (const e of payment.lines) e.payment = null
  payment.status = to
  return null
}

export function payOnAccount(s: State, partner: Partner, cents: number, status: string): Payment {
  const payment = pay(s, 'on_account', partner, cents, [], status)
  s.credits.push({ payment, partner, netted: [] })
  return payment
}

export function editOnAccount({ payment, netted }: Credit, change: { cents?: number; status?: string }): Code | null {
  const next = { cents: payment.cents, status: payment.status, ...change }
  const same = next.cents === payment.cents && next.status === payment.status
  if (!same && netted.length > 0) return 'payment_netted'
  Object.assign(payment, next)
  return null
}

/** A shop that pays creators: what the tests of payments say again and again. */
import { randomUUID } from 'node:crypto'
import { type AccrualOptions, accrual } from '../../support/accruals.ts'
import type { Answered, RequestOptions } from '../../support/world.ts'
import type { Shop } from '../payouts/support.ts'

export const V = '/api/v1/payout-payments'
type Fields = Record<string, unknown>
type Named = { id: string }

export function till(shop: Shop) {
  const send = (method: string, path: string, body?: unknown, more: RequestOptions = {}): Promise<Answered> =>
    shop.w.request(method, path, body, more)
  const pay = (body: Fields, key: string = randomUUID(), more: RequestOptions = {}) =>
    send('POST', V, { project_id: shop.brand_id, ...body }, { ...more, headers: { 'idempotency-key': key } })
  const one = (payment: Named, query = '') => shop.must(send('GET', `${V}/${payment.id}${query}`))
  return {
    ...{ send, pay, one },
    earn: (who: Named, cents: number, options: AccrualOptions = {}) => accrual(shop, who, cents, options),
    takeBack: (id: string, status: 'rejected' | 'voided' = 'rejected') =>
      shop.must(send('PATCH', `/api/v1/payout-accruals/${id}`, { status })),
    /** Records a payment and expects it to be taken. */
    paid: (body: Fields, key?: string) => shop.must(pay(body, key)),
    list: (query = '') => send('GET', `${V}?project_id=${shop.brand_id}${query}`),
    patch: (payment: Named, body: Fields, more: RequestOptions = {}) => send('PATCH', `${V}/${payment.id}`, body, more),
    void: (payment: Named) => send('PATCH', `${V}/${payment.id}`, { status: 'voided' }),
    reject: (payment: Named, reason = 'the account is closed') =>
      shop.send('PATCH', `/payments/${payment.id}`, { status: 'rejected', reason }),
    onAccount: (body: Fields) => shop.send('POST', '/publisher-payouts', body),
    changeOnAccount: (payout: Named, body: Fields) => shop.send('PATCH', `/publisher-payouts/${payout.id}`, body),
    /** `[id, status]` of accruals as the tables say it: taken back, paid by a payment, or earned. */
    statuses: async (...ids: string[]) => {
      const rows = await shop.w.sql(
        `select e.id, coalesce((select mark from earnings r where r.reverses_id = e.id),
           case when t.payment_id is not null then 'paid' else 'earned' end) as status
         from earnings e join tabs t on t.id = e.tab_id where e.id = any($1)`,
        [ids],
      )
      return ids.map(id => rows.find(row => row.id === id)?.status)
    },
  }
}

/** The cents of each line of a payment. */
export const linesOf = (payment: { payout_payment_lines: { amount_cents: number }[] }) =>
  payment.payout_payment_lines.map(line => line.amount_cents)
/** The cents and reason of each adjustment of a payment. */
export const adjustmentsOf = (payment: { payout_adjustments: { amount_cents: number; reason: string }[] }) =>
  payment.payout_adjustments.map(a => [a.amount_cents, a.reason])
/** An id that nothing has. */
export const NOBODY = '01900000-0000-7000-8000-000000000000'

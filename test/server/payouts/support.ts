/**
 * A shop of its own for each story: a program in the file's world, so that stories share a database but no balance.
 *
 *   story('a title worded as a fact', async shop => { … })
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answered, type RequestOptions, type World, type WorldOptions, world } from '../../support/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are compared, not typed
type Json = any
type Fields = Record<string, unknown>
type Named = { id: string; slug?: string }
export type Shop = ReturnType<typeof shopIn>

let programs = 0

/** One world for a file; each story has a program and the clock of the beginning. Every check runs at the end. */
export function stories(options: WorldOptions & { today: string }) {
  const made: { world?: World } = {}
  beforeAll(async () => {
    made.world = await world(options)
  })
  afterAll(() => made.world?.close())
  return (title: string, tell: (shop: Shop) => Promise<void>, timeout?: number) =>
    test(title, { timeout }, async () => {
      const w = made.world as World
      await w.travelTo(options.today)
      const program = (
        await w.api.organizations.createProgram({ body: { name: `Shop ${++programs}`, currency: options.currency } })
      ).data
      await tell(shopIn(w, program.id))
    })
}

export function shopIn(w: World, brand_id: string) {
  let numbers = 0
  const path = (rest = '') => `/api/brands/${brand_id}${rest}`
  const send = (method: string, rest: string, body?: unknown, more: RequestOptions = {}) =>
    w.request(method, path(rest), body, more)
  const must = async (answer: Promise<Answered>): Promise<Json> => {
    const { status, data, text } = await answer
    expect(status, text).toBeLessThan(300)
    return data
  }
  const partner = (name = 'Ada', fields: Fields = {}) => must(send('POST', '/partners', { name, ...fields }))
  const campaign = (fields: Fields = {}) => {
    const terms = fields.cost_model === undefined ? { cost_model: 'cpa', amount_cents: 10_00 } : {}
    return must(send('POST', '/campaigns', { name: `Campaign ${++numbers}`, ...terms, ...fields }))
  }
  let usual: Promise<Named> | undefined
  /** A conversion that pays this much, in the shop's usual campaign unless another is given. */
  async function sale(
    who: Named | string,
    payout_cents?: number,
    { campaign: other, ...fields }: Fields & { campaign?: Named } = {},
  ): Promise<Named> {
    if (!other) usual ??= campaign()
    const at = (other ?? (await usual)) as Named
    const item = {
      external_id: `c-${++numbers}`,
      partner: typeof who === 'string' ? who : who.id,
      campaign: at.slug,
      payout_cents,
      ...fields,
    }
    const data = await must(send('POST', '/conversions', { conversions: [item] }))
    expect(data.results[0], JSON.stringify(data)).toMatchObject({ status: 'created' })
    return { id: data.results[0].conversion_id }
  }
  const none = { owed_cents: 0, unpaid_cents: 0, in_payouts_cents: 0, credit_cents: 0, pending_cents: 0, paid_cents: 0 }
  const balance = async (who: Named, currency = 'USD') =>
    (await must(send('GET', `/payouts/balances?partner_id=${who.id}&currency=${currency}`)))[0] ?? none
  const run = (body: Fields = {}, more: RequestOptions = {}) => send('POST', '/payouts', body, more)
  const patch = (payout: Named | string, body: Fields, more: RequestOptions = {}) =>
    send('PATCH', `/payouts/${typeof payout === 'string' ? payout : payout.id}`, body, more)
  /** Expects a refusal that changes no row of any table. */
  const refused = async (act: () => Promise<Answered>, status: number, code: string) => {
    const before = await w.fingerprint()
    const answer = await act()
    expect([answer.status, answer.error?.code], answer.text).toEqual([status, code])
    expect(await w.fingerprint()).toBe(before)
    return answer
  }
  return {
    ...{ w, brand_id, path, send, must, partner, campaign, sale, balance, run, patch, refused },
    draft: async (who: Named, fields: Fields = {}) => (await must(run({ partner_id: who.id, ...fields }))).payouts[0],
    approve: (payout: Named) => must(patch(payout, { status: 'approved' })),
    pay: (payout: Named, fields: Fields = {}) => must(patch(payout, { status: 'paid', method: 'wire', ...fields })),
    cancel: (payout: Named) => must(patch(payout, { status: 'cancelled' })),
    one: (id: string) => must(send('GET', `/payouts/${id}`)),
    listed: (query = '') => must(send('GET', `/payouts${query}`)),
    balances: (query = '') => send('GET', `/payouts/balances${query}`),
    settings: (body: Fields) => must(send('PATCH', '/settings/payouts', body)),
    statusOf: async (conversion: Named) => (await must(send('GET', `/conversions/${conversion.id}`))).status,
    reverse: (conversion: Named, fields: Fields = {}) =>
      send('POST', `/conversions/${conversion.id}/reversal`, { reason: 'refund', ...fields }),
    decide: (verdict: 'approve' | 'reject', ...ids: string[]) => must(send('POST', `/conversions/${verdict}`, { ids })),
    /** A payout that is paid, of what the partner has. */
    async paid(who: Named, fields: Fields = {}) {
      const payout = await this.draft(who)
      await this.approve(payout)
      return this.pay(payout, fields)
    },
  }
}

/** The amount of each line of a payout. */
export const amounts = (payout: { lines: { amount_cents: number }[] }) => payout.lines.map(line => line.amount_cents)

/** Each refusal of the closed list, provoked over HTTP: its status, and the one shape of D2.9. Source: spec B3.1. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { status } from '../../src/api/status.ts'
import { type RefusalCode, refusalCodes } from '../../src/core/refusal.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { accrual } from '../support/accruals.ts'
import { keyOf } from '../support/keys.ts'
import { read, sources } from '../support/source-files.ts'
import { type Answered, type RequestOptions, type World, world } from '../support/world.ts'
import { type Shop, shopIn } from './payouts/support.ts'

const V = '/api/v1'
const NOBODY = '01900000-0000-7000-8000-000000000000'
let w: World
let shop: Shop
beforeAll(async () => {
  w = await world({ today: '2026-03-10', config: { log_level: 'silent' } })
  shop = shopIn(w, w.brand_id)
})
afterAll(() => w.close())

type Named = { id: string }
const ask = (method: string, path: string, body?: unknown, more: RequestOptions = {}) =>
  w.request(method, `${V}${path}`, body, more)
const must = (method: string, path: string, body?: unknown) => shop.must(ask(method, path, body))
const keyed = (key: string = randomUUID()) => ({ headers: { 'idempotency-key': key } })
const pay = (body: object, more: RequestOptions = keyed()) =>
  ask('POST', '/payout-payments', { project_id: w.brand_id, total_amount_cents: 10_00, ...body }, more)
const patchPayment = ({ id }: Named, body: object) => ask('PATCH', `/payout-payments/${id}`, body)
const set = (id: string, status: string) => ask('PATCH', `/payout-accruals/${id}`, { status })

/** A creator with an accrual of 10.00. */
async function earner(): Promise<{ ada: Named; accrual_id: string }> {
  const ada = await shop.partner()
  return { ada, accrual_id: await accrual(shop, ada, 10_00) }
}

/** A direct payment of one accrual. */
async function payment(): Promise<Named & { accrual_id: string }> {
  const { accrual_id } = await earner()
  return { ...(await shop.must(pay({ accrual_ids: [accrual_id] }))), accrual_id }
}

async function paidPayout(): Promise<Named & { payment_id: string; partner_id: string }> {
  return shop.paid((await earner()).ada)
}

const monthly = { period: 'monthly', amount_cents: 1_00, currency: 'USD', criteria_type: 'recurring', criteria_params: {} }
async function archived(): Promise<string> {
  const body = { project_id: w.brand_id, name: 'Base', ...monthly, proration_mode: 'skip' }
  const { structure_id } = await must('POST', '/payout-structures', body)
  await must('DELETE', `/payout-structures/${structure_id}`)
  return structure_id
}

let organizations = 0
const keyOnPlan = async (plan: 'free' | 'starter') => {
  const fields = { plan, name: plan, time_zone: 'UTC', currency: 'USD', email: `${plan}-${++organizations}@example.org` }
  return (await createOrganization(w.app, fields)).api_key
}

/** What provokes each code. */
const acts: Partial<Record<RefusalCode, () => Promise<Answered>>> = {
  invalid_api_key: () => ask('GET', '/payout-methods', undefined, { key: `tga_${'0'.repeat(64)}` }),
  unauthorized: () => shop.send('GET', '/payouts', undefined, { key: null }),
  forbidden: async () => {
    const key = await keyOf(w, { owner: 'member' })
    return ask('GET', '/payout-methods?include_disabled=1', undefined, { key })
  },
  insufficient_scope: async () => {
    const key = await keyOf(w, { scopes: ['read'] })
    return ask('POST', '/payout-payments', {}, { key, ...keyed() })
  },
  rate_limit_exceeded: async () => ask('GET', '/payout-methods', undefined, { key: await keyOnPlan('free') }),
  limit_reached: async () => {
    const key = await keyOnPlan('starter')
    for (let n = 4; n <= 10; n++) await shop.must(ask('POST', '/payout-methods', { name: `Method ${n}` }, { key }))
    return ask('POST', '/payout-methods', { name: 'Method 11' }, { key })
  },
  invalid_body: () => pay({ acrual_ids: [] }),
  invalid_query: () => ask('GET', '/payout-accruals?limit=101'),
  invalid_params: () => ask('GET', '/payout-accruals/7'),
  not_found: () => ask('GET', `/payout-accruals/${NOBODY}`),
  method_not_allowed: () => ask('POST', '/payout-accruals', {}),
  payload_too_large: () => pay({ note: 'x'.repeat(1_100_000) }),
  unsupported_media_type: () => ask('POST', '/payout-methods', 'name=Zelle', { headers: { 'content-type': 'text/plain' } }),
  idempotency_key_required: () => pay({}, {}),
  idempotency_key_reused: async () => {
    const key = randomUUID()
    await shop.must(pay({}, keyed(key)))
    return pay({ note: 'another' }, keyed(key))
  },
  invalid_transition: async () => {
    const { accrual_id } = await earner()
    await shop.must(set(accrual_id, 'rejected'))
    return set(accrual_id, 'voided')
  },
  no_unpaid_balance: async () => shop.run({ partner_id: (await shop.partner()).id }),
  below_minimum_threshold: async () => {
    const other = shopIn(w, (await must('POST', '/projects', { name: 'With a minimum' })).id)
    await other.settings({ minimum_threshold_cents: 50_00 })
    const ada = await other.partner()
    await accrual(other, ada, 10_00)
    return other.run({ partner_id: ada.id })
  },
  payout_not_reversible: async () => patchPayment({ id: (await paidPayout()).payment_id }, { status: 'voided' }),
  payment_netted: async () => {
    const { ada } = await earner()
    const paid = await shop.must(shop.send('POST', '/publisher-payouts', { publisher_id: ada.id, requested_amount_cents: 1_00 }))
    await shop.paid(ada)
    return shop.send('PATCH', `/publisher-payouts/${paid.id}`, { requested_amount_cents: 2_00 })
  },
  invalid_cost_model: async () => {
    const { id } = await shop.campaign({ cost_model: 'cpc' })
    return shop.send('PUT', `/campaigns/${id}/custom-payouts`, { tables: { geo: 'US, 10' } })
  },
  conflict_name: () => ask('POST', '/payout-methods', { name: 'venmo' }),
  handle_taken: async () => {
    const [, ben] = await Promise.all(
      ['ada', 'ben'].map(name => must('POST', `/projects/${w.brand_id}/creators`, { tiktok_handle: name })),
    )
    return ask('PATCH', `/creators/${ben.id}`, { tiktok_handle: 'ada' })
  },
  default_method: async () => {
    const [method] = await must('GET', '/payout-methods')
    return ask('DELETE', `/payout-methods/${method.id}`)
  },
  structure_archived: async () => {
    const body = { creator_ids: [(await shop.partner()).id] }
    return ask('POST', `/payout-structures/${await archived()}/assignments`, body)
  },
  has_accruals: async () => {
    const { structure_id } = await must('GET', `/payout-accruals/${(await earner()).accrual_id}`)
    return ask('DELETE', `/payout-structures/${structure_id}?mode=hard`)
  },
  cannot_set_paid_directly: async () => set((await earner()).accrual_id, 'paid'),
  cannot_set_status_on_paid_accrual: async () => set((await payment()).accrual_id, 'rejected'),
  currency_mismatch: async () => pay({ accrual_ids: [(await earner()).accrual_id], currency: 'EUR' }),
  accrual_not_settleable: async () => pay({ accrual_ids: [(await payment()).accrual_id] }),
  adjustment_reason_required: async () => pay({ accrual_ids: [(await earner()).accrual_id], total_amount_cents: 9_99 }),
  already_voided: async () => {
    const paid = await payment()
    await shop.must(patchPayment(paid, { status: 'voided' }))
    return patchPayment(paid, { status: 'voided' })
  },
  accrual_in_other_payment: async () => {
    const paid = await payment()
    await shop.must(shop.send('PATCH', `/payments/${paid.id}`, { status: 'rejected', reason: 'came back' }))
    await shop.must(pay({ accrual_ids: [paid.accrual_id] }))
    return patchPayment(paid, { status: 'voided' })
  },
  internal_error: async () => {
    await w.sql('alter table payout_methods rename to payout_methods_gone')
    const answer = await ask('GET', '/payout-methods')
    await w.sql('alter table payout_methods_gone rename to payout_methods')
    return answer
  },
  unavailable: async () => {
    const other = await world({ config: { log_level: 'silent' } })
    await other.db.close()
    const answer = await other.request('GET', `${V}/payout-methods`)
    await other.server.close()
    await other.database.remove()
    return answer
  },
}

/** Said of one of several conversions, beside the others' verdicts (spec G2): the answer is 200. */
const verdicts: Partial<Record<RefusalCode, () => Promise<Answered>>> = {
  conversion_in_payout: async () => {
    const [ada, sale] = await sold()
    await shop.approve(await shop.draft(ada))
    return shop.send('POST', '/conversions/reject', { ids: [sale.id] })
  },
  conversion_paid: async () => {
    const [ada, sale] = await sold()
    await shop.paid(ada)
    return shop.send('POST', '/conversions/reject', { ids: [sale.id] })
  },
}
const sold = async (): Promise<[Named, Named]> => {
  const ada = await shop.partner()
  return [ada, await shop.sale(ada, 10_00)]
}

/** Provoked by another test, since it takes two connections or a signal. */
const elsewhere: Partial<Record<RefusalCode, string>> = {
  idempotency_in_progress: 'test/faults/idempotency.test.ts',
  already_member: 'test/server/organizations/team.test.ts',
  last_admin: 'test/server/organizations/team.test.ts',
}

/** Codes of parts that are still to come; nothing refuses with them yet. */
const later: Partial<Record<RefusalCode, string>> = {
  payout_changed: 'comes with the drafts that are compared with what the caller saw (BX-06)',
  quickbooks_not_connected: 'comes with the books (A12)',
}

/** What the documents promise in `meta` besides the code. */
const metas: Partial<Record<RefusalCode, object>> = {
  insufficient_scope: { required: 'write', granted: ['read'] },
  rate_limit_exceeded: { retry_after: expect.any(Number) },
  limit_reached: { limit_key: 'max_payout_methods_per_org', current: 10, max: 10 },
  invalid_body: { errors: [{ path: '', message: expect.stringContaining('acrual_ids') }] },
  invalid_query: { errors: [{ path: 'limit', message: expect.any(String) }] },
  invalid_params: { errors: [{ path: 'accrual_id', message: expect.any(String) }] },
  unavailable: { retry_after: expect.any(Number) },
}

describe('each code', () => {
  for (const [code, act] of Object.entries(acts) as [RefusalCode, () => Promise<Answered>][]) {
    test(`${code} is answered with ${status[code]}, in the one shape`, async () => {
      const answer = await act()
      expect([answer.status, answer.error?.code], answer.text).toEqual([status[code], code])
      expect(JSON.parse(answer.text)).toEqual({
        data: null,
        error: { code, message: expect.stringMatching(/^[A-Z].{10,}/s) },
        meta: expect.objectContaining({ code, request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), ...metas[code] }),
      })
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
      expect(answer.headers['retry-after'] === undefined).toBe(answer.meta.retry_after === undefined)
    })
  }

  for (const [code, act] of Object.entries(verdicts) as [RefusalCode, () => Promise<Answered>][]) {
    test(`${code} is said of one conversion among several`, async () => {
      const { status, data } = await act()
      expect(status).toBe(200)
      expect(data.results).toMatchObject([{ status: null, error: { code, message: expect.stringMatching(/^[A-Z].{10,}/s) } }])
    })
  }
})

test('every code of the closed list is provoked, here or where it says', () => {
  const covered = [acts, verdicts, elsewhere, later].flatMap(each => Object.keys(each))
  expect(covered.toSorted()).toEqual([...refusalCodes].toSorted())
  for (const [code, file] of Object.entries(elsewhere)) expect(read(file as string)).toContain(`'${code}'`)
})

test('what comes later is refused nowhere yet', () => {
  const server = sources('src/server', 'src/core').filter(file => file.path !== 'src/core/refusal.ts')
  for (const code of Object.keys(later)) {
    expect(
      server.filter(({ path }) => read(path).includes(`'${code}'`)).map(file => file.path),
      code,
    ).toEqual([])
  }
})

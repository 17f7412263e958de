import { describe, expect } from 'vitest'
import { keyOf } from '../../support/keys.ts'
import { type Json, stories } from './support.ts'

const story = stories({ today: '2026-03-31T12:00:00Z' })

describe('a key', () => {
  story('of one project sees and changes the structures and accruals of that one alone', async shop => {
    const { structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
    const other = await shop.another()
    const theirs = await keyOf(shop.w, { brand_id: other })
    const ours = await keyOf(shop.w, { brand_id: shop.brand_id })
    const paths = [`/payout-structures/${at.id}`, `/payout-structures/${at.id}/assignments`, `/payout-accruals/${accrual.id}`]
    for (const path of paths) {
      expect([path, (await shop.v1('GET', path, undefined, { key: theirs })).status]).toEqual([path, 404])
      expect([path, (await shop.v1('GET', path, undefined, { key: ours })).status]).toEqual([path, 200])
    }
    const writes: [method: string, path: string, body?: Json][] = [
      ['PATCH', `/payout-structures/${at.id}`, { kind: 'cosmetic', name: 'X' }],
      ['DELETE', `/payout-structures/${at.id}`],
      ['POST', `/payout-structures/${at.id}/assignments`, { creator_ids: [accrual.creator_id] }],
      ['DELETE', `/payout-structures/${at.id}/assignments`, { creator_ids: [accrual.creator_id] }],
      ['PATCH', `/payout-accruals/${accrual.id}`, { status: 'voided' }],
      ['DELETE', `/creators/${accrual.creator_id}`],
    ]
    for (const [method, path, body] of writes)
      await shop.refused(() => shop.v1(method, path, body, { key: theirs }), 404, 'not_found')
    await shop.refused(() => shop.v1('POST', '/payout-structures', bodyOf(shop), { key: theirs }), 404, 'not_found')
    for (const list of ['/payout-structures', '/payout-accruals']) {
      expect((await shop.v1('GET', list, undefined, { key: theirs })).data).toEqual([])
      expect((await shop.v1('GET', `${list}?project_id=${shop.brand_id}`, undefined, { key: theirs })).data).toEqual([])
      expect((await shop.v1('GET', list, undefined, { key: ours })).data).toHaveLength(1)
    }
  })

  story('of a plain member reads and changes nothing', async shop => {
    const { structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
    const key = await keyOf(shop.w, { owner: 'member' })
    expect((await shop.v1('GET', `/payout-structures/${at.id}`, undefined, { key })).status).toBe(200)
    expect((await shop.v1('GET', `/payout-accruals/${accrual.id}`, undefined, { key })).status).toBe(200)
    const writes: [method: string, path: string, body?: Json][] = [
      ['PATCH', `/payout-structures/${at.id}`, { kind: 'rule', amount_cents: 1 }],
      ['DELETE', `/payout-structures/${at.id}?mode=hard`],
      ['DELETE', `/payout-structures/${at.id}/assignments`, { creator_ids: [accrual.creator_id] }],
      ['PATCH', `/payout-accruals/${accrual.id}`, { status: 'voided' }],
      ['DELETE', `/creators/${accrual.creator_id}`],
    ]
    for (const [method, path, body] of writes) await shop.refused(() => shop.v1(method, path, body, { key }), 403, 'forbidden')
  })
})

const bodyOf = (shop: { brand_id: string }) => ({
  ...{ project_id: shop.brand_id, name: 'Base', period: 'monthly', amount_cents: 1, currency: 'USD' },
  ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'skip' },
})

/** Refunds and chargebacks, whole and in part, wherever the money stands. */
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { conversion, cpa, created, revshare, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Sale = { id: string }
const take = async (shop: Shop, sale: Sale, amount_cents?: number, fields: Record<string, unknown> = {}) =>
  (await shop.must(shop.reverse(sale, { amount_cents, ...fields }))).earning?.amount_cents
const sold = async (shop: Shop, percent: string, revenue_cents: number, fields: Record<string, unknown> = {}) => {
  const [ada, campaign] = [await shop.partner(), await revshare(shop, percent, fields)]
  return { ada, campaign, sale: await created(shop, { partner: ada, campaign, revenue_cents }) }
}
const draftOf = async (shop: Shop, who: { id: string }, until: 'draft' | 'approved' | 'paid') => {
  const payout = await shop.draft(who)
  if (until !== 'draft') await shop.approve(payout)
  if (until === 'paid') await shop.pay(payout)
  return payout as { id: string }
}

describe('a part', () => {
  story(
    'takes the commission in proportion, rounded once on what was taken in all, and the last one the remainder',
    async shop => {
      const { ada, sale } = await sold(shop, '10', 100_01)
      expect([await take(shop, sale, 33_33), await take(shop, sale, 33_33), await take(shop, sale)]).toEqual([
        -3_33, -3_34, -3_33,
      ])
      expect(await conversion(shop, sale)).toMatchObject({ reversed_cents: 100_01, commission_cents: 10_00 })
      expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, revenue_cents: 0, conversion_count: 0 })
    },
  )

  story('of a cent each never takes more than there was', async shop => {
    const { ada, sale } = await sold(shop, '50', 7)
    const parts: (number | undefined)[] = []
    for (let n = 0; n < 7; n++) parts.push(await take(shop, sale, 1))
    expect([parts.reduce((sum, part) => sum! + part!, 0), (await shop.balance(ada)).owed_cents]).toEqual([-4, 0])
    await shop.refused(() => shop.reverse(sale), 409, 'invalid_transition')
  })

  story('is what the row says: revenue, its commission, and the words why', async shop => {
    const { sale } = await sold(shop, '10', 80_00)
    const { status, data } = await shop.reverse(sale, { amount_cents: 20_00, reason: 'broken cup' })
    expect([status, data]).toEqual([
      201,
      {
        ...{ id: expect.any(String), conversion_id: sale.id, revenue_cents: 20_00 },
        earning: {
          ...{ id: expect.any(String), kind: 'reversal', amount_cents: -2_00, currency: 'USD' },
          because: 'Reversal of 20.00 USD of 80.00: broken cup',
        },
      },
    ])
  })

  story('larger than what is left is refused, and nothing is taken', async shop => {
    const { sale } = await sold(shop, '10', 80_00)
    await shop.refused(() => shop.reverse(sale, { amount_cents: 80_01 }), 400, 'invalid_body')
    await take(shop, sale, 50_00)
    const { meta } = await shop.refused(() => shop.reverse(sale, { amount_cents: 30_01 }), 400, 'invalid_body')
    expect(meta.errors).toEqual([{ path: 'amount_cents', message: 'must be at most 3000' }])
    expect(await take(shop, sale, 30_00)).toBe(-3_00)
  })

  story('of two that come together, for more than there is, one is taken', async shop => {
    const { ada, sale } = await sold(shop, '10', 80_00)
    const answers = await Promise.all([1, 2, 3].map(() => shop.reverse(sale, { amount_cents: 50_00 })))
    expect(answers.map(a => a.status).sort()).toEqual([201, 400, 400])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 3_00 })
  })
})

describe('the whole', () => {
  story('of a sale without revenue takes its flat commission', async shop => {
    const ada = await shop.partner()
    const sale = await created(shop, { partner: ada, campaign: await cpa(shop, 5_00) })
    await shop.refused(() => shop.reverse(sale, { amount_cents: 1 }), 400, 'invalid_body')
    expect(await take(shop, sale)).toBe(-5_00)
    await shop.refused(() => shop.reverse(sale), 409, 'invalid_transition')
    expect((await shop.balance(ada)).owed_cents).toBe(0)
  })

  story('of what earned nothing is recorded and takes nothing', async shop => {
    const { ada, sale } = await sold(shop, '0', 80_00)
    expect(await take(shop, sale)).toBe(0)
    expect([(await conversion(shop, sale)).reversed_cents, (await shop.balance(ada)).owed_cents]).toEqual([80_00, 0])
  })

  story('of what is on hold is taken from what is to come', async shop => {
    const { ada, sale } = await sold(shop, '10', 80_00, { hold_hours: 72 })
    await take(shop, sale, 20_00)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 6_00 })
    await take(shop, sale)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, pending_cents: 0 })
    await shop.w.travelTo('2026-03-20')
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0 })
  })

  story('of what waits for review rejects it; a part of it must wait for the verdict', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10')]
    const sale = await created(shop, { partner: ada, campaign, revenue_cents: 80_00, status: 'pending' })
    await shop.refused(() => shop.reverse(sale, { amount_cents: 1_00 }), 409, 'invalid_transition')
    expect(await shop.must(shop.reverse(sale))).toMatchObject({ revenue_cents: 80_00, earning: null })
    expect([await shop.statusOf(sale), await shop.balance(ada)]).toMatchObject([
      'rejected',
      { pending_cents: 0, unpaid_cents: 0 },
    ])
  })

  story('of what is rejected, unknown or another brand’s is refused', async shop => {
    const { sale } = await sold(shop, '10', 80_00)
    await shop.decide('reject', sale.id)
    await shop.refused(() => shop.reverse(sale), 409, 'invalid_transition')
    await shop.refused(() => shop.reverse({ id: randomUUID() }), 404, 'not_found')
    const foreign = await shop.w.conversion({ partner: await shop.w.partner('Eve'), campaign: await shop.w.campaign() })
    await shop.refused(() => shop.reverse(foreign), 404, 'not_found')
    for (const body of [{ reason: '' }, { amount_cents: 0 }, { amount_cents: -1 }, { amount_cents: 0.5 }, { amount: 5 }])
      await shop.refused(() => shop.reverse(sale, body), 400, 'invalid_body')
  })
})

describe('where the money stands', () => {
  for (const until of ['draft', 'approved', 'paid'] as const) {
    story(
      `in a ${until} payout ${until === 'draft' ? 'the draft follows' : 'the payout stands and a clawback nets next time'}`,
      async shop => {
        const { ada, campaign, sale } = await sold(shop, '10', 100_00)
        await created(shop, { partner: ada, campaign, revenue_cents: 50_00 })
        const payout = await draftOf(shop, ada, until)
        const { earning } = await shop.must(shop.reverse(sale, { amount_cents: 40_00 }))
        const beside = until === 'draft'
        expect(earning).toMatchObject({ kind: beside ? 'reversal' : 'clawback', amount_cents: -4_00 })
        expect(await shop.one(payout.id)).toMatchObject({ status: until, amount_cents: beside ? 11_00 : 15_00 })
        if (until === 'draft') await shop.approve(payout)
        if (until !== 'paid') await shop.pay(payout)
        expect(await shop.balance(ada)).toMatchObject({
          owed_cents: 0,
          unpaid_cents: beside ? 0 : -4_00,
          paid_cents: beside ? 11_00 : 15_00,
        })
        await created(shop, { partner: ada, campaign, revenue_cents: 90_00 })
        expect(await shop.draft(ada)).toMatchObject({ amount_cents: beside ? 9_00 : 5_00, conversion_count: 1 })
        expect(await shop.statusOf(sale)).toBe('paid')
      },
    )
  }

  story('parts before and after the payment come to the whole, and not a cent more', async shop => {
    const { ada, campaign, sale } = await sold(shop, '10', 100_01)
    expect(await take(shop, sale, 33_33)).toBe(-3_33)
    expect((await shop.paid(ada)).amount_cents).toBe(6_67)
    expect([await take(shop, sale, 33_33), await take(shop, sale)]).toEqual([-3_34, -3_33])
    await shop.refused(() => shop.reverse(sale), 409, 'invalid_transition')
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: -6_67, owed_cents: 0 })
    await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'no_unpaid_balance')
    await created(shop, { partner: ada, campaign, revenue_cents: 100_00 })
    expect((await shop.draft(ada)).amount_cents).toBe(3_33)
  })

  story('a draft that would fall to nothing stays, with its lines, and can be cancelled', async shop => {
    const { ada, sale } = await sold(shop, '10', 100_00)
    const payout = await draftOf(shop, ada, 'draft')
    await take(shop, sale)
    expect(await shop.one(payout.id)).toMatchObject({ status: 'draft', amount_cents: 0, conversion_count: 0 })
    await shop.cancel(payout)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, in_payouts_cents: 0 })
  })

  story('a clawback comes at once, though the campaign has a hold', async shop => {
    const { ada, sale } = await sold(shop, '10', 100_00, { hold_hours: 24 })
    await shop.w.travelTo('2026-03-12')
    await shop.paid(ada)
    await take(shop, sale, 50_00)
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: -5_00, pending_cents: 0 })
  })
})

describe('the same external id again', () => {
  story('gives the first answer, whatever else is sent, and takes nothing more', async shop => {
    const { ada, sale } = await sold(shop, '10', 100_00)
    const first = await shop.reverse(sale, { amount_cents: 40_00, external_id: 'r-1' })
    const before = await shop.w.fingerprint()
    const again = await shop.reverse(sale, { amount_cents: 60_00, reason: 'other', external_id: 'r-1' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.data).toEqual(first.data)
    expect(await shop.w.fingerprint()).toBe(before)
    expect(await shop.must(shop.reverse(sale, { amount_cents: 60_00, external_id: 'r-2' }))).toMatchObject({
      revenue_cents: 60_00,
    })
    expect((await shop.balance(ada)).owed_cents).toBe(0)
    expect((await shop.reverse(sale, { external_id: 'r-1' })).data).toEqual(first.data)
  })

  story('at the same time takes it once, and everybody gets the same answer', async shop => {
    const { ada, sale } = await sold(shop, '10', 100_00)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop.reverse(sale, { amount_cents: 40_00, external_id: 'r-1' })),
    )
    expect(answers.map(a => a.status).sort()).toEqual([200, 200, 200, 200, 200, 201])
    expect(new Set(answers.map(a => a.data.id)).size).toBe(1)
    expect((await shop.balance(ada)).owed_cents).toBe(6_00)
  })

  story('on another conversion is another reversal', async shop => {
    const { ada, campaign, sale } = await sold(shop, '10', 100_00)
    const other = await created(shop, { partner: ada, campaign, revenue_cents: 100_00 })
    const answers = await Promise.all([sale, other].map(each => shop.reverse(each, { external_id: 'r-1' })))
    expect(answers.map(a => a.status)).toEqual([201, 201])
    expect((await shop.balance(ada)).owed_cents).toBe(0)
  })
})

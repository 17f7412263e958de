/** What the list of structures shows and finds, and what a structure made so far. */
import { describe, expect } from 'vitest'
import { type Json, milestones, stories } from './support.ts'

const story = stories({ today: '2026-03-01' })
const names = (answer: Json) => answer.data.map((row: Json) => row.name)

describe('the list', () => {
  story('counts who is on each structure now, and not who was', async shop => {
    const [base, extra] = [await shop.structure({ name: 'Base' }), await shop.structure({ name: 'Extra' })]
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    await shop.assign(base, ada, bob)
    await shop.assign(extra, ada)
    await shop.unassign(base, bob)
    const { data } = await shop.listed()
    expect(data.map((row: Json) => [row.name, row.assignment_count])).toEqual([
      ['Extra', 1],
      ['Base', 1],
    ])
    expect((await shop.detail(base)).assignment_count).toBe(1)
    expect((await shop.must(shop.patch(base, { kind: 'cosmetic', name: 'Basis' }))).assignment_count).toBe(1)
  })

  story('finds a part of a name whatever the case, its wildcards taken as letters', async shop => {
    for (const name of ['Monthly base', '100% bonus', 'Views']) await shop.structure({ name })
    expect(names(await shop.listed('q=BASE'))).toEqual(['Monthly base'])
    expect(names(await shop.listed(`q=${encodeURIComponent('%')}`))).toEqual(['100% bonus'])
    expect(names(await shop.listed('q=nothing'))).toEqual([])
  })

  story('filters by the type that counts now, together with what else is asked', async shop => {
    const base = await shop.structure({ name: 'Base' })
    await shop.structure({ name: 'Views', ...milestones })
    await shop.structure({ name: 'CPM', criteria_type: 'cpm' })
    expect(names(await shop.listed('criteria_type=view_threshold'))).toEqual(['Views'])
    await shop.must(shop.patch(base, { kind: 'rule', criteria_type: 'cpm' }))
    expect(names(await shop.listed('criteria_type=cpm'))).toEqual(['CPM', 'Base'])
    expect(names(await shop.listed('criteria_type=recurring'))).toEqual([])
    expect(names(await shop.listed('criteria_type=cpm&q=ba&is_active=true'))).toEqual(['Base'])
    await shop.refused(() => shop.listed('criteria_type=colour'), 400, 'invalid_query')
  })
})

describe('what a structure made so far', () => {
  const totals = (shop: { get(path: string): Promise<Json> }, id: string) => shop.get(`/payout-structures/${id}/totals`)

  story('is nothing at first', async shop => {
    const { id } = await shop.structure()
    expect(await totals(shop, id)).toEqual({
      ...{ currency: 'USD', accrual_count: 0, accrued_cents: 0 },
      ...{ taken_back_count: 0, taken_back_cents: 0, paid_cents: 0 },
    })
  })

  story(
    'adds accruals of all its versions, says what was taken back and what is paid, and leaves out other structures',
    async shop => {
      const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
      const [base, other] = [await shop.structure({ amount_cents: 10_00 }), await shop.structure({ amount_cents: 99_00 })]
      await shop.assign(base, ada, bob)
      await shop.assign(other, ada)
      await shop.night('2026-04-01')
      await shop.must(shop.patch(base, { kind: 'rule', amount_cents: 30_00 }))
      await shop.night('2026-05-01')
      const made = await shop.accruals(`structure_id=${base.id}`)
      expect(made).toHaveLength(4)
      const of = (who: { id: string }, cents: number) =>
        made.find((each: Json) => each.creator_id === who.id && each.amount_cents === cents)
      await shop.must(shop.set(of(bob, 30_00), 'rejected'))
      await shop.must(
        shop.v1(
          'POST',
          '/payout-payments',
          { project_id: shop.brand_id, creator_id: ada.id, total_amount_cents: 10_00, accrual_ids: [of(ada, 10_00).id] },
          { headers: { 'idempotency-key': shop.w.app.newId() } },
        ),
      )
      expect(await totals(shop, base.id)).toEqual({
        ...{ currency: 'USD', accrual_count: 4, accrued_cents: 80_00 },
        ...{ taken_back_count: 1, taken_back_cents: 30_00, paid_cents: 10_00 },
      })
      expect(await totals(shop, other.id)).toMatchObject({ accrual_count: 2, accrued_cents: 198_00, paid_cents: 0 })
    },
  )
})

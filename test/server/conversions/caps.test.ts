/** Caps: how many conversions of a campaign are paid in a day, week and month of the organization's zone. */
import { expect } from 'vitest'
import { conversion, cpa, created, earns, item, record, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z', time_zone: 'America/New_York' })
const capped = (shop: Shop, caps: Record<string, number | null>) => cpa(shop, 5_00, { caps })

story('over the daily cap a conversion pays nothing, says over_cap and is seen [RT-46]', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 2 }) }
  expect(await earns(shop, fields)).toBe(5_00)
  expect(await earns(shop, fields)).toBe(5_00)
  const over = await created(shop, fields)
  expect(over.earning).toEqual({ amount_cents: 0, currency: 'USD', because: '0.00 USD: over the daily cap' })
  expect(await conversion(shop, over)).toMatchObject({ status: 'approved', reason: 'over_cap', commission_cents: 0 })
  expect(await shop.balance(fields.partner)).toMatchObject({ owed_cents: 10_00, conversion_count: 3 })
})

story('a cap is the whole campaign’s: one partner’s conversions fill it for another, in one batch too', async shop => {
  const campaign = await capped(shop, { daily: 3 })
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  const results = await record(shop, ...[ada, bob, ada, bob, ada].map(partner => item({ partner, campaign })))
  expect(results.map(r => r.earning?.amount_cents)).toEqual([5_00, 5_00, 5_00, 0, 0])
  expect(await earns(shop, { partner: bob, campaign: await capped(shop, { daily: 1 }) })).toBe(5_00)
})

const edges = [
  ['daily', '2026-03-09T04:00:00Z', '2026-03-10T03:59:59.999Z', '2026-03-10T04:00:00Z', 'a day after the clocks change'],
  ['daily', '2026-03-08T05:00:00Z', '2026-03-09T03:59:59.999Z', '2026-03-09T04:00:00Z', 'the day of 23 hours'],
  ['weekly', '2026-03-02T05:00:00Z', '2026-03-09T03:59:59.999Z', '2026-03-09T04:00:00Z', 'a week begins on Monday'],
  ['monthly', '2026-02-01T05:00:00Z', '2026-03-01T04:59:59.999Z', '2026-03-01T05:00:00Z', 'a month'],
] as const
for (const [cap, first, last, next, what] of edges) {
  story(`the ${cap} cap ends with the organization's own calendar: ${what}`, async shop => {
    const fields = { partner: await shop.partner(), campaign: await capped(shop, { [cap]: 2 }) }
    const at = (occurred_at: string) => earns(shop, { ...fields, occurred_at })
    expect(await at(first)).toBe(5_00)
    expect(await at(last)).toBe(5_00)
    expect(await at(first)).toBe(0)
    expect(await at(last)).toBe(0)
    expect(await at(next)).toBe(5_00)
  })
}

story('the first cap that is full is the one that is named, and what it keeps out fills no other', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 1, weekly: 2, monthly: 3 }) }
  const words: (string | undefined)[] = []
  for (const day of ['02', '02', '03', '04', '04', '09', '09', '16']) {
    const sale = await created(shop, { ...fields, occurred_at: `2026-03-${day}T12:00:00Z` })
    words.push(sale.earning?.because.replace(/^.* over the /, ''))
  }
  const pays = '5.00 USD per sale (campaign rate)'
  expect(words).toEqual([pays, 'daily cap', pays, 'weekly cap', 'weekly cap', pays, 'daily cap', 'monthly cap'])
})

story('rejecting frees room, for the next and not for what was recorded', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 1 }) }
  const first = await created(shop, fields)
  await shop.decide('reject', first.id)
  expect(await earns(shop, fields)).toBe(5_00)
  const over = await created(shop, fields)
  expect([over.earning?.amount_cents, await shop.balance(fields.partner)]).toMatchObject([0, { owed_cents: 5_00 }])
  await shop.decide('reject', over.id)
  expect(await earns(shop, fields)).toBe(0)
})

story('rejecting what was paid frees room, also when others came over the cap meanwhile', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 1 }) }
  const first = await created(shop, fields)
  expect(await earns(shop, fields)).toBe(0)
  await shop.decide('reject', first.id)
  expect(await earns(shop, fields)).toBe(5_00)
  expect(await earns(shop, fields)).toBe(0)
})

story('declined and duplicate conversions take no room', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 2 }) }
  const first = item(fields)
  await record(shop, { ...item(fields), status: 'declined' }, first, first)
  await record(shop, first)
  expect(await earns(shop, fields)).toBe(5_00)
  expect(await earns(shop, fields)).toBe(0)
})

story('a cap set later counts what is there, and one that is taken away pays again', async shop => {
  const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
  const patch = (caps: object) => shop.must(shop.send('PATCH', `/campaigns/${fields.campaign.id}`, { caps }))
  const first = await created(shop, fields)
  await patch({ daily: 1 })
  expect(await earns(shop, fields)).toBe(0)
  await patch({})
  expect(await earns(shop, fields)).toBe(5_00)
  await shop.decide('reject', first.id)
  await patch({ daily: 3 })
  expect(await earns(shop, fields)).toBe(5_00)
})

story('what was taken from a cap while nothing was counted is not remembered', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 1 }) }
  const patch = (caps: object) => shop.must(shop.send('PATCH', `/campaigns/${fields.campaign.id}`, { caps }))
  const first = await created(shop, fields)
  await patch({})
  await shop.decide('reject', first.id)
  await patch({ daily: 1 })
  expect(await earns(shop, fields)).toBe(5_00)
})

story('a postback’s own amount does not lift the cap, and a conversion that waits takes its room', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { monthly: 1 }) }
  const waiting = await created(shop, { ...fields, status: 'pending' })
  expect(await earns(shop, { ...fields, payout_cents: 7_50 })).toBe(0)
  await shop.decide('approve', waiting.id)
  expect(await shop.balance(fields.partner)).toMatchObject({ owed_cents: 5_00, conversion_count: 2 })
})

story('however many come together, no more than the cap are paid', async shop => {
  const fields = { partner: await shop.partner(), campaign: await capped(shop, { daily: 7 }) }
  const results = await Promise.all(
    Array.from({ length: 5 }, () => record(shop, ...Array.from({ length: 4 }, () => item(fields)))),
  )
  expect(results.flat().filter(r => r.earning?.amount_cents === 5_00).length).toBe(7)
})

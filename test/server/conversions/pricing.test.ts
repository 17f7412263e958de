/** What a conversion earns: flat, percentage, tiers, overrides, and which of them speaks first. */
import { describe, expect } from 'vitest'
import { conversion, cpa, created, earns, item, lines, record, revshare, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const cents = (results: { earning: { amount_cents: number } | null }[]) => results.map(r => r.earning?.amount_cents)
const tiered = (shop: Shop, ...amounts: number[]) =>
  shop.campaign({ cost_model: 'cpa', tiers: amounts.map((amount_cents, n) => ({ from: n + 1, amount_cents })) })
const patch = (shop: Shop, { id }: { id: string }, body: object) => shop.must(shop.send('PATCH', `/campaigns/${id}`, body))

describe('the rate', () => {
  story('flat 5.00 earns 5.00; 10 % of 49.99 earns 5.00, rounded once [TR-52]', async shop => {
    const ada = await shop.partner()
    expect(await earns(shop, { partner: ada, campaign: await cpa(shop, 5_00), revenue_cents: 999_00 })).toBe(5_00)
    expect(await earns(shop, { partner: ada, campaign: await revshare(shop, '10'), revenue_cents: 49_99 })).toBe(5_00)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 10_00 })
  })

  story('half a cent is rounded away from zero, and a rate has four decimals', async shop => {
    const fields = { partner: await shop.partner() }
    for (const [percent, revenue_cents, expected] of [
      ['50', 1, 1],
      ['12.5', 4, 1],
      ['12.4999', 4, 0],
      ['33.3333', 3_00, 1_00],
      ['0', 100_00, 0],
      ['100', 99_99, 99_99],
    ] as const) {
      expect(await earns(shop, { ...fields, campaign: await revshare(shop, percent), revenue_cents }), percent).toBe(expected)
    }
  })

  story('10 % for the first 100 sales and 15 % after: the 100th of 50.00 earns 5.00, the 101st 7.50 [TR-53]', async shop => {
    const tiers = [
      { from: 1, percent: '10' },
      { from: 101, percent: '15' },
    ]
    const fields = { partner: await shop.partner(), campaign: await shop.campaign({ cost_model: 'revshare', tiers }) }
    const first = await record(shop, ...Array.from({ length: 99 }, () => item({ ...fields, revenue_cents: 50_00 })))
    expect(new Set(cents(first))).toEqual(new Set([5_00]))
    expect(await earns(shop, { ...fields, revenue_cents: 50_00 })).toBe(5_00)
    const next = await created(shop, { ...fields, revenue_cents: 50_00 })
    expect(next.earning).toEqual({
      amount_cents: 7_50,
      currency: 'USD',
      because: '15 % of 50.00 USD (conversion 101, tier from 101)',
    })
  })

  story(
    'RevShare 30 of 80.00 earns 24.00; Hybrid Signup 5 earns 5.00 of nothing; CPA Hybrid Deposit 20 of 200.00 earns 40.00 [D9.9]',
    async shop => {
      const partner = await shop.partner()
      const share = await revshare(shop, '30')
      await lines(shop, share, { hybrid: 'Signup, 5' })
      expect(await earns(shop, { partner, campaign: share, revenue_cents: 80_00 })).toBe(24_00)
      expect(await earns(shop, { partner, campaign: share, type: 'Signup', revenue_cents: 0 })).toBe(5_00)
      const flat = await cpa(shop, 10_00)
      await lines(shop, flat, { hybrid: 'Deposit, 20' })
      expect(await earns(shop, { partner, campaign: flat, type: 'Deposit', revenue_cents: 200_00 })).toBe(40_00)
      expect(await earns(shop, { partner, campaign: flat, revenue_cents: 200_00 })).toBe(10_00)
    },
  )

  story('an override of 20 % is for this partner; others have the campaign rate [TR-54]', async shop => {
    const [ada, bob, campaign] = [await shop.partner('Ada'), await shop.partner('Bob'), await revshare(shop, '10')]
    await shop.must(shop.send('PUT', `/campaigns/${campaign.id}/overrides/${ada.id}`, { value: '20' }))
    expect(await earns(shop, { partner: ada, campaign, revenue_cents: 100_00 })).toBe(20_00)
    expect(await earns(shop, { partner: bob, campaign, revenue_cents: 100_00 })).toBe(10_00)
  })

  story('a cost model that pays no partner pays nothing, unless the source says what to pay', async shop => {
    const partner = await shop.partner()
    for (const cost_model of ['cpc', 'cpm', 'popcpm', 'none']) {
      const campaign = await shop.campaign({ cost_model })
      expect(await earns(shop, { partner, campaign, revenue_cents: 100_00 }), cost_model).toBe(0)
      expect(await earns(shop, { partner, campaign, payout_cents: 3_00 }), cost_model).toBe(3_00)
    }
  })
})

describe('the order of the rates: each level beats all below it [ON-13]', () => {
  /** A campaign in which every level would speak, from the lowest up to the one named. */
  const levels = ['default', 'tier', 'line', 'hybrid', 'postback', 'paused'] as const
  const because = {
    default: [1_00, '1.00 USD per Lead (campaign rate)'],
    tier: [2_00, '2.00 USD per Lead (conversion 1, tier from 1)'],
    line: [3_00, '3.00 USD per Lead: TYPE line 1 "Lead, 3"'],
    hybrid: [40_00, '40 % of 100.00 USD: HYBRID line 1 "Lead, 40"'],
    postback: [5_00, 'Postback set 5.00 USD'],
    paused: [0, '0.00 USD: the publisher is paused'],
  } as const
  for (const [n, level] of levels.entries()) {
    story(level, async shop => {
      const speaks = (one: (typeof levels)[number]) => levels.indexOf(one) <= n
      const campaign = await cpa(shop, 1_00, speaks('tier') ? { tiers: [{ from: 1, amount_cents: 2_00 }] } : {})
      if (speaks('line')) await lines(shop, campaign, { type: 'Lead, 3' })
      if (speaks('hybrid')) await lines(shop, campaign, { hybrid: 'Lead, 40' })
      const partner = await shop.partner('Ada', speaks('paused') ? { status: 'paused' } : {})
      const fields = { partner, campaign, type: 'Lead', revenue_cents: 100_00, ...(speaks('postback') && { payout_cents: 5_00 }) }
      const { earning } = await created(shop, fields)
      expect([earning?.amount_cents, earning?.because]).toEqual(because[level])
      expect((await shop.balance(partner)).owed_cents).toBe(because[level][0])
    })
  }
})

describe('tiers', () => {
  story('are counted for each partner and campaign apart', async shop => {
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    const [one, two] = [await tiered(shop, 1, 2, 3), await tiered(shop, 10, 20, 30)]
    const items = [
      [ada, one],
      [bob, one],
      [ada, two],
      [ada, one],
      [bob, two],
      [ada, one],
      [ada, one],
    ] as const
    expect(cents(await record(shop, ...items.map(([partner, campaign]) => item({ partner, campaign }))))).toEqual([
      1, 1, 10, 2, 10, 3, 3,
    ])
    expect(await earns(shop, { partner: bob, campaign: one })).toBe(2)
  })

  story(
    'do not count what was declined, and give back the place of what is rejected or taken back while it waits',
    async shop => {
      const fields = { partner: await shop.partner(), campaign: await tiered(shop, 1, 2, 3, 4, 5) }
      await created(shop, { ...fields, status: 'declined' })
      const first = await created(shop, fields)
      expect(first.earning?.amount_cents).toBe(1)
      const waiting = await created(shop, { ...fields, status: 'pending' })
      expect(waiting.earning?.amount_cents).toBe(2)
      await shop.decide('reject', first.id)
      expect(await earns(shop, fields)).toBe(2)
      await shop.must(shop.reverse(waiting))
      expect(await shop.statusOf(waiting)).toBe('rejected')
      expect(await earns(shop, fields)).toBe(2)
      expect(await earns(shop, fields)).toBe(3)
    },
  )

  story('count a refund like any sale: it was made', async shop => {
    const fields = { partner: await shop.partner(), campaign: await tiered(shop, 1, 2, 3) }
    const first = await created(shop, { ...fields, revenue_cents: 1_00 })
    await shop.must(shop.reverse(first))
    expect(await earns(shop, fields)).toBe(2)
  })

  story('do not count a duplicate or a conflict, of external id or event id, before it, beside it or after it', async shop => {
    const fields = { partner: await shop.partner(), campaign: await tiered(shop, 1, 2, 3, 4, 5, 6, 7) }
    const [first, second] = [
      { ...item(fields), event_id: 'e-1' },
      { ...item(fields), event_id: 'e-2' },
    ]
    expect(cents(await record(shop, first, first, { ...item(fields), event_id: 'e-1' }, second))).toEqual([
      1,
      undefined,
      undefined,
      2,
    ])
    const again = [first, { ...second, revenue_cents: 1 }, { ...item(fields), event_id: 'e-2' }]
    expect(cents(await record(shop, ...again, item(fields)))).toEqual([undefined, undefined, undefined, 3])
    expect(await earns(shop, fields)).toBe(4)
  })

  story('added later count what was recorded before', async shop => {
    const fields = { partner: await shop.partner('Ada'), campaign: await cpa(shop, 9_00) }
    const before = await record(shop, item(fields), item(fields), { ...item(fields), status: 'declined' })
    await shop.decide('reject', before[0]?.conversion_id as string)
    await patch(shop, fields.campaign, { tiers: [1, 2, 3].map(from => ({ from, amount_cents: from })) })
    expect(await earns(shop, fields)).toBe(2)
    expect(await earns(shop, { ...fields, partner: await shop.partner('Bob') })).toBe(1)
  })

  story('taken away and put back count what went on meanwhile', async shop => {
    const tiers = [1, 2, 3, 4].map(from => ({ from, amount_cents: from }))
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 9_00, { tiers }) }
    const first = await created(shop, fields)
    await patch(shop, fields.campaign, { tiers: [] })
    await shop.decide('reject', first.id)
    await patch(shop, fields.campaign, { tiers })
    expect(await earns(shop, fields)).toBe(1)
    await patch(shop, fields.campaign, { tiers: [] })
    expect(await earns(shop, fields)).toBe(9_00)
    await patch(shop, fields.campaign, { tiers })
    expect(await earns(shop, fields)).toBe(3)
  })

  story('give each place once, however many batches come together', async shop => {
    const amounts = Array.from({ length: 80 }, (_, n) => n + 1)
    const fields = { partner: await shop.partner(), campaign: await tiered(shop, ...amounts.slice(0, 50)) }
    const batches = Array.from({ length: 5 }, () => Array.from({ length: 10 }, () => item(fields)))
    const results = await Promise.all(batches.map(items => record(shop, ...items)))
    expect(cents(results.flat()).sort((a, b) => a! - b!)).toEqual(amounts.slice(0, 50))
    for (const each of results) expect(cents(each)).toEqual(cents(each).toSorted((a, b) => a! - b!))
  })
})

describe('two currencies', () => {
  story('a fixed amount is owed in the campaign’s, and no revenue of another is mixed in [F27]', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const sale = await created(shop, { partner: ada, campaign, currency: 'EUR', revenue_cents: 80_00 })
    expect(sale.earning).toMatchObject({ amount_cents: 5_00, currency: 'USD' })
    expect(await conversion(shop, sale)).toMatchObject({ currency: 'EUR', revenue_cents: 80_00, commission_currency: 'USD' })
    expect(await shop.balance(ada, 'USD')).toMatchObject({ owed_cents: 5_00, revenue_cents: 0, conversion_count: 1 })
    expect(await shop.balance(ada, 'EUR')).toMatchObject({ owed_cents: 0 })
  })

  story('a percentage is owed in the conversion’s, and so is what a postback sets [F27]', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10')]
    await created(shop, { partner: ada, campaign, revenue_cents: 10_00 })
    const sale = await created(shop, { partner: ada, campaign, currency: 'EUR', revenue_cents: 80_00 })
    expect(sale.earning).toMatchObject({ amount_cents: 8_00, currency: 'EUR', because: '10 % of 80.00 EUR (campaign rate)' })
    expect((await created(shop, { partner: ada, campaign, currency: 'EUR', payout_cents: 1_00 })).earning).toMatchObject({
      currency: 'EUR',
    })
    expect(await shop.balance(ada, 'USD')).toMatchObject({ owed_cents: 1_00, revenue_cents: 10_00, conversion_count: 1 })
    expect(await shop.balance(ada, 'EUR')).toMatchObject({ owed_cents: 9_00, revenue_cents: 80_00, conversion_count: 2 })
  })

  story('a refund of revenue in another currency takes the fixed amount back in proportion', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const sale = await created(shop, { partner: ada, campaign, currency: 'EUR', revenue_cents: 80_00 })
    const { data } = await shop.reverse(sale, { amount_cents: 40_00 })
    expect(data).toMatchObject({ revenue_cents: 40_00, earning: { amount_cents: -2_50, currency: 'USD' } })
    expect(await shop.balance(ada, 'USD')).toMatchObject({ owed_cents: 2_50, revenue_cents: 0, conversion_count: 1 })
  })
})

story('a conversion that comes while the terms change is priced by the old or the new, and never lost', async shop => {
  const fields = { partner: await shop.partner(), campaign: await cpa(shop, 1_00) }
  const edits = Array.from({ length: 8 }, (_, n) => patch(shop, fields.campaign, { amount_cents: n % 2 ? 1_00 : 2_00 }))
  const sent = Array.from({ length: 24 }, () => earns(shop, fields))
  const [, earned] = await Promise.all([Promise.all(edits), Promise.all(sent)])
  expect(earned.filter(each => each !== 1_00 && each !== 2_00)).toEqual([])
})

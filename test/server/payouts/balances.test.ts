import { describe, expect } from 'vitest'
import { type Shop, shopIn, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Row = { partner_id: string; partner_name: string; currency: string; owed_cents: number }

/** Every page of a query, row by row. */
async function pages(shop: Shop, query: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let cursor = ''; ; ) {
    const { data, meta, status } = await shop.balances(`?${query}${cursor}`)
    expect(status).toBe(200)
    rows.push(...data)
    if (meta.next_cursor === null) return rows
    cursor = `&cursor=${encodeURIComponent(meta.next_cursor)}`
  }
}

describe('figures', () => {
  story(
    'each partner has what it is owed, for how many conversions, of what revenue, and when it was last paid [TR-34]',
    async shop => {
      const [ada, bob, cy] = [
        await shop.partner('Ada', { email: 'ada@example.org' }),
        await shop.partner('Bob'),
        await shop.partner('Cy'),
      ]
      await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
      await shop.paid(ada)
      for (const cents of [1_00, 2_00]) await shop.sale(ada, cents, { revenue_cents: 10 * cents })
      await shop.sale(bob, 4_00)
      const { data } = await shop.balances()
      expect(data).toEqual([
        {
          ...{
            partner_id: bob.id,
            partner_name: 'Bob',
            partner_email: null,
            partner_status: 'approved',
            currency: 'USD',
            conversion_count: 1,
            accrual_count: 0,
          },
          ...{ revenue_cents: 0, owed_cents: 4_00, unpaid_cents: 4_00, in_payouts_cents: 0, credit_cents: 0, pending_cents: 0 },
          ...{ balance_cents: 4_00, paid_cents: 0, last_paid_at: null, below_threshold: false },
        },
        {
          ...{
            partner_id: ada.id,
            partner_name: 'Ada',
            partner_email: 'ada@example.org',
            partner_status: 'approved',
            currency: 'USD',
            conversion_count: 2,
            accrual_count: 0,
          },
          ...{
            revenue_cents: 30_00,
            owed_cents: 3_00,
            unpaid_cents: 3_00,
            in_payouts_cents: 0,
            credit_cents: 0,
            pending_cents: 0,
          },
          ...{ balance_cents: 3_00, paid_cents: 5_00 },
          ...{ last_paid_at: expect.stringMatching(/^2026-03-10T12:/), below_threshold: false },
        },
      ])
      expect(data.some((row: Row) => row.partner_id === cy.id)).toBe(false)
    },
  )

  story('pending is what is on hold or waits for review, in no payout and not owed', async shop => {
    const ada = await shop.partner()
    await shop.sale(ada, 3_00, { campaign: await shop.campaign({ hold_hours: 48 }) })
    await shop.sale(ada, 4_00, { status: 'pending' })
    await shop.sale(ada, 5_00)
    expect(await shop.balance(ada)).toMatchObject({
      pending_cents: 7_00,
      unpaid_cents: 5_00,
      owed_cents: 5_00,
      conversion_count: 1,
    })
    await shop.draft(ada)
    expect(await shop.balance(ada)).toMatchObject({
      pending_cents: 7_00,
      unpaid_cents: 5_00,
      in_payouts_cents: 5_00,
      owed_cents: 0,
      conversion_count: 0,
    })
    await shop.w.travelTo('2026-03-12T12:59:59Z')
    expect(await shop.balance(ada)).toMatchObject({ pending_cents: 7_00 })
    await shop.w.travelTo('2026-03-12T13:00:01Z')
    expect(await shop.balance(ada)).toMatchObject({ pending_cents: 4_00, unpaid_cents: 8_00, owed_cents: 3_00 })
  })

  story('a balance below zero is owed nothing', async shop => {
    const ada = await shop.partner()
    const sale = await shop.sale(ada, 5_00, { revenue_cents: 50_00 })
    await shop.paid(ada)
    await shop.reverse(sale)
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: -5_00, owed_cents: 0, paid_cents: 5_00, conversion_count: 0 })
  })

  story('two programs keep apart, also in the totals', async shop => {
    const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Next door' } })).data.id)
    await shop.sale(await shop.partner(), 5_00)
    await other.sale(await other.partner(), 7_00)
    expect((await shop.balances()).meta.totals).toMatchObject([{ currency: 'USD', owed_cents: 5_00 }])
    expect((await other.balances()).meta.totals).toMatchObject([{ currency: 'USD', owed_cents: 7_00 }])
  })
})

describe('the page', () => {
  story('is sorted by what is owed or by name, either way, and pages without loss or repeat, ties included', async shop => {
    const euros = await shop.campaign({ currency: 'EUR' })
    for (let n = 0; n < 8; n++) {
      const partner = await shop.partner(n < 4 ? 'Same name' : `Name ${n}`, { slug: `p-${n}`, alias: `p-${n}` })
      await shop.sale(partner, n % 3 === 0 ? 5_00 : 2_00)
      if (n % 2 === 0) await shop.sale(partner, 5_00, { campaign: euros })
    }
    for (const sort of ['-owed_cents', 'owed_cents', 'partner_name', '-partner_name']) {
      const whole = await pages(shop, `sort=${sort}&limit=100`)
      expect(whole).toHaveLength(12)
      for (const limit of [1, 3, 5])
        expect(await pages(shop, `sort=${sort}&limit=${limit}`), `${sort} by ${limit}`).toEqual(whole)
      const column = sort.replace('-', '') as 'owed_cents' | 'partner_name'
      const sorted = whole.map(row => row[column]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect(whole.map(row => row[column])).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted)
    }
    expect(await pages(shop, 'limit=100')).toEqual(await pages(shop, 'limit=100&sort=-owed_cents'))
  })

  story('q finds names, e-mails and aliases whatever the case, and takes wildcards as they are', async shop => {
    const people = [
      ['Ada Lovelace', 'countess@example.org', 'al'],
      ['Bob', 'bob@ada.example', 'bob'],
      ['100% Cashback', undefined, 'cb'],
      ['Under_score', undefined, 'us'],
      ['Zoe', undefined, 'ada-fan'],
    ]
    for (const [name, email, alias] of people)
      await shop.sale(await shop.partner(name, { email, alias, slug: `s-${alias}` }), 1_00)
    const names = async (q: string) =>
      (await pages(shop, `q=${encodeURIComponent(q)}&sort=partner_name`)).map(row => row.partner_name)
    expect((await names('ADA')).sort()).toEqual(['Ada Lovelace', 'Bob', 'Zoe'])
    expect(await names('100%')).toEqual(['100% Cashback'])
    expect(await names('r_s')).toEqual(['Under_score'])
    expect(await names('\\')).toEqual([])
    expect(await names("o'brien")).toEqual([])
  })

  story('owed, partner and currency filter, and the totals are those of the whole filter, not of the page', async shop => {
    const euros = await shop.campaign({ currency: 'EUR' })
    const partners = [await shop.partner('Ada'), await shop.partner('Bob'), await shop.partner('Cy')]
    for (const [n, partner] of partners.entries()) await shop.sale(partner, (n + 1) * 1_00)
    await shop.sale(partners[0], 50, { campaign: euros })
    await shop.draft(partners[2])
    const first = await shop.balances('?limit=1')
    expect([first.data.length, first.meta.next_cursor === null]).toEqual([1, false])
    expect(first.meta.totals).toMatchObject([
      { currency: 'EUR', owed_cents: 50, unpaid_cents: 50, draft_count: 0, draft_cents: 0 },
      { currency: 'USD', owed_cents: 3_00, unpaid_cents: 6_00, in_payouts_cents: 3_00, draft_count: 1, draft_cents: 3_00 },
    ])
    expect((await pages(shop, 'owed=1')).map(row => row.partner_name).sort()).toEqual(['Ada', 'Ada', 'Bob'])
    expect(await pages(shop, 'owed=0')).toHaveLength(4)
    expect(await pages(shop, 'currency=eur')).toMatchObject([{ partner_id: partners[0].id, currency: 'EUR' }])
    const euro = await shop.balances('?currency=EUR')
    expect(euro.meta.totals).toMatchObject([{ currency: 'EUR', owed_cents: 50 }])
    const cy = await shop.balances(`?partner_id=${partners[2].id}`)
    expect(cy.meta.totals).toMatchObject([
      { currency: 'USD', unpaid_cents: 3_00, in_payouts_cents: 3_00, draft_count: 1, draft_cents: 3_00 },
    ])
    const ada = await shop.balances('?q=ada&currency=USD')
    expect(ada.meta.totals).toMatchObject([{ currency: 'USD', owed_cents: 1_00, draft_count: 0, draft_cents: 0 }])
    expect((await shop.balances('?partner_id=01900000-0000-7000-8000-000000000000')).data).toEqual([])
  })

  story('a cursor that is not ours, or of another order, is refused', async shop => {
    for (const name of ['Ada', 'Bob']) await shop.sale(await shop.partner(name), 1_00)
    const named = (await shop.balances('?limit=1&sort=partner_name')).meta.next_cursor
    const pack = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
    const id = '01900000-0000-7000-8000-000000000000'
    for (const cursor of [
      named,
      'abc',
      pack(1, 2),
      pack('x', id, 'USD'),
      pack(100, 'x', 'USD'),
      pack(100, id, 3),
      pack(1e300, id, 'USD'),
      pack({}, id, 'USD'),
      pack(100, id, null),
    ]) {
      await shop.refused(() => shop.balances(`?cursor=${cursor}`), 400, 'invalid_query')
    }
    await shop.refused(() => shop.balances(`?sort=partner_name&cursor=${pack(1, id, 'USD')}`), 400, 'invalid_query')
    await shop.refused(() => shop.balances(`?sort=partner_name&cursor=${pack('a\0b', id, 'USD')}`), 400, 'invalid_query')
    await shop.refused(() => shop.balances('?sort=email'), 400, 'invalid_query')
    await shop.refused(() => shop.balances('?owed=yes'), 400, 'invalid_query')
  })
})

describe('which rows are listed', () => {
  story('by where the balance is; the totals leave none out, and say what is listed', async shop => {
    await shop.settings({ minimum_threshold_cents: 10_00 })
    const [ready, small, paused, drafted, paid] = await Promise.all(
      ['Ready', 'Small', 'Paused', 'Drafted', 'Paid'].map(name => shop.partner(name)),
    )
    for (const who of [ready, paused, drafted, paid]) await shop.sale(who, 20_00)
    await shop.sale(small, 3_00)
    await shop.must(shop.send('PATCH', `/partners/${paused.id}`, { status: 'paused' }))
    await shop.draft(drafted)
    await shop.paid(paid)
    await shop.settings({ hold_days: 3 })
    await shop.sale(paid, 7_00)
    const listing = async (only: string) => {
      const { data, meta } = await shop.balances(`?only=${only}&sort=partner_name`)
      const [total] = meta.totals
      expect(total).toMatchObject({ outstanding_cents: 63_00, unpaid_cents: 63_00, paid_cents: 20_00, pending_cents: 7_00 })
      expect(total.listed.count).toBe(data.length)
      expect(total.listed.owed_cents).toBe(data.reduce((sum: number, row: { owed_cents: number }) => sum + row.owed_cents, 0))
      return data.map((row: { partner_name: string }) => row.partner_name)
    }
    expect(await listing('owed')).toEqual(['Paused', 'Ready', 'Small'])
    expect(await listing('outstanding')).toEqual(['Drafted', 'Paused', 'Ready', 'Small'])
    expect(await listing('ready')).toEqual(['Ready'])
    expect(await listing('blocked')).toEqual(['Paused', 'Small'])
    expect(await listing('on_hold')).toEqual(['Paid'])
    expect(await listing('in_payouts')).toEqual(['Drafted'])
    await shop.refused(() => shop.balances('?only=other'), 400, 'invalid_query')
  })

  story('every column sorts either way and pages without loss or repeat, whoever was never paid first or last', async shop => {
    for (const [name, cents, more] of [
      ['Ada', 5_00, 2],
      ['Bob', 5_00, 1],
      ['Cy', 9_00, 3],
      ['Di', 1_00, 1],
    ] as const) {
      const who = await shop.partner(name)
      await shop.sale(who, cents)
      if (name === 'Cy' || name === 'Di') await shop.paid(who, { paid_at: `2026-02-0${more}T10:00:00Z` })
      for (let n = 0; n < more; n++) await shop.sale(who, cents, { revenue_cents: cents * more })
    }
    for (const column of [
      'revenue_cents',
      'conversion_count',
      'accrual_count',
      'in_payouts_cents',
      'pending_cents',
      'last_paid_at',
    ]) {
      const up = (await pages(shop, `limit=1&sort=${column}`)) as unknown as Record<string, number | string | null>[]
      const down = (await pages(shop, `limit=3&sort=-${column}`)) as unknown as Record<string, number | string | null>[]
      const values = (rows: typeof up) => rows.map(row => row[column] ?? '')
      expect(new Set(up.map(row => row.partner_name)).size, column).toBe(4)
      expect(values(up), column).toEqual(values(up).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      expect(values(down), column).toEqual(values(up).toReversed())
    }
    const bad = Buffer.from(JSON.stringify(['yesterday', shop.brand_id, 'USD'])).toString('base64url')
    await shop.refused(() => shop.balances(`?sort=last_paid_at&cursor=${bad}`), 400, 'invalid_query')
  })
})

describe('the strip', () => {
  story(
    'owed falls by what is paid, drafts count until they are approved, paid this month counts what was paid in it',
    async shop => {
      const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
      await shop.sale(ada, 5_00)
      await shop.sale(bob, 7_00)
      const totals = async () => {
        const [t] = (await shop.balances()).meta.totals
        return [t.unpaid_cents - t.credit_cents, t.draft_count, t.draft_cents, t.paid_this_month_cents]
      }
      expect(await totals()).toEqual([12_00, 0, 0, 0])
      await shop.run()
      expect(await totals()).toEqual([12_00, 2, 12_00, 0])
      const [last, first] = await shop.listed()
      await shop.approve(first)
      await shop.approve(last)
      expect(await totals()).toEqual([12_00, 0, 0, 0])
      await shop.pay(first)
      expect(await totals()).toEqual([12_00 - first.amount_cents, 0, 0, first.amount_cents])
      await shop.pay(last, { paid_at: '2026-02-28T23:59:59Z' })
      expect(await totals()).toEqual([0, 0, 0, first.amount_cents])
      await shop.w.travelTo('2026-04-01T00:00:00Z')
      expect(await totals()).toEqual([0, 0, 0, 0])
    },
  )
})

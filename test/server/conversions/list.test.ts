/** The list of conversions, its filters and totals, against a count of the raw rows; and one conversion with its history. */
import { describe, expect } from 'vitest'
import { click, cpa, created, item, record, revshare, type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z', time_zone: 'Europe/Berlin' })
const listed = async (shop: Shop, query = '') => shop.send('GET', `/conversions${query}`)
const names = async (shop: Shop, query: string) =>
  (await shop.must(listed(shop, query))).map((row: { external_id: string }) => row.external_id)

/** Two partners, two campaigns, two currencies, every status; one on each side of midnight in Berlin. */
async function everyStatus(shop: Shop) {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  const [plain, held] = [await revshare(shop, '10'), await cpa(shop, 5_00, { hold_hours: 72, name: 'Held' })]
  const at = (external_id: string, fields: object) =>
    item({ external_id, partner: ada, campaign: plain, revenue_cents: 100_00, ...fields })
  await record(
    shop,
    at('paid', { partner: bob, occurred_at: '2026-02-01T10:00:00Z' }),
    at('before-midnight', { occurred_at: '2026-03-05T22:59:59Z' }),
    at('after-midnight', { occurred_at: '2026-03-05T23:00:00Z', type: 'Lead' }),
    at('euro', { occurred_at: '2026-03-09T10:00:00Z', currency: 'EUR', revenue_cents: 7_00 }),
    at('declined', { occurred_at: '2026-03-09T10:00:00Z', status: 'declined' }),
    at('review', { occurred_at: '2026-03-09T10:00:00Z', status: 'pending', revenue_cents: 50_00 }),
    at('held', { campaign: held, partner: bob, occurred_at: '2026-03-10T10:00:00Z', revenue_cents: 30_00 }),
    at('held-rejected', { campaign: held, occurred_at: '2026-03-10T10:00:00Z' }),
    at('held-refunded', { campaign: held, occurred_at: '2026-03-10T10:00:00Z' }),
  )
  const idOf = async (name: string) => (await shop.must(listed(shop, `?q=${name}`)))[0] as { id: string }
  await shop.decide('reject', (await idOf('held-rejected')).id)
  await shop.must(shop.reverse(await idOf('held-refunded')))
  await shop.paid(bob)
  return { ada, bob, plain, held, idOf }
}

const everything = [
  'held-refunded',
  'held-rejected',
  'held',
  'review',
  'declined',
  'euro',
  'after-midnight',
  'before-midnight',
  'paid',
]

describe('the list', () => {
  story('narrows by partner, campaign, type, days in the zone, statuses and the whole external id', async shop => {
    const { ada, bob, held, idOf } = await everyStatus(shop)
    const sorted = async (query: string) => (await names(shop, query)).sort()
    expect(await sorted('')).toEqual(everything.toSorted())
    expect(await sorted('?partner=BOB')).toEqual(['held', 'paid'])
    expect(await sorted(`?partner=${bob.id}&campaign_id=${held.id}`)).toEqual(['held'])
    expect(await sorted(`?partner=bob&partner_id=${ada.id}`)).toEqual([])
    expect(await sorted('?partner=nobody')).toEqual([])
    expect(await sorted('?type=Lead')).toEqual(['after-midnight'])
    expect(await sorted('?type=lead')).toEqual([])
    expect(await sorted('?from=2026-03-06&to=2026-03-09')).toEqual(['after-midnight', 'declined', 'euro', 'review'])
    expect(await sorted('?to=2026-03-05')).toEqual(['before-midnight', 'paid'])
    expect(await sorted('?status=hold')).toEqual(['held', 'held-refunded'])
    expect(await sorted('?status=hold,pending_review')).toEqual(['held', 'held-refunded', 'review'])
    expect(await sorted('?status=rejected')).toEqual(['declined', 'held-rejected'])
    expect(await sorted('?status=paid,hold&partner=bob')).toEqual(['held', 'paid'])
    expect(await sorted('?q=%20euro%20')).toEqual(['euro'])
    expect(await sorted('?q=eur')).toEqual([])
    expect(await sorted(`?q=${(await idOf('paid')).id}`)).toEqual(['paid'])
    for (const query of ['?status=open', '?status=', '?from=yesterday', '?totals=2', '?page=2'])
      expect((await listed(shop, query)).status, query).toBe(400)
  })

  story('names partner and campaign, and goes in pages through what waits', async shop => {
    await everyStatus(shop)
    const first = await listed(shop, '?status=hold,pending_review&limit=2')
    const rest = await listed(shop, `?status=hold,pending_review&limit=2&cursor=${first.meta.next_cursor}`)
    const rows = [...first.data, ...rest.data]
    expect(rows.map(row => row.external_id).sort()).toEqual(['held', 'held-refunded', 'review'])
    expect(rest.meta).toEqual({ next_cursor: null })
    expect(rows.find(row => row.external_id === 'held')).toMatchObject({
      partner_name: 'Bob',
      campaign_name: 'Held',
      status: 'hold',
    })
  })

  story('of another brand is not seen, not even by what waits', async shop => {
    const ada = await shop.w.partner()
    const campaign = await shop.w.campaign({ hold_hours: 72 })
    await shop.w.conversion({ partner: ada, campaign, external_id: 'foreign', occurred_at: '2026-03-10T11:00:00Z' })
    for (const query of ['', '?status=hold', '?q=foreign', '?totals=1'])
      expect((await listed(shop, query)).data, query).toEqual([])
    expect((await listed(shop, '?totals=1')).meta.totals).toEqual([])
  })
})

describe('the totals', () => {
  story(
    'are those of the filter whatever the status and the page, one line a currency, as a count of the raw rows says',
    async shop => {
      const { held } = await everyStatus(shop)
      const filters: [query: string, where: string][] = [
        ['', 'true'],
        ['&limit=1&status=rejected', 'true'],
        ['&from=2026-03-06&to=2026-03-09', `occurred_at >= '2026-03-05T23:00Z' and occurred_at < '2026-03-09T23:00Z'`],
        [`&campaign_id=${held.id}`, `campaign_id = '${held.id}'`],
        ['&type=Lead', `type = 'Lead'`],
        ['&q=review', `external_id = 'review'`],
        ['&partner=ada', `partner_id = (select id from partners p where p.program_id = c.program_id and p.alias = 'ada')`],
      ]
      for (const [query, where] of filters) {
        const { meta } = await listed(shop, `?totals=1${query}`)
        // row by row and without a join of ours: an earning is on hold when the tab it is on is held
        const raw = await shop.w.sql(
          `select currency, decision, revenue_cents, exists (select from earnings e join tabs t on t.id = e.tab_id
            where e.source_key = 'conversion:' || c.id and t.held_until > '2026-03-10T12:00Z') as is_held
          from conversions c where program_id = $1 and ${where}`,
          [shop.brand_id],
        )
        const expected = [...new Set(raw.map(row => row.currency))].sort().map(currency => {
          const of = (test: (row: (typeof raw)[number]) => boolean) => raw.filter(row => row.currency === currency && test(row))
          const hold_count = of(row => row.decision === 'approved' && row.is_held).length
          return {
            ...{ currency, conversion_count: of(() => true).length, hold_count },
            approved_count: of(row => row.decision === 'approved').length - hold_count,
            pending_review_count: of(row => row.decision === 'pending_review').length,
            rejected_count: of(row => row.decision === 'rejected').length,
            revenue_cents: of(row => row.decision !== 'rejected').reduce((sum, row) => sum + row.revenue_cents, 0),
          }
        })
        expect(meta.totals, query).toEqual(expected)
      }
      const { meta } = await listed(shop, '?totals=1')
      expect(meta.totals).toEqual([
        {
          currency: 'EUR',
          conversion_count: 1,
          approved_count: 1,
          hold_count: 0,
          pending_review_count: 0,
          rejected_count: 0,
          revenue_cents: 7_00,
        },
        {
          currency: 'USD',
          conversion_count: 8,
          approved_count: 3,
          hold_count: 2,
          pending_review_count: 1,
          rejected_count: 2,
          revenue_cents: 480_00,
        },
      ])
      expect((await listed(shop)).meta).toEqual({ next_cursor: null })
    },
  )

  story('of a long history has an index of their time that an ingest does not feel', async shop => {
    const [index] = await shop.w.sql(`select indexdef from pg_indexes where indexname = 'conversions_by_time'`)
    expect(index.indexdef).toContain('USING brin (org_id, occurred_at)')
  })
})

describe('one conversion', () => {
  story('tells its click, its reversals and its history, in order', async shop => {
    const [ada, campaign] = [await shop.partner('Ada'), await revshare(shop, '10', { destination_url: 'https://shop.example/' })]
    const clicked = await click(shop, campaign, 'via=ada&sub1=red', { 'x-country': 'US' })
    const fields = {
      external_id: 'o-1',
      partner: undefined,
      campaign,
      click_id: clicked.id,
      revenue_cents: 100_00,
      status: 'pending',
    }
    const sale = await created(shop, { ...fields, conversion_subs: { sub2: 'mug' } })
    await shop.decide('approve', sale.id)
    await shop.must(shop.reverse(sale, { amount_cents: 40_00, reason: 'broken' }))
    const payout = await shop.draft(ada)
    const one = await shop.must(shop.send('GET', `/conversions/${sale.id}`))
    expect(one).toMatchObject({
      ...{ partner_alias: 'ada', posted_status: 'pending', posted_payout_cents: null, earning_id: expect.any(String) },
      ...{ revenue_cents: 100_00, reversed_cents: 40_00, commission_cents: 10_00, reversed_commission_cents: 4_00 },
      payout: { id: payout.id, number: payout.number, status: 'draft' },
      click: { id: clicked.id, country: 'US', subs: { sub1: 'red' }, clicked_at: expect.stringMatching(/^2026-03-10T12:00.*Z$/) },
      ...{ subs: { sub1: 'red' }, conversion_subs: { sub2: 'mug' } },
      reversals: [{ revenue_cents: 40_00, commission_cents: -4_00, reason: 'broken', external_id: null }],
    })
    expect(one.history.map((step: { step: string; reason: string | null }) => [step.step, step.reason])).toEqual([
      ['recorded', null],
      ['approved', null],
      ['reversed', 'broken'],
    ])
    for (const step of one.history) expect(step.by).toMatch(/^key:tga_/)
  })

  story('recorded among many says when, and one without click, payout or reversal says so', async shop => {
    const [ada, campaign] = [await shop.partner('Ada'), await revshare(shop, '10')]
    await record(shop, item({ partner: ada, campaign, external_id: 'a' }), item({ partner: ada, campaign, external_id: 'b' }))
    const [row] = await shop.must(listed(shop, '?q=b'))
    expect(await shop.must(shop.send('GET', `/conversions/${row.id}`))).toMatchObject({
      ...{ ...row, click: null, payout: null, reversals: [], reversed_commission_cents: 0 },
      history: [{ step: 'recorded', at: row.recorded_at, by: null, reason: null }],
    })
  })
})

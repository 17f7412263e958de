import { describe, expect } from 'vitest'
import { type Shop, shopIn, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

describe('the list', () => {
  story('filters by each of the four statuses, and refuses another [TR-02]', async shop => {
    const ada = await shop.partner()
    const made: Record<string, string> = {}
    for (const status of ['cancelled', 'paid', 'approved', 'draft']) {
      await shop.sale(ada, 1_00)
      const payout = status === 'paid' ? await shop.paid(ada) : await shop.draft(ada)
      if (status === 'approved') await shop.approve(payout)
      if (status === 'cancelled') await shop.cancel(payout)
      made[status] = payout.id
    }
    for (const [status, id] of Object.entries(made)) {
      const answer = await shop.send('GET', `/payouts?status=${status}`)
      expect([answer.status, answer.data.map((p: { id: string; status: string }) => [p.id, p.status])]).toEqual([
        200,
        [[id, status]],
      ])
    }
    await shop.refused(() => shop.send('GET', '/payouts?status=foo'), 400, 'invalid_query')
  })

  story('has all payouts of the brand and none of another [TR-33]', async shop => {
    const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Neighbour' } })).data.id)
    const ids: Record<string, string[]> = {}
    for (const at of [shop, other]) {
      for (const name of ['Ada', 'Bob']) await at.sale(await at.partner(name), 5_00)
      ids[at.brand_id] = (await at.run()).data.payouts.map((p: { id: string }) => p.id).sort()
    }
    for (const at of [shop, other]) {
      const rows = await at.listed()
      expect(rows.map((p: { id: string }) => p.id).sort()).toEqual(ids[at.brand_id])
      expect(rows.every((p: { brand_id: string; kind: string }) => p.brand_id === at.brand_id && p.kind === 'payout')).toBe(true)
    }
    const [foreign] = ids[other.brand_id] as string[]
    await shop.refused(() => shop.send('GET', `/payouts/${foreign}`), 404, 'not_found')
    await shop.refused(() => shop.patch(foreign as string, { status: 'approved' }), 404, 'not_found')
  })

  story('balances and export are paths of their own, never an id [TR-35]', async shop => {
    expect((await shop.balances()).meta).toMatchObject({ next_cursor: null, totals: [] })
    expect((await shop.send('GET', '/payouts/export')).headers['content-type']).toBe('text/csv; charset=utf-8')
    await shop.refused(() => shop.send('GET', '/payouts/elsewhere'), 400, 'invalid_params')
  })

  story('pages by cursor without loss or repeat, newest first, also while payouts are added', async shop => {
    for (let n = 0; n < 7; n++) await shop.sale(await shop.partner(`Partner ${n}`), 1_00)
    await shop.run()
    const all = (await shop.listed()).map((p: { id: string }) => p.id)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { data, meta } = await shop.send('GET', `/payouts?limit=3${cursor && `&cursor=${cursor}`}`)
      expect(data.length).toBeLessThanOrEqual(3)
      seen.push(...data.map((p: { id: string }) => p.id))
      cursor = meta.next_cursor
      await shop.sale(await shop.partner(`Late ${seen.length}`), 1_00)
      await shop.run()
    }
    expect(seen).toEqual(all)
    await shop.refused(() => shop.send('GET', '/payouts?cursor=2026-03-10'), 400, 'invalid_query')
    await shop.refused(() => shop.send('GET', '/payouts?limit=0'), 400, 'invalid_query')
    await shop.refused(() => shop.send('GET', '/payouts?limit=101'), 400, 'invalid_query')
  })

  story('filters by partner and by days of creation, both ends included', async shop => {
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    const made: string[] = []
    for (const [at, who] of [
      ['2026-03-10T23:59:59Z', ada],
      ['2026-03-11T00:00:01Z', bob],
      ['2026-03-12T23:59:59Z', ada],
    ] as const) {
      await shop.w.travelTo(at)
      await shop.sale(who, 1_00)
      made.push((await shop.draft(who)).id)
    }
    const ids = async (query: string) => (await shop.listed(query)).map((p: { id: string }) => made.indexOf(p.id)).sort()
    expect(await ids(`?partner_id=${ada.id}`)).toEqual([0, 2])
    expect(await ids('?from=2026-03-11')).toEqual([1, 2])
    expect(await ids('?to=2026-03-11')).toEqual([0, 1])
    expect(await ids('?from=2026-03-11&to=2026-03-11')).toEqual([1])
    expect(await ids('?from=2026-03-12&to=2026-03-11')).toEqual([])
    expect(await ids('?partner_id=01900000-0000-7000-8000-000000000000')).toEqual([])
    await shop.refused(() => shop.send('GET', '/payouts?from=2026-02-30'), 400, 'invalid_query')
  })
})

describe('the audit', () => {
  story('every change of a payout has an actor, an instant, what was before and what came after [ON-15]', async shop => {
    const ada = await shop.partner()
    const [first, second] = [await shop.sale(ada, 5_00), await shop.sale(ada, 7_00)]
    const payout = await shop.draft(ada)
    const [line] = (await shop.one(payout.id)).lines
    await shop.patch(payout, { exclude_earning_ids: [line.earning_id], adjustments: [{ amount_cents: -1_00, reason: 'fee' }] })
    await shop.approve(payout)
    await shop.pay(payout)
    const cancelled = await shop.draft(ada)
    await shop.cancel(cancelled)
    const told = await shop.w.sql(
      'select verb, actor, at, before, after, request_id, program_id from events where object_id = any($1) order by id',
      [[payout.id, cancelled.id]],
    )
    expect(told.map(event => event.verb)).toEqual([
      'payouts.drafted',
      'payout.edited',
      'payout.approved',
      'payout.paid',
      'payouts.drafted',
      'payout.cancelled',
    ])
    for (const event of told) {
      expect(event).toMatchObject({
        actor: expect.stringMatching(/^key:tga_/),
        at: expect.stringMatching(/^2026-03-10T12:/),
        after: expect.anything(),
        program_id: shop.brand_id,
      })
      expect(event.request_id).toMatch(/^[0-9a-f-]{36}$/)
    }
    expect(told[0].after).toMatchObject({ count: 1, totals: { USD: 12_00 } })
    expect([told[1].before.amount_cents, told[1].after.amount_cents]).toEqual([12_00, 6_00])
    expect(told[1].after).toMatchObject({ excluded: [line.earning_id], adjustments: [{ amount_cents: -1_00, reason: 'fee' }] })
    const moves = told.filter(event => event.before).map(event => [event.before.status, event.after.status])
    expect(moves).toEqual([
      ['draft', 'draft'],
      ['draft', 'approved'],
      ['approved', 'paid'],
      ['draft', 'cancelled'],
    ])
    await shop.refused(() => shop.patch(payout, { status: 'cancelled' }), 409, 'invalid_transition')
    expect([first.id, second.id]).toContain(line.conversion_id)
  })

  story(
    'a decision about a conversion, its reversal and a change of terms are told with before and after [ON-15]',
    async shop => {
      const ada = await shop.partner()
      const [paid, waiting, bad] = [
        await shop.sale(ada, 5_00, { revenue_cents: 50_00 }),
        await shop.sale(ada, 1_00, { status: 'pending' }),
        await shop.sale(ada, 2_00),
      ]
      await shop.decide('approve', waiting.id)
      await shop.decide('reject', bad.id)
      await shop.reverse(paid, { amount_cents: 10_00 })
      await shop.settings({ minimum_threshold_cents: 9_00 })
      const told = await shop.w.sql(
        'select verb, actor, object_id, before, after from events where program_id = $1 and before is not null order by id',
        [shop.brand_id],
      )
      expect(told.map(event => [event.verb, event.object_id])).toEqual([
        ['conversion.approved', waiting.id],
        ['conversion.rejected', bad.id],
        ['conversion.reversed', paid.id],
        ['payout_settings.changed', shop.brand_id],
      ])
      expect(told.map(event => [event.before.decision ?? null, event.after.decision ?? null]).slice(0, 2)).toEqual([
        ['pending_review', 'approved'],
        ['approved', 'rejected'],
      ])
      expect([told[2].before, told[2].after]).toMatchObject([
        { reversed_revenue_cents: 0, reversed_cents: 0 },
        { revenue_cents: 10_00, commission_cents: -1_00, reason: 'refund' },
      ])
      expect([told[3].before.minimum_threshold_cents, told[3].after.minimum_threshold_cents]).toEqual([0, 9_00])
      const recorded = await shop.w.sql(`select after from events where program_id = $1 and verb = 'conversions.recorded'`, [
        shop.brand_id,
      ])
      expect(recorded.map(event => event.after.earned_cents.USD).sort()).toEqual([1_00, 2_00, 5_00])
    },
  )
})

describe('what is looked for', () => {
  const numbers = (rows: { number: number }[]) => rows.map(row => row.number)

  /** Three payouts: a draft of Ada, one of Bob paid by wire, one of Cy in euros. */
  async function three(shop: Shop) {
    const [ada, bob, cy] = [
      await shop.partner('Ada Lovelace', { email: 'ada@example.org' }),
      await shop.partner('Bob'),
      await shop.partner('Cy'),
    ]
    await shop.sale(ada, 30_00)
    await shop.sale(bob, 10_00)
    await shop.sale(cy, 20_00, { currency: 'EUR' })
    const drafted = await shop.draft(ada)
    const paid = await shop.paid(bob, { reference: 'WIRE_77', paid_at: '2026-03-05T10:00:00Z' })
    return { drafted, paid, euros: await shop.draft(cy) }
  }

  story('q finds partners by part, references by part, numbers whole, and takes wildcards as they are', async shop => {
    const { drafted, paid, euros } = await three(shop)
    const found = async (q: string) => numbers(await shop.listed(`?q=${encodeURIComponent(q)}`))
    expect(await found('LOVE')).toEqual([drafted.number])
    expect(await found('ada@')).toEqual([drafted.number])
    expect(await found('wire_7')).toEqual([paid.number])
    expect(await found('_')).toEqual([paid.number])
    expect(await found(String(euros.number))).toContain(euros.number)
    expect(await found('nobody')).toEqual([])
  })

  story('several statuses, a currency, and days of when it was paid; totals are those of the filter', async shop => {
    const { drafted, paid, euros } = await three(shop)
    expect(numbers(await shop.listed('?status=draft,paid'))).toEqual([euros.number, paid.number, drafted.number])
    expect(numbers(await shop.listed('?currency=eur'))).toEqual([euros.number])
    expect(numbers(await shop.listed('?date=paid_at&from=2026-03-05&to=2026-03-05'))).toEqual([paid.number])
    expect(await shop.listed('?from=2026-03-05&to=2026-03-05')).toEqual([])
    const { meta } = await shop.send('GET', '/payouts?totals=1&limit=1&status=draft,paid')
    expect(meta.totals).toEqual([
      { currency: 'EUR', count: 1, amount_cents: 20_00 },
      { currency: 'USD', count: 2, amount_cents: 40_00 },
    ])
    await shop.refused(() => shop.send('GET', '/payouts?status=draft,foo'), 400, 'invalid_query')
    await shop.refused(() => shop.send('GET', '/payouts?include=payments&q=ada'), 400, 'invalid_query')
    expect(await shop.listed('?include=payments&status=pending,draft')).toHaveLength(2)
  })

  story('sorted by amount or age, either way, and paged without loss or repeat, ties included', async shop => {
    for (const cents of [5_00, 7_00, 5_00, 9_00, 5_00]) await shop.sale(await shop.partner(), cents)
    await shop.run()
    for (const sort of ['amount_cents', '-amount_cents', 'created_at', '-created_at']) {
      const seen: { number: number; amount_cents: number }[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { data, meta } = await shop.send('GET', `/payouts?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`)
        seen.push(...data)
        cursor = meta.next_cursor
      }
      const key = (row: { number: number; amount_cents: number }) =>
        sort.endsWith('amount_cents') ? row.amount_cents : row.number
      const ordered = seen.toSorted((a, b) => (sort.startsWith('-') ? key(b) - key(a) : key(a) - key(b)))
      expect(new Set(numbers(seen)).size, sort).toBe(5)
      expect(seen.map(key), sort).toEqual(ordered.map(key))
    }
    const { meta } = await shop.send('GET', '/payouts?sort=amount_cents&limit=1')
    await shop.refused(() => shop.send('GET', `/payouts?cursor=${meta.next_cursor}`), 400, 'invalid_query')
  })
})

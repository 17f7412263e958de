import { describe, expect } from 'vitest'
import { accruals } from '../../support/accruals.ts'
import { type Shop, shopIn, stories } from '../payouts/support.ts'
import { linesOf, NOBODY, till, V } from './support.ts'

const story = stories({ today: '2026-05-10T12:00:00Z', time_zone: 'America/New_York' })
type Row = { id: string; paid_at: string; status: string }
const idsOf = (rows: Row[]) => rows.map(row => row.id)

const paidOn = (shop: Shop, creator_id: string | null, ...days: string[]) =>
  days.reduce(
    async (done, paid_at) => [...(await done), await till(shop).paid({ creator_id, total_amount_cents: 1_00, paid_at })],
    Promise.resolve([] as Row[]),
  )

describe('the list', () => {
  story('filters by project, creator, status and day of payment, both days included [TG-72]', async shop => {
    const { list, ...at } = till(shop)
    const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Next door' } })).data.id)
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    // New York is four hours behind: the last minute of the 30th, the first of the 1st, and the last of the 1st
    const [a, b, c] = await paidOn(shop, ada.id, '2026-05-01T03:59:59Z', '2026-05-01T04:00:00Z', '2026-05-02T03:59:59Z')
    const [d] = await paidOn(shop, bob.id, '2026-05-03T12:00:00Z')
    const [elsewhere] = await paidOn(other, null, '2026-05-04T12:00:00Z')
    const found = async (query: string) => idsOf((await list(query)).data)
    expect(await found('')).toEqual(idsOf([d!, c!, b!, a!]))
    expect(await found('&from=2026-05-01&to=2026-05-01')).toEqual(idsOf([c!, b!]))
    expect(await found('&to=2026-04-30')).toEqual([a!.id])
    expect(await found(`&creator_id=${bob.id}`)).toEqual([d!.id])
    await shop.must(at.void(b!))
    await shop.must(at.reject(c!))
    expect(await found('&status=voided')).toEqual([b!.id])
    expect(await found('&status=rejected')).toEqual([c!.id])
    expect(await found('&status=paid')).toEqual(idsOf([d!, a!]))
    const all = idsOf((await at.send('GET', V)).data)
    expect(all.slice(0, 2)).toEqual([elsewhere!.id, d!.id])
    expect(await found(`&creator_id=${NOBODY}`)).toEqual([])
    expect((await at.send('GET', `${V}?project_id=${NOBODY}`)).data).toEqual([])
    for (const query of ['&status=pending', '&from=yesterday', '&limit=101', '&cursor=x', '&cursor=2026-05-01T00:00:00Z_x'])
      await shop.refused(() => list(query), 400, 'invalid_query')
  })

  story('rows have lines and adjustments', async shop => {
    const at = till(shop)
    const ada = await shop.partner()
    await at.earn(ada, 5_00)
    const body = { creator_id: ada.id, auto_apply_outstanding: true, adjustment_reason: 'tip' }
    const payment = await at.paid({ ...body, total_amount_cents: 6_00 })
    const [row] = (await at.list()).data
    expect(row).toEqual(payment)
    expect(row.payout_adjustments).toMatchObject([{ amount_cents: 1_00, reason: 'tip', created_at: expect.any(String) }])
  })

  story('pages over payments of one instant without loss or repeat; a bare instant is a cursor too [TG-72]', async shop => {
    const at = '2026-05-01T12:00:00.000Z'
    const made = await paidOn(shop, null, ...Array.from({ length: 7 }, () => at), '2026-04-01T00:00:00Z')
    const pages = async (path: string) => {
      const seen: string[] = []
      for (let cursor = ''; ; ) {
        const { data, meta } = await till(shop).send('GET', `${path}limit=3${cursor}`)
        seen.push(...idsOf(data))
        if (meta.next_cursor === null) return seen
        expect(meta.next_cursor).toBe(`${data.at(-1).paid_at}_${data.at(-1).id}`)
        cursor = `&cursor=${meta.next_cursor}`
      }
    }
    const newest = idsOf([...made].sort((a, b) => (a.paid_at + a.id < b.paid_at + b.id ? 1 : -1)))
    expect(await pages(`${V}?project_id=${shop.brand_id}&`)).toEqual(newest)
    const everywhere = await pages(`${V}?`)
    expect(new Set(everywhere).size).toBe(everywhere.length)
    expect(everywhere.filter(id => newest.includes(id))).toEqual(newest)
    expect(idsOf((await till(shop).list(`&cursor=${at}`)).data)).toEqual([made[7]!.id])
  })

  story('under the brand there is a filter by origin, and what waits is shown', async shop => {
    const at = till(shop)
    const ada = await shop.partner()
    await shop.sale(ada, 500_00)
    const payout = await shop.paid(ada)
    const direct = await at.paid({ creator_id: ada.id, total_amount_cents: 1_00 })
    const pending = await shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents: 2_00 }))
    const found = async (query: string) => idsOf(await shop.must(shop.send('GET', `/payments?${query}`)))
    expect(await found('origin=payout')).toEqual([payout.payment_id])
    expect(await found('origin=direct')).toEqual([direct.id])
    expect(await found('origin=on_account')).toEqual([pending.id])
    expect(await found('status=pending')).toEqual([pending.id])
    expect((await found('')).sort()).toEqual([payout.payment_id, direct.id, pending.id].sort())
    expect(idsOf((await at.list()).data).sort()).toEqual([payout.payment_id, direct.id].sort())
  })
})

describe('one payment', () => {
  story('has lines and adjustments; unknown is not found [TG-73]', async shop => {
    const at = till(shop)
    const payment = await at.paid({ total_amount_cents: 1_00 })
    expect(await at.one(payment)).toEqual(payment)
    expect(await shop.must(shop.send('GET', `/payments/${payment.id}`))).toEqual(payment)
    await shop.refused(() => at.send('GET', `${V}/${NOBODY}`), 404, 'not_found')
    await shop.refused(() => at.send('GET', `${V}/nobody`), 400, 'invalid_params')
  })

  story('of many lines pages through them, and a list shows the first hundred', async shop => {
    const at = till(shop)
    const ada = await shop.partner()
    const ids = await accruals(
      shop,
      Array.from({ length: 620 }, () => ({ partner: ada, amount_cents: 1 })),
    )
    const payment = await at.paid({ creator_id: ada.id, total_amount_cents: 620, auto_apply_outstanding: true })
    expect([payment.line_count, linesOf(payment).length]).toEqual([620, 100])
    expect((await at.list()).data[0].payout_payment_lines).toHaveLength(100)
    const pages = async () => {
      const seen: string[] = []
      for (let cursor = ''; ; ) {
        const { data, meta } = await at.send('GET', `${V}/${payment.id}?limit=250${cursor}`)
        seen.push(...data.payout_payment_lines.map((l: { accrual_id: string }) => l.accrual_id))
        if (meta.next_cursor === null) return seen
        cursor = `&cursor=${meta.next_cursor}`
      }
    }
    expect(await pages()).toEqual(ids)
    await shop.must(at.void(payment))
    expect(await pages()).toEqual(ids)
    await shop.refused(() => at.send('GET', `${V}/${payment.id}?limit=501`), 400, 'invalid_query')
  })
})

describe('the history of the brand', () => {
  story('has direct payments as rows: paid, and after a void voided [ON-05]', async shop => {
    const at = till(shop)
    const ada = await shop.partner()
    await shop.sale(ada, 5_00)
    const payout = await shop.paid(ada)
    const payment = await at.paid({ creator_id: ada.id, total_amount_cents: 7_00, note: 'by hand' })
    const nobody = await at.paid({ total_amount_cents: 1_00 })
    const kinds = async (query = '') =>
      (await shop.listed(`?include=payments${query}`)).map((r: Row & { kind: string }) => [r.kind, r.id, r.status])
    expect(await kinds()).toEqual([
      ['payment', nobody.id, 'paid'],
      ['payment', payment.id, 'paid'],
      ['payout', payout.id, 'paid'],
    ])
    const [, row] = await shop.listed('?include=payments')
    expect(row).toMatchObject({ origin: 'direct', partner: { name: 'Ada' }, amount_cents: 7_00, notes: 'by hand' })
    expect(await shop.listed()).toHaveLength(1)
    await shop.must(at.void(payment))
    expect(await kinds('&status=voided')).toEqual([['payment', payment.id, 'voided']])
    expect(await kinds('&status=paid')).toHaveLength(2)
    expect(await kinds(`&partner_id=${ada.id}`)).toHaveLength(2)
    expect(await kinds('&status=draft')).toEqual([])
    expect(await kinds('&from=2026-05-11')).toEqual([])
    expect(await kinds('&from=2026-05-10&to=2026-05-10')).toHaveLength(3)
    await shop.refused(() => shop.send('GET', '/payouts?status=voided'), 400, 'invalid_query')
  })

  story('pages over both kinds without loss or repeat', async shop => {
    const at = till(shop)
    for (let n = 0; n < 4; n++) {
      const partner = await shop.partner(`Partner ${n}`)
      await shop.sale(partner, 5_00)
      await shop.draft(partner)
      await at.paid({ creator_id: partner.id, total_amount_cents: 1_00 })
      await at.onAccount({ publisher_id: partner.id, requested_amount_cents: 1_00 })
    }
    const whole = idsOf(await shop.listed('?include=payments'))
    expect(whole).toHaveLength(12)
    for (const limit of [1, 5]) {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { data, meta } = await shop.send('GET', `/payouts?include=payments&limit=${limit}${cursor}`)
        seen.push(...idsOf(data))
        cursor = meta.next_cursor && `&cursor=${meta.next_cursor}`
      }
      expect(seen).toEqual(whole)
    }
  })
})

import { parse } from 'csv-parse/sync'
import { describe, expect } from 'vitest'
import { type AccrualOptions, accruals as makeAccruals } from '../../support/accruals.ts'
import { till } from '../payments/support.ts'
import { type Json, type StructureShop, stories } from '../structures/support.ts'

const story = stories({ today: '2026-03-25T12:00:00Z' })

type Query = Record<string, string>
const text = (query: Query) => new URLSearchParams(query).toString()
const tracked = (shop: StructureShop, query: Query = {}) => shop.send('GET', `/tracker?${text(query)}`)
const series = async (shop: StructureShop, query: Query = {}) => shop.must(shop.send('GET', `/tracker/series?${text(query)}`))
const csv = async (shop: StructureShop, query: Query = {}): Promise<Record<string, string>[]> =>
  parse((await shop.send('GET', `/tracker/export?${text(query)}`)).text, { columns: true })

/** All rows of a list of `/api/v1`, page by page. */
async function everyRow(shop: StructureShop, path: string): Promise<Json[]> {
  const found: Json[] = []
  for (let cursor = ''; ; ) {
    const { data, meta, text } = await shop.v1('GET', `${path}&limit=100${cursor}`)
    expect(data, text).not.toBeNull()
    found.push(...data)
    if (meta.next_cursor === null) return found
    cursor = `&cursor=${meta.next_cursor}`
  }
}

const sumOf = (rows: Json[], field: string) => rows.reduce((sum, row) => sum + row[field], 0)
const MONTHS = ['2025-12-31', '2026-01-31', '2026-02-28', '2026-03-20']

/**
 * Five partners over four months, in whose history everything occurs that can happen to an accrual: paid by name, paid as
 * outstanding with a discount, paid by a payout, in a draft, rejected, voided, paid and voided again; and ad-hoc payments.
 */
async function history(shop: StructureShop) {
  const at = till(shop as never)
  const partners: Json[] = []
  for (const name of ['Ada', 'Bob', 'Cid', 'Dee', 'Eve']) partners.push(await shop.partner(name))
  const [ada, bob, cid, dee, eve] = partners
  const wanted = partners.slice(0, 4).flatMap((partner, n) =>
    MONTHS.flatMap((period_end, m) => [
      { partner, amount_cents: 10_00 + 100 * n + m, period_end },
      { partner, amount_cents: 3_00 + n, period_end, currency: n === 1 ? 'EUR' : 'USD' },
    ]),
  )
  const ids = await makeAccruals(shop, wanted as (AccrualOptions & { partner: Json; amount_cents: number })[])
  const of = (partner: Json, currency = 'USD') =>
    ids.filter((_, n) => wanted[n]!.partner === partner && (wanted[n]!.currency ?? 'USD') === currency)
  const cents = (id: string) => wanted[ids.indexOf(id)]!.amount_cents
  const [first, second, third] = of(ada)
  await at.paid({
    ...{ creator_id: ada.id, accrual_ids: [first], total_amount_cents: cents(first!), paid_at: '2026-01-05T10:00:00Z' },
  })
  await at.takeBack(second!, 'rejected')
  await at.takeBack(third!, 'voided')
  const [owed] = (await tracked(shop, { partner_id: bob.id })).data.filter((row: Json) => row.currency === 'USD')
  await at.paid({
    ...{ creator_id: bob.id, auto_apply_outstanding: true, total_amount_cents: owed.outstanding_cents - 5_00 },
    ...{ adjustment_reason: 'agreed discount', paid_at: '2026-02-10T10:00:00Z' },
  })
  const undone = await at.paid({ accrual_ids: of(cid).slice(0, 2), total_amount_cents: 1_00, adjustment_reason: 'error' })
  await at.void(undone)
  await shop.sale(cid, 77_00)
  await shop.paid(cid, { paid_at: '2026-03-02T10:00:00Z' })
  await shop.draft(dee)
  await at.paid({ creator_id: eve.id, total_amount_cents: 40_00, paid_at: '2026-02-20T10:00:00Z' })
  await at.paid({ total_amount_cents: 8_00, paid_at: '2026-02-21T10:00:00Z', note: 'to nobody of ours' })
  await at.onAccount({ publisher_id: eve.id, requested_amount_cents: 9_00, status: 'paid' })
  return { partners, ada, bob, cid, dee, eve, at }
}

type Facts = { accruals: Json[]; payments: Json[] }

/** What the API lists, from which every figure of the tracker is counted again. */
const facts = async (shop: StructureShop): Promise<Facts> => ({
  accruals: await everyRow(shop, `/payout-accruals?project_id=${shop.brand_id}`),
  payments: (await everyRow(shop, `/payout-payments?project_id=${shop.brand_id}`)).filter(p => p.status === 'paid'),
})

/** Days within, by the words of the contract; all of it in UTC. */
const isIn = (q: Query, start: string, end: string) =>
  (q.from === undefined || start >= q.from) && (q.to === undefined || end <= `${q.to}T23:59:59.999Z`)
const lastMs = (row: Json) => new Date(Date.parse(row.period_end_at) - 1).toISOString()
const lineCents = (payment: Json) =>
  sumOf(
    payment.payout_payment_lines.filter((line: Json) => line.accrual_id !== null),
    'amount_cents',
  )

function chosen({ accruals, payments }: Facts, q: Query) {
  const mine = accruals.filter(
    a =>
      isIn(q, a.period_start_at, lastMs(a)) &&
      (q.status === undefined || a.status === q.status) &&
      (q.structure_id === undefined || a.structure_id === q.structure_id) &&
      (q.partner_id === undefined || a.creator_id === q.partner_id),
  )
  if (q.status !== undefined || q.structure_id !== undefined) {
    const paid = mine.filter(a => a.status === 'paid')
    const paidAt = (a: Json) => payments.find(p => p.id === a.payment_id)!.paid_at
    return { mine, paid: paid.map(a => ({ ...a, cents: a.amount_cents, paid_at: paidAt(a) })) }
  }
  const paid = payments
    .filter(p => p.origin === 'direct' || (p.origin === 'payout' && lineCents(p) > 0))
    .filter(p => isIn(q, p.paid_at, p.paid_at) && (q.partner_id === undefined || p.creator_id === q.partner_id))
  return { mine, paid: paid.map(p => ({ ...p, cents: p.origin === 'direct' ? p.total_amount_cents : lineCents(p) })) }
}

/** Rows as the tracker should answer them, by partner and currency. */
function recounted(given: Facts, q: Query) {
  const { mine, paid } = chosen(given, q)
  const keys = new Set([...mine, ...paid].filter(x => x.creator_id !== null).map(x => `${x.creator_id} ${x.currency}`))
  const rows = [...keys].map(key => {
    const [partner_id, currency] = key.split(' ')
    const own = (rows: Json[]) => rows.filter(x => x.creator_id === partner_id && x.currency === currency)
    const is = (...statuses: string[]) =>
      sumOf(
        own(mine).filter(a => statuses.includes(a.status)),
        'amount_cents',
      )
    const days = own(paid)
      .map(p => p.paid_at)
      .sort()
    return {
      ...{ partner_id, currency, earned_cents: is('earned', 'paid'), outstanding_cents: is('earned') },
      in_payouts_cents: sumOf(
        own(mine).filter(a => a.status === 'earned' && a.payout_id !== null),
        'amount_cents',
      ),
      ...{ taken_back_cents: is('rejected', 'voided'), paid_cents: sumOf(own(paid), 'cents'), last_paid_at: days.at(-1) ?? null },
    }
  })
  return rows.toSorted((a, b) => (`${a.partner_id} ${a.currency}` < `${b.partner_id} ${b.currency}` ? -1 : 1))
}

const plainRows = (rows: Json[]) =>
  rows
    .map(({ partner_name: _n, handle: _h, last_paid_ms: _m, ...row }) => row)
    .toSorted((a, b) => (`${a.partner_id} ${a.currency}` < `${b.partner_id} ${b.currency}` ? -1 : 1))

describe('rows and totals', () => {
  story('equal a recount of the lists of accruals and payments, under every filter [TG-87, TG-88, TG-89]', async shop => {
    const { bob, cid, dee } = await history(shop)
    const given = await facts(shop)
    expect(given.accruals).toHaveLength(32)
    const [usd, eur] = ['USD', 'EUR'].map(c => given.accruals.find(a => a.currency === c)!.structure_id)
    const filters: Query[] = [
      {},
      ...['earned', 'paid', 'rejected', 'voided'].map(status => ({ status })),
      ...[usd, eur].map(structure_id => ({ structure_id })),
      ...[bob, cid, dee].map(({ id }) => ({ partner_id: id })),
      ...[{ from: '2026-01-01' }, { to: '2026-01-31' }, { from: '2026-02-01', to: '2026-02-28' }, { from: '2026-02-02' }],
      ...[
        { from: '2026-01-01', status: 'earned' },
        { structure_id: usd, to: '2026-01-31', status: 'paid' },
      ],
    ]
    for (const query of filters) {
      const { data, meta } = await tracked(shop, query)
      const expected = recounted(given, query)
      expect([query, plainRows(data)]).toEqual([query, expected])
      for (const total of meta.totals) {
        const own = expected.filter(row => row.currency === total.currency)
        const fields = ['earned_cents', 'outstanding_cents', 'in_payouts_cents', 'taken_back_cents']
        for (const field of fields) expect([query, field, total[field]]).toEqual([query, field, sumOf(own, field)])
        expect(total.paid_cents - total.without_partner_cents).toBe(sumOf(own, 'paid_cents'))
        expect([total.partner_count, total.outstanding_partner_count]).toEqual([
          own.length,
          own.filter(row => row.outstanding_cents > 0).length,
        ])
      }
    }
    const [all] = (await tracked(shop)).meta.totals.filter((total: Json) => total.currency === 'USD')
    expect(all.without_partner_cents).toBe(8_00)
    expect((await tracked(shop, { status: 'paid' })).meta.totals[0].without_partner_cents).toBe(0)
  })

  story('what is outstanding falls by what a payment settles, and rises again when it is voided [TG-87]', async shop => {
    const at = till(shop as never)
    const ada = await shop.partner('Ada')
    await at.earn(ada, 60_00)
    await at.earn(ada, 40_00)
    const outstanding = async () => (await tracked(shop)).meta.totals[0].outstanding_cents
    expect(await outstanding()).toBe(100_00)
    const payment = await at.paid({
      ...{ creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 90_00, adjustment_reason: 'fee' },
    })
    const [row] = (await tracked(shop)).data
    expect([await outstanding(), row.earned_cents, row.paid_cents]).toEqual([0, 100_00, 90_00])
    await at.void(payment)
    expect([await outstanding(), (await tracked(shop)).data[0].last_paid_at]).toEqual([100_00, null])
  })

  story('pages in every order give each row once, ties included [TG-89]', async shop => {
    await history(shop)
    const whole = plainRows((await tracked(shop)).data)
    const names = ['outstanding_cents', 'earned_cents', 'paid_cents', 'last_paid_at', 'partner_name']
    for (const sort of names.flatMap(name => [name, `-${name}`])) {
      const found: Json[] = []
      for (let cursor: string | null = null; ; ) {
        const { data, meta } = await tracked(shop, { sort, limit: '2', ...(cursor && { cursor }) })
        found.push(...data)
        cursor = meta.next_cursor
        if (cursor === null) break
      }
      expect([sort, plainRows(found)]).toEqual([sort, whole])
      const values = found.map(row => row[sort.replace('-', '')] ?? '')
      const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect([sort, values]).toEqual([sort, sort.startsWith('-') ? sorted.toReversed() : sorted])
    }
    const bad = await tracked(shop, { sort: 'partner_name', cursor: (await tracked(shop, { limit: '1' })).meta.next_cursor })
    expect([bad.status, bad.error?.code]).toEqual([400, 'invalid_query'])
  })

  story('a search finds name, handle and alias; its own wildcards are letters, and another brand is never in it', async shop => {
    const at = till(shop as never)
    const ada = await shop.partner('Ada 100%', { alias: 'ada-l' })
    const [channel] = [await shop.must(shop.v1('POST', `/projects/${shop.brand_id}/creators`, { tiktok_handle: 'Bob.Tok' }))]
    for (const who of [ada, channel]) await at.earn(who, 5_00)
    const found = async (q: string) => (await tracked(shop, { q })).data.map((row: Json) => row.partner_id)
    expect(await found('100%')).toEqual([ada.id])
    expect(await found('bob.tok')).toEqual([channel.id])
    expect(await found('ADA-L')).toEqual([ada.id])
    expect(await found('_')).toEqual([])
    expect(await found("'; drop table tabs; --")).toEqual([])
    const other = await shop.another()
    const answer = await shop.w.request('GET', `/api/brands/${other}/tracker`)
    expect([answer.data, answer.meta.totals]).toEqual([[], []])
  })
})

describe('months', () => {
  story('equal sums of the lists: accruals where their period ends, payments where they were paid [TG-92]', async shop => {
    const { bob } = await history(shop)
    const given = await facts(shop)
    const [usd] = given.accruals.filter(a => a.currency === 'USD').map(a => a.structure_id)
    for (const query of [
      {},
      { partner_id: bob.id },
      { structure_id: usd },
      { status: 'paid' },
      { from: '2026-02-01' },
    ] as Query[]) {
      const { mine, paid } = chosen(given, query)
      const kept = mine.filter(a => a.status === 'earned' || a.status === 'paid')
      const { months, structures } = await series(shop, query)
      const keys = new Set([
        ...kept.map(a => `${lastMs(a).slice(0, 7)} ${a.currency}`),
        ...paid.map(p => `${p.paid_at.slice(0, 7)} ${p.currency}`),
      ])
      const expected = [...keys].sort().map(key => {
        const [month, currency] = key.split(' ') as [string, string]
        return {
          ...{ month, currency },
          earned_cents: sumOf(
            kept.filter(a => lastMs(a).startsWith(month) && a.currency === currency),
            'amount_cents',
          ),
          paid_cents: sumOf(
            paid.filter(p => p.paid_at.startsWith(month) && p.currency === currency),
            'cents',
          ),
        }
      })
      expect([query, months]).toEqual([query, expected])
      for (const { month, currency, structure_id, earned_cents } of structures) {
        const own = kept.filter(a => lastMs(a).startsWith(month) && a.structure_id === structure_id && a.currency === currency)
        expect(earned_cents).toBe(sumOf(own, 'amount_cents'))
      }
      expect(sumOf(structures, 'earned_cents')).toBe(sumOf(kept, 'amount_cents'))
    }
  })

  story('follow the zone of the organization, and without days show a year', async shop => {
    const at = till(shop as never)
    const ada = await shop.partner('Ada')
    const zone = (name: string) => shop.w.sql('update organizations set time_zone = $1', [name])
    await zone('America/New_York')
    for (const period_end of ['2024-11-30', '2025-03-31', '2025-04-30', '2026-02-28']) await at.earn(ada, 1_00, { period_end })
    await at.paid({ creator_id: ada.id, total_amount_cents: 2_00, paid_at: '2026-03-01T03:00:00Z' })
    const of = async (query: Query = {}) =>
      (await series(shop, query)).months.map((m: Json) => [m.month, m.earned_cents, m.paid_cents])
    const year = [
      ['2025-03', 100, 0],
      ['2025-04', 100, 0],
      ['2026-02', 100, 200],
    ]
    const found = [await of(), await of({ from: '2024-01-01' }), await of({ partner_id: ada.id }), await of({ to: '2024-12-31' })]
    await zone('UTC')
    const whole = [['2024-11', 100, 0], ...year]
    expect(found).toEqual([year, whole, whole, whole.slice(0, 1)])
  })
})

const HEADER = 'creator,handle,structure,version,period_start,period_end,amount,currency,status,payment_id,paid_at,method'

describe('the export', () => {
  story('has one row an accrual of the filter, each as the API lists it [TG-93]', async shop => {
    await history(shop)
    const given = await facts(shop)
    const [eur] = given.accruals.filter(a => a.currency === 'EUR').map(a => a.structure_id)
    const answer = await shop.send('GET', '/tracker/export')
    expect([answer.status, answer.text.split('\n')[0]]).toEqual([200, HEADER])
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="accruals-.*-2026-03-25\.csv"$/)
    for (const query of [
      {},
      { status: 'paid' },
      { status: 'rejected' },
      { structure_id: eur },
      { to: '2026-01-31' },
      { q: 'cid' },
    ]) {
      const { q, ...rest } = query as Query
      const named = q === undefined ? null : (await tracked(shop, { q })).data[0].partner_id
      const expected = chosen(given, rest as Query)
        .mine.filter(a => named === null || a.creator_id === named)
        .map(a => [
          a.period_start_at,
          a.period_end_at,
          (a.amount_cents / 100).toFixed(2),
          a.currency,
          a.status,
          a.payment_id ?? '',
        ])
      const rows = await csv(shop, query as Query)
      const found = rows.map(r => [r.period_start, r.period_end, r.amount, r.currency, r.status, r.payment_id])
      expect([query, found.toSorted()]).toEqual([query, expected.toSorted()])
      expect(rows.map(r => r.period_end)).toEqual(rows.map(r => r.period_end).toSorted())
    }
  })

  story('of one partner has its payments without accruals as well [TG-94]', async shop => {
    const { ada, cid, eve } = await history(shop)
    const rows = await csv(shop, { partner_id: eve.id })
    expect(rows.map(r => [r.creator, r.structure, r.amount, r.status])).toEqual([
      ['Eve', '', '40.00', 'paid'],
      ['Eve', '', '9.00', 'paid'],
    ])
    expect(await csv(shop, { partner_id: ada.id })).toHaveLength(8)
    expect((await csv(shop, { partner_id: cid.id })).map(r => r.structure)).not.toContain('')
    expect(await csv(shop, { partner_id: eve.id, status: 'earned' })).toEqual([])
  })

  story('is safe to open: formulas in names get an apostrophe, amounts stay numbers [TG-93]', async shop => {
    const at = till(shop as never)
    const names = ['=1+1', '+1', '@SUM(A1)', '<script>alert(1)</script>', 'مرحبا "x", y', "O'Hara $1 $2"]
    for (const [n, name] of names.entries()) {
      const who = await shop.partner(`P${n}`)
      await shop.w.sql('update partners set name = $2 where id = $1', [who.id, name])
      await at.earn(who, 5_00)
    }
    const rows = await csv(shop)
    expect(rows.map(r => r.creator).toSorted()).toEqual(names.map(name => (/^[=+@]/.test(name) ? `'${name}` : name)).toSorted())
    expect(new Set(rows.map(r => r.amount))).toEqual(new Set(['5.00']))
    const found = await csv(shop, { q: "o'hara $1" })
    expect(found.map(r => r.creator)).toEqual(["O'Hara $1 $2"])
  })
})

describe('structures of a partner', () => {
  story('are those it is or was on, the latest first, with what each earned it [TG-94]', async shop => {
    const ada = await shop.partner('Ada')
    const [base, extra] = [await shop.structure(), await shop.structure({ name: 'Extra', amount_cents: 7_00 })]
    await shop.assign(base, ada)
    await shop.assign(extra, ada)
    await shop.night('2026-06-01')
    await shop.unassign(extra, ada)
    const [accrual] = await shop.accruals(`structure_id=${base.id}`)
    await shop.must(shop.set(accrual, 'voided'))
    const rows = await shop.must(shop.send('GET', `/partners/${ada.id}/structures`))
    expect(rows.map((r: Json) => [r.name, r.earned_cents, r.unassigned_at !== null, r.current_version.description])).toEqual([
      ['Extra', 14_00, true, '7.00 USD each month'],
      ['Monthly base', 50_00, false, '50.00 USD each month'],
    ])
    const first = await shop.send('GET', `/partners/${ada.id}/structures?limit=1`)
    const second = await shop.send('GET', `/partners/${ada.id}/structures?limit=1&cursor=${first.meta.next_cursor}`)
    expect([...first.data, ...second.data].map((r: Json) => r.assignment_id)).toEqual(rows.map((r: Json) => r.assignment_id))
    expect(second.meta.next_cursor).toBeNull()
  })
})

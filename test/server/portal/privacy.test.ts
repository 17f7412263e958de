/** What a partner is told: its own, in full; nothing of other partners, of revenue and margin, nor what the program switched off. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../../src/api/contract.ts'
import { partnerSession, portalOf } from '../../support/portal.ts'
import { type Answered, type World, world } from '../../support/world.ts'

let w: World
let ask: ReturnType<typeof portalOf>
let rival: { id: string }
const payouts: Record<string, string> = {}
const onAccount: Record<string, string> = {}

/** Amounts that occur nowhere by chance: what partners bring in, and what the other one earns. */
const REVENUE = 7_777_13
const RIVAL_REVENUE = 8_888_17
const SECRETS = [
  '777713',
  '7777.13',
  '7,777.13',
  '888817',
  '8888.17',
  'rival',
  'Zebulon',
  'zebulon',
  'hush',
  'INTERNAL',
  '31.9',
  '319000',
]

beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  const ada = await w.partner('Ada', {
    email: 'ada@example.org',
    readme: 'INTERNAL readme',
    metadata: { note: 'INTERNAL metadata' },
  })
  rival = await w.partner('Zebulon Rival', { email: 'zebulon@example.org', alias: 'zebulon', slug: 'rival' })
  const shop = await w.campaign({ name: 'Shop', cost_model: 'revshare', percent: '10', destination_url: 'https://shop.example/' })
  await w.request('PUT', w.path(`/campaigns/${shop.id}/custom-payouts`), { tables: { publisher: 'zebulon, 31.9' } })
  for (const [partner, revenue_cents] of [
    ['ada', REVENUE],
    ['rival', RIVAL_REVENUE],
  ] as const) {
    await w.conversion({ partner, campaign: shop, revenue_cents, occurred_at: '2026-03-01T10:00:00Z' })
    const payout = await w.draft(partner === 'ada' ? ada.id : rival.id, { notes: 'INTERNAL note' })
    await w.approve(payout)
    await w.pay(payout, { reference: partner === 'ada' ? 'WIRE-1' : 'hush-hush' })
    payouts[partner] = payout.id
    const paid = await w.request('POST', w.path('/publisher-payouts'), {
      ...{ publisher_id: partner === 'ada' ? ada.id : rival.id, requested_amount_cents: 5_00, note: 'INTERNAL on account' },
    })
    onAccount[partner] = paid.data.id
    await w.conversion({ partner, campaign: shop, revenue_cents, status: 'pending', occurred_at: '2026-03-09T10:00:00Z' })
    await w.conversion({ partner, campaign: shop, revenue_cents, occurred_at: '2026-03-09T11:00:00Z' })
  }
  ask = portalOf(w, await partnerSession(w, ada.id))
})
afterAll(() => w.close())

const get = (path: string): Promise<Answered> => ask('GET', path)
const toggle = (body: object) => w.request('PATCH', w.path('/settings/portal'), body)

describe('publisher A never sees data of B, nor revenue and profit of the brand [RT-43]', () => {
  const reads = endpoints.filter(({ endpoint: e }) => e.scope === 'partner' && e.method === 'GET' && e.answers === 'json')

  test.each(reads)('$name', async ({ endpoint }) => {
    const { status, text } = await get(endpoint.path.replace('/api/portal', ''))
    expect(status, text).toBe(200)
    const told = SECRETS.filter(secret => text.replaceAll(w.brand_slug, '').includes(secret))
    expect(told, text).toEqual([])
    expect(text).not.toContain(rival.id)
    expect(text).not.toMatch(/revenue_cents|profit|margin|readme|metadata|notes/)
  })

  test('the papers say as little', async () => {
    const csv = await get(`/statements/${payouts.ada}?format=csv`)
    expect(csv.status).toBe(200)
    expect(csv.text).toContain('777.71')
    const month = await get('/statement/file?month=2026-03&format=csv')
    for (const { text } of [csv, month])
      expect(SECRETS.filter(secret => text.includes(secret) && secret !== 'INTERNAL')).toEqual([])
  })

  test('papers of B are not found, whatever the format [TR-63]', async () => {
    const paths = [`/statements/${payouts.rival}`, `/statements/${payouts.rival}?format=csv`, `/invoices/${payouts.rival}`]
    for (const path of [...paths, `/invoices/${onAccount.rival}`, `/statements/${onAccount.ada}`]) {
      const answer = await get(path)
      expect([path, answer.status, answer.error?.code]).toEqual([path, 404, 'not_found'])
    }
  })

  test('a filter by a campaign or a cursor leads to nothing of B', async () => {
    const [theirs] = await w.sql('select id, occurred_at from conversions where partner_id = $1 order by occurred_at desc', [
      rival.id,
    ])
    const at = new Date(theirs.occurred_at).toISOString()
    const { data } = await get(`/conversions?cursor=${at}_${theirs.id}`)
    expect(data.every((row: { id: string }) => row.id !== theirs.id)).toBe(true)
    expect((await get(`/payments?cursor=${at}_${payouts.rival}`)).text).not.toContain(payouts.rival)
  })
})

describe('what is its own', () => {
  test('pending, approved and paid equal its conversions by status [TR-62]', async () => {
    const [usd] = (await get('/home')).data.balances
    const log = (await get('/conversions')).data
    const sum = (status: string) =>
      log
        .filter((row: { status: string }) => row.status === status)
        .reduce((cents: number, row: { payout_cents: number }) => cents + row.payout_cents, 0)
    expect([sum('pending_review'), sum('approved'), sum('paid')]).toEqual([777_71, 777_71, 777_71])
    expect(usd).toMatchObject({
      ...{ pending_cents: 777_71, approved_cents: 777_71, paid_cents: 777_71, balance_cents: 772_71 },
      ...{ available_cents: 772_71, paid_this_year_cents: 777_71 },
    })
  })

  test('a paid payout is listed, and its statement downloads with its lines [TR-63]', async () => {
    const { data } = await get('/payments')
    expect(data.history).toMatchObject([
      { kind: 'on_account', status: 'pending', amount_cents: 5_00, has_invoice: true },
      { kind: 'payout', status: 'paid', amount_cents: 777_71, reference: 'WIRE-1', has_statement: true },
    ])
    expect((await get('/statements')).data).toMatchObject([{ payout_id: payouts.ada, amount_cents: 777_71 }])
    const pdf = await get(`/statements/${payouts.ada}`)
    expect([pdf.status, pdf.headers['content-type'], pdf.text.slice(0, 5)]).toEqual([200, 'application/pdf', '%PDF-'])
    const csv = await get(`/statements/${payouts.ada}?format=csv`)
    expect(csv.text.trim().split('\n')).toHaveLength(2)
  })

  test('an invoice of each is made and keeps its number', async () => {
    const made = await get(`/invoices/${onAccount.ada}`)
    expect([made.status, made.text.slice(0, 5)]).toEqual([200, '%PDF-'])
    expect((await get(`/invoices/${payouts.ada}`)).status).toBe(200)
    const { data } = await get('/invoices')
    expect(data.map((row: { kind: string; number: string }) => [row.kind, row.number]).sort()).toEqual([
      ['on_account', 'INV-2026-0001'],
      ['payout', 'INV-2026-0002'],
    ])
  })

  test('the rate and the link are the partner’s own', async () => {
    const { data } = await get('/campaigns')
    expect(data).toMatchObject([{ name: 'Shop', type: 'revshare', rate: '10 % of revenue', is_custom_rate: false }])
    expect(data[0].tracking_url).toMatch(/\/api\/r\/acme\/shop\?via=ada$/)
    const theirs = portalOf(w, await partnerSession(w, rival.id))
    expect((await theirs('GET', '/campaigns')).data[0]).toMatchObject({ rate: '31.9 % of revenue', is_custom_rate: true })
  })

  test('clicks, conversions and earnings by day and campaign', async () => {
    const [{ tracking_url }] = (await get('/campaigns')).data
    const path = new URL(tracking_url).pathname + new URL(tracking_url).search
    for (const sub1 of ['a', 'b']) expect((await w.request('GET', `${path}&sub1=${sub1}`)).status).toBe(302)
    const { data } = await get('/stats')
    expect(data).toMatchObject({ click_count: 2, conversion_count: 3, approved_count: 2, cvr: 1.5 })
    expect(data.earnings).toEqual([{ currency: 'USD', amount_cents: 1_555_42 }])
    expect(data.epc).toEqual([{ currency: 'USD', amount_cents: 777_71 }])
    expect(data.days).toHaveLength(30)
    expect(data.campaigns).toMatchObject([{ name: 'Shop', click_count: 2, conversion_count: 3 }])
    const report = await get('/report?from=2026-03-09&to=2026-03-10&by=day')
    expect(
      report.data.map((row: { key: string; click_count: number; conversion_count: number }) => [
        row.key,
        row.click_count,
        row.conversion_count,
      ]),
    ).toEqual([
      ['2026-03-10', 2, 0],
      ['2026-03-09', 0, 2],
    ])
    expect(report.meta.totals).toMatchObject({ conversion_count: 2, earnings: [{ currency: 'USD', amount_cents: 777_71 }] })
    expect((await get('/report?from=2026-03-10&to=2026-03-09')).error.code).toBe('invalid_query')
    expect((await get('/report?from=2024-01-01&to=2026-03-09')).error.code).toBe('invalid_query')
  })

  test('change settings stores it [RT-40]', async () => {
    const { data } = await get('/payment-settings')
    const paypal = data.methods.find((each: { name: string }) => each.name === 'PayPal')
    expect(paypal.method_id).not.toBeNull()
    const body = {
      method_id: paypal.method_id,
      payout_details: 'ada@paypal.example',
      company: ' Ada Ltd ',
      country: 'gb',
      address: '',
    }
    expect((await ask('PATCH', '/payment-settings', body)).data).toMatchObject({
      method_name: 'PayPal',
      company: 'Ada Ltd',
      country: 'GB',
      address: null,
    })
    expect((await get('/payments')).data.settings).toMatchObject({ payout_details: 'ada@paypal.example' })
    expect((await ask('PATCH', '/payment-settings', { method: 'Wire Transfer' })).data).toMatchObject({
      method: 'wire',
      method_id: null,
    })
    expect((await ask('PATCH', '/payment-settings', { method: 'gold' })).error.code).toBe('invalid_body')
    expect((await ask('PATCH', '/payment-settings', { method_id: w.org_id })).error.code).toBe('invalid_body')
    const shown = (await w.request('GET', w.path(`/partners?q=ada`))).data[0]
    expect(shown).toMatchObject({ company: 'Ada Ltd', country: 'GB' })
  })
})

describe('what the program switches off', () => {
  test('off: no balance, no history in the portal API [RT-41]', async () => {
    await toggle({ show_balance: false })
    expect((await get('/me')).data).toMatchObject({ balances: null, toggles: { show_balance: false } })
    expect((await get('/home')).data.balances).toBeNull()
    expect((await get('/payments')).data).toMatchObject({ balances: null, history: null })
    for (const path of ['/statements', '/invoices']) expect((await get(path)).data).toEqual([])
    for (const path of [`/statements/${payouts.ada}`, `/invoices/${onAccount.ada}`, '/statement', '/statement/file'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
    for (const path of ['/me', '/home', '/payments', '/statements', '/invoices'])
      expect((await get(path)).text).not.toMatch(/77771|77271/)
    await toggle({ show_balance: true })
    expect((await get('/home')).data.balances).toHaveLength(1)
  })

  test('alias and log', async () => {
    expect((await get('/me')).data.partner.alias).toBe('ada')
    await toggle({ show_alias: false, show_log: false })
    expect((await get('/me')).data.partner.alias).toBeNull()
    expect((await get('/conversions')).error.code).toBe('forbidden')
    await toggle({ show_alias: true, show_log: true })
    expect((await get('/conversions?type=sale')).meta.types).toContain('sale')
    expect((await get('/conversions?type=nothing')).data).toEqual([])
  })

  test('settings are of the program, kept and told', async () => {
    const { data } = await toggle({ title: '  <b>Acme</b> 🦊 ', logo_path: null })
    expect(data).toMatchObject({ title: '<b>Acme</b> 🦊', logo_path: null, show_balance: true, mails: false })
    expect(data.portal_url).toMatch(/^http.*\/portal\?program=\w+/)
    expect((await get('/me')).data.program.title).toBe('<b>Acme</b> 🦊')
    expect((await toggle({ logo_path: '/icons/x/y' })).error.code).toBe('invalid_body')
    expect((await toggle({ title: '  ' })).data.title).toBeNull()
    expect((await w.request('GET', w.path('/settings/portal'))).data).toMatchObject({ title: null, show_log: true })
    expect(await w.sql(`select 1 from events where verb = 'portal.changed'`)).not.toHaveLength(0)
  })
})

/** Recording conversions: who is credited, what is the same, what is refused, and that nobody's mistake is another's. */
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { batch, conversion, countOf, cpa, created, item, record, revshare, type Shop, statuses, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const alone = (shop: Shop, body: unknown) => shop.send('POST', '/conversions', body)

describe('a conversion', () => {
  story('is approved by default, and the balance grows by its commission [TR-47]', async shop => {
    const [ada, campaign] = [await shop.partner(), await revshare(shop, '10')]
    const sale = await created(shop, { partner: ada, campaign, revenue_cents: 49_00 })
    expect(await conversion(shop, sale)).toMatchObject({
      status: 'approved',
      commission_cents: 4_90,
      type: 'sale',
      currency: 'USD',
    })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 4_90, conversion_count: 1, revenue_cents: 49_00 })
  })

  story('tells its defaults: type sale, no revenue unless the campaign has one, its currency, now', async shop => {
    const ada = await shop.partner()
    const plain = await created(shop, { partner: ada, campaign: await cpa(shop, 5_00) })
    expect(await conversion(shop, plain)).toMatchObject({
      ...{ type: 'sale', revenue_cents: 0, currency: 'USD', subs: null, conversion_subs: null, reason: null },
      occurred_at: expect.stringContaining('2026-03-10T12:00'),
    })
    const euros = await revshare(shop, '10', { currency: 'EUR', default_revenue_cents: 80_00 })
    const sale = await created(shop, { partner: ada, campaign: euros })
    expect(sale.earning).toMatchObject({ amount_cents: 8_00, currency: 'EUR' })
    expect(await conversion(shop, sale)).toMatchObject({ revenue_cents: 80_00, currency: 'EUR' })
  })

  story('is credited to the partner named by id, alias or slug, in any case', async shop => {
    const ada = await shop.partner('Ada', { slug: 'ada-l', alias: 'Countess' })
    const campaign = await cpa(shop, 5_00)
    for (const name of [ada.id, ada.id.toUpperCase(), 'countess', 'COUNTESS', 'ada-l', 'ADA-L']) {
      const { id } = await created(shop, { partner: name, campaign })
      expect((await conversion(shop, { id })).partner_id, name).toBe(ada.id)
    }
  })

  story('finds its campaign by id or slug, in any case', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00, { slug: 'Spring' })]
    for (const name of [campaign.id, campaign.id.toUpperCase(), 'spring', 'SPRING']) {
      const { id } = await created(shop, { partner: ada, campaign: name })
      expect((await conversion(shop, { id })).campaign_id, name).toBe(campaign.id)
    }
  })

  story('prefers the alias of one partner to the slug of another', async shop => {
    await shop.partner('Slug', { slug: 'nick', alias: 'other' })
    const nick = await shop.partner('Alias', { slug: 'else', alias: 'NICK' })
    const { id } = await created(shop, { partner: 'nick', campaign: await cpa(shop, 1_00) })
    expect((await conversion(shop, { id })).partner_id).toBe(nick.id)
  })

  story('pays by the status that its source sends, in any case [RT-37]', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    const cases = [
      ['approved', 'approved', 5_00],
      ['Other', 'approved', 5_00],
      ['PENDING', 'pending_review', 0],
      ['Declined', 'rejected', 0],
    ] as const
    let owed = 0
    for (const [status, becomes, pays] of cases) {
      const sale = await created(shop, { partner: ada, campaign, status })
      owed += pays
      expect(await shop.statusOf(sale), status).toBe(becomes)
      expect((await shop.balance(ada)).owed_cents, status).toBe(owed)
    }
    const [waiting] = await shop.must(shop.send('GET', '/conversions?status=pending_review'))
    await shop.decide('approve', waiting.id)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 15_00, pending_cents: 0 })
  })

  story('stores sub20 of click and conversion apart [RT-39]', async shop => {
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    const sale = await created(shop, { ...fields, subs: { sub20: 'a' }, conversion_subs: { sub20: 'b' } })
    expect(await conversion(shop, sale)).toMatchObject({ subs: { sub20: 'a' }, conversion_subs: { sub20: 'b' } })
    const [refused] = await record(shop, item({ ...fields, subs: { sub21: 'a' } }))
    expect(refused).toMatchObject({ status: 'rejected', errors: [{ path: 'subs.sub21' }] })
  })

  story('keeps a type that the program does not list, in its own case [RT-36]', async shop => {
    await shop.must(shop.send('PUT', '/conversion-types', { types: ['Lead'] }))
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    for (const type of ['Lead', 'lead', 'Telefonverkauf']) {
      expect((await conversion(shop, await created(shop, { ...fields, type }))).type).toBe(type)
    }
  })
})

describe('the same again', () => {
  const content = {
    ...{ type: 'Lead', revenue_cents: 10_00, currency: 'USD', country: 'US', os: 'IOS', coupon_code: 'SPRING' },
    ...{ payout_cents: 3_00, status: 'approved', subs: { sub1: 'a' }, conversion_subs: { sub1: 'b' }, event_id: 'e-1' },
    occurred_at: '2026-03-01T10:00:00Z',
  }
  const other = {
    ...{ type: 'lead', revenue_cents: 10_01, currency: 'EUR', country: 'GB', os: 'ANDROID', coupon_code: 'FALL' },
    ...{ payout_cents: 3_01, status: 'other', subs: { sub1: 'b' }, conversion_subs: { sub2: 'b' }, event_id: 'e-2' },
    occurred_at: '2026-03-01T10:00:01Z',
  }

  story('is a duplicate, and any field with other content a conflict that changes nothing', async shop => {
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    const sent = item({ partner: ada, campaign: await cpa(shop, 5_00), ...content })
    const first = (await record(shop, sent))[0]!
    const before = await shop.w.fingerprint()
    const spelt = { ...sent, country: 'us', os: 'iOS 17', currency: 'usd', occurred_at: '2026-03-01T11:00:00+01:00' }
    const { occurred_at: _, ...undated } = sent
    for (const again of [sent, spelt, undated, { ...sent, partner: ada.id.toUpperCase() }]) {
      expect(await record(shop, again)).toEqual([{ ...first, status: 'duplicate', earning: null }])
    }
    for (const [field, value] of Object.entries({ ...other, partner: bob.slug })) {
      const [result] = await record(shop, { ...sent, [field]: value })
      expect(result, field).toEqual({ ...first, status: 'conflict', earning: null })
    }
    expect(await shop.w.fingerprint()).toBe(before)
  })

  story('answers 200 when nothing was created, also alone', async shop => {
    const sent = item({ partner: await shop.partner(), campaign: await cpa(shop, 5_00) })
    expect((await alone(shop, sent)).status).toBe(201)
    for (const answer of [await alone(shop, sent), await batch(shop, [sent])]) {
      expect(answer.status).toBe(200)
      expect(answer.data.counts).toEqual({ created: 0, duplicate: 1, conflict: 0, rejected: 0 })
    }
  })

  story('twice in one batch: the first is recorded, the others are compared with it', async shop => {
    const sent = item({ partner: await shop.partner(), campaign: await cpa(shop, 5_00), revenue_cents: 1_00 })
    const results = await record(shop, sent, { ...sent }, { ...sent, revenue_cents: 2_00 })
    expect(statuses(results)).toEqual(['created', 'duplicate', 'conflict'])
    expect(new Set(results.map(r => r.conversion_id)).size).toBe(1)
    expect(await countOf(shop)).toBe(1)
  })

  story('by event id is one conversion, within a batch and after it [RT-38]', async shop => {
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    const event = (external_id: string, event_id: string) => ({ ...item(fields), external_id, event_id })
    const [first, second] = await record(shop, event('b', 'e'), event('a', 'e'))
    expect([first?.status, second?.status]).toEqual(['created', 'duplicate'])
    expect(second?.conversion_id).toBe(first?.conversion_id)
    expect(await record(shop, event('c', 'e'))).toMatchObject([{ status: 'duplicate', conversion_id: first?.conversion_id }])
    expect([await countOf(shop), (await shop.balance(fields.partner)).owed_cents]).toEqual([1, 5_00])
  })

  story('an event id that only a conflict bears is free for the next', async shop => {
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    const known = { ...item(fields), external_id: 'known' }
    await record(shop, known)
    const results = await record(shop, { ...known, event_id: 'e', revenue_cents: 1 }, { ...item(fields), event_id: 'e' })
    expect(statuses(results)).toEqual(['conflict', 'created'])
  })

  story('in another campaign it is another conversion', async shop => {
    const sent = { ...item({ partner: await shop.partner(), campaign: await cpa(shop, 5_00) }), event_id: 'e' }
    const elsewhere = { ...sent, campaign: (await cpa(shop, 7_00)).slug }
    expect(statuses(await record(shop, sent, elsewhere, sent, elsewhere))).toEqual([
      'created',
      'created',
      'duplicate',
      'duplicate',
    ])
  })
})

describe('a batch', () => {
  story('takes 1,000, and each result stands at its own place', async shop => {
    const fields = { partner: await shop.partner(), campaign: await revshare(shop, '10') }
    const items: Record<string, unknown>[] = Array.from({ length: 1000 }, (_, n) => item({ ...fields, revenue_cents: n * 10 }))
    items[10] = { ...items[10], partner: 'nobody' }
    items[500] = { nonsense: true }
    items[999] = { ...items[0] }
    const { status, data } = await batch(shop, items)
    expect([status, data.counts]).toEqual([201, { created: 997, duplicate: 1, conflict: 0, rejected: 2 }])
    for (const [n, result] of data.results.entries()) {
      const bad = n === 10 || n === 500
      expect([n, result.external_id, result.status]).toEqual([
        ...[n, n === 500 ? null : items[n]?.external_id],
        bad ? 'rejected' : n === 999 ? 'duplicate' : 'created',
      ])
      if (!bad && n !== 999) expect(result.earning.amount_cents).toBe(n)
    }
    expect((await shop.balance(fields.partner)).owed_cents).toBe((999 * 1000) / 2 - 10 - 500 - 999)
  })

  story('of 1,001, of none, or with a key beside it is refused, and nothing is recorded', async shop => {
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    const many = Array.from({ length: 1001 }, () => item(fields))
    for (const body of [
      { conversions: many },
      { conversions: [] },
      { conversions: 'all' },
      { conversions: { length: 1 } },
      { conversions: [item(fields)], dry_run: true },
      [item(fields)],
      {},
    ]) {
      await shop.refused(() => alone(shop, body), 400, 'invalid_body')
    }
  })

  story('one bad item never refuses its neighbours, and says what is wrong', async shop => {
    const fields = { partner: await shop.partner(), campaign: await cpa(shop, 5_00) }
    const good = item(fields)
    const bad: [unknown, string, RegExp][] = [
      [null, '', /./],
      ['text', '', /./],
      [{ ...item(fields), revenue_cents: -1 }, 'revenue_cents', /./],
      [{ ...item(fields), revenue_cents: 1.5 }, 'revenue_cents', /./],
      [{ ...item(fields), revenue_cents: '100' }, 'revenue_cents', /./],
      [{ ...item(fields), currency: 'XXQ' }, 'currency', /ISO 4217/],
      [{ ...item(fields), country: 'USA' }, 'country', /two letters/],
      [{ ...item(fields), type: '' }, 'type', /./],
      [{ ...item(fields), type: 'x'.repeat(51) }, 'type', /./],
      [{ ...item(fields), external_id: 'nul\u0000' }, 'external_id', /NUL/],
      [{ ...item(fields), status: 'paid' }, 'status', /./],
      [{ ...item(fields), payout: 5 }, '', /unknown key: payout/],
      [{ ...item(fields), occurred_at: 'yesterday' }, 'occurred_at', /ISO 8601/],
      [{ ...item(fields), occurred_at: '0000-01-01T00:00:00Z' }, 'occurred_at', /./],
      [{ ...item(fields), occurred_at: '9999-12-31T23:30:00-01:00' }, 'occurred_at', /./],
      [{ ...item(fields), campaign: 'nowhere' }, 'campaign', /no campaign "nowhere"/],
      [{ ...item(fields), partner: 'nobody' }, 'partner', /no partner "nobody"/],
      [{ ...item({ campaign: fields.campaign }) }, '', /name the partner, a click_id or a coupon_code/],
      [{ ...item({ campaign: fields.campaign }), coupon_code: 'NONE' }, 'coupon_code', /no partner has the coupon/],
      [{ ...item({ campaign: fields.campaign }), click_id: 'no' }, 'click_id', /no click/],
      [{ ...item({ campaign: fields.campaign }), click_id: randomUUID() }, 'click_id', /no click/],
    ]
    const results = await record(shop, ...bad.map(([sent]) => sent), good)
    for (const [n, [sent, path, words]] of bad.entries()) {
      expect(results[n], JSON.stringify(sent)).toMatchObject({ status: 'rejected', conversion_id: null, earning: null })
      expect(results[n]?.errors?.[0], JSON.stringify(sent)).toEqual({ path, message: expect.stringMatching(words) })
    }
    expect(results.at(-1)).toMatchObject({ status: 'created', external_id: good.external_id })
    for (const [sent] of bad) await shop.refused(() => alone(shop, sent), 400, 'invalid_body')
  })
})

describe('one key, one effect', () => {
  for (const kind of ['alone', 'as a batch']) {
    story(`parallel identical requests with one Idempotency-Key record once, ${kind} [D9.13]`, async shop => {
      const ada = await shop.partner()
      const items = Array.from({ length: 3 }, () => item({ partner: ada, campaign: 'any' }))
      const campaign = await cpa(shop, 5_00, { slug: 'any' })
      const body = kind === 'alone' ? items[0] : { conversions: items }
      const headers = { 'idempotency-key': randomUUID() }
      const answers = await Promise.all(Array.from({ length: 6 }, () => shop.send('POST', '/conversions', body, { headers })))
      expect(new Set(answers.map(a => a.text)).size).toBe(1)
      expect(new Set(answers.map(a => a.status))).toEqual(new Set([201]))
      const recorded = kind === 'alone' ? 1 : 3
      expect([await countOf(shop), (await shop.balance(ada)).owed_cents]).toEqual([recorded, recorded * 5_00])
      await shop.refused(
        () => shop.send('POST', '/conversions', item({ partner: ada, campaign }), { headers }),
        409,
        'idempotency_key_reused',
      )
    })
  }

  story('parallel identical requests without a key record once too: the external id is the key', async shop => {
    const ada = await shop.partner()
    const sent = item({ partner: ada, campaign: await cpa(shop, 5_00) })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 2 ? alone(shop, sent) : batch(shop, [sent]))))
    const found = answers.flatMap(answer => statuses(answer.data.results)).sort()
    expect(found).toEqual(['created', ...Array(11).fill('duplicate')])
    expect([await countOf(shop), (await shop.balance(ada)).owed_cents]).toEqual([1, 5_00])
  })

  story('singles that arrive together are each answered for themselves', async shop => {
    const fields = { partner: await shop.partner(), campaign: await revshare(shop, '10') }
    const sent: Record<string, unknown>[] = Array.from({ length: 40 }, (_, n) => ({
      ...item({ ...fields, revenue_cents: n * 10 }),
      ...(n % 4 === 3 && { partner: 'nobody' }),
    }))
    const answers = await Promise.all(sent.map(one => alone(shop, one)))
    for (const [n, answer] of answers.entries()) {
      if (n % 4 === 3) expect([answer.status, answer.error.code]).toEqual([400, 'invalid_body'])
      else expect(answer.data.results).toMatchObject([{ external_id: sent[n]?.external_id, earning: { amount_cents: n } }])
    }
  })
})

describe('the list', () => {
  story('is newest first, in pages, by partner, campaign and status; another brand sees none of it', async shop => {
    const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
    const [one, two] = [await cpa(shop, 1_00), await cpa(shop, 2_00, { hold_hours: 5 })]
    const sales: { id: string }[] = []
    for (const [partner, campaign] of [
      [ada, one],
      [ada, two],
      [bob, one],
    ] as const)
      sales.push(await created(shop, { partner, campaign }))
    const ids = async (query: string) =>
      (await shop.must(shop.send('GET', `/conversions?${query}`))).map((c: { id: string }) => c.id)
    const [a, b, c] = sales.map(s => s.id)
    expect(await ids('')).toEqual([c, b, a])
    expect(await ids(`partner_id=${ada.id}`)).toEqual([b, a])
    expect(await ids(`campaign_id=${one.id}`)).toEqual([c, a])
    expect(await ids('status=hold')).toEqual([b])
    const first = await shop.send('GET', '/conversions?limit=2')
    expect(first.data.length).toBe(2)
    expect(await ids(`limit=2&cursor=${encodeURIComponent(first.meta.next_cursor)}`)).toEqual([a])
    const elsewhere = `/api/brands/${shop.w.brand_id}/conversions`
    expect((await shop.w.request('GET', `${elsewhere}?partner_id=${ada.id}`)).data).toEqual([])
    expect((await shop.w.request('GET', `${elsewhere}/${a}`)).status).toBe(404)
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01T10:20:00Z' })
})
afterAll(() => shop.close())

const record = async (body: unknown) => shop.request('POST', shop.path('/conversions'), body)
const statusOf = async (id: string) => (await shop.request('GET', shop.path(`/conversions/${id}`))).data.status

describe('what comes in counts', () => {
  test('a conversion without a hold is approved at once and the balance grows by its commission [TR-47]', async () => {
    const partner = await shop.partner('Straight')
    const campaign = await shop.campaign({ amount_cents: 12_50 })
    const { id, earning } = await shop.conversion({ partner, campaign })
    expect(earning).toEqual({ amount_cents: 12_50, currency: 'USD', because: '12.50 USD per sale (campaign rate)' })
    expect(await statusOf(id)).toBe('approved')
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 12_50, pending_cents: 0, conversion_count: 1 })
  })

  test('a hold of 72 hours holds at +71 h and is over at the full hour after +72 h [TR-48]', async () => {
    const partner = await shop.partner('Held')
    const campaign = await shop.campaign({ hold_hours: 72 })
    const { id } = await shop.conversion({ partner, campaign })
    expect(await statusOf(id)).toBe('hold')
    await shop.travelTo('2026-03-04T09:20:00Z')
    expect(await statusOf(id)).toBe('hold')
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 0, pending_cents: 10_00 })
    await shop.travelTo('2026-03-04T10:59:59Z')
    expect(await statusOf(id)).toBe('hold')
    await shop.travelTo('2026-03-04T11:00:01Z')
    expect(await statusOf(id)).toBe('approved')
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 10_00, pending_cents: 0 })
    await shop.travelTo('2026-03-01T10:20:00Z')
  })

  test('what waits for review is owed when it is approved and gone when it is rejected [TR-49]', async () => {
    const partner = await shop.partner('Flagged')
    const campaign = await shop.campaign()
    const [good, bad] = [
      await shop.conversion({ partner, campaign, status: 'pending' }),
      await shop.conversion({ partner, campaign, status: 'PENDING' }),
    ]
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 0, pending_cents: 20_00 })
    const approved = await shop.request('POST', shop.path('/conversions/approve'), { ids: [good.id] })
    expect(approved.data).toEqual({ results: [{ id: good.id, status: 'approved' }], counts: { changed: 1, failed: 0 } })
    const rejected = await shop.request('POST', shop.path('/conversions/reject'), { ids: [bad.id], reason: 'fraud' })
    expect(rejected.data.results).toEqual([{ id: bad.id, status: 'rejected' }])
    expect([await statusOf(good.id), await statusOf(bad.id)]).toEqual(['approved', 'rejected'])
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 10_00, pending_cents: 0 })
  })

  test.each([
    ['Other', 'approved', 10_00, 0],
    ['Approved', 'approved', 10_00, 0],
    ['Pending', 'pending_review', 0, 10_00],
    ['Declined', 'rejected', 0, 0],
  ])('the status %s is %s: it pays %i now and %i later [RT-37]', async (status, becomes, owed_cents, pending_cents) => {
    const partner = await shop.partner(`Status ${status}`)
    const { id } = await shop.conversion({ partner, campaign: await shop.campaign(), status })
    expect(await statusOf(id)).toBe(becomes)
    expect(await shop.balance(partner)).toMatchObject({ owed_cents, pending_cents })
    if (becomes === 'pending_review') {
      await shop.request('POST', shop.path('/conversions/approve'), { ids: [id] })
      expect(await shop.balance(partner)).toMatchObject({ owed_cents: 10_00, pending_cents: 0 })
    }
  })
})

describe('the same again', () => {
  test('the same content under an external id is a duplicate; another content is a conflict; neither changes anything', async () => {
    const partner = await shop.partner('Twice')
    const other = await shop.partner('Other one')
    const campaign = await shop.campaign({ cost_model: 'revshare', percent: '10' })
    const item = {
      external_id: 'same-1',
      partner: partner.slug,
      campaign: campaign.slug,
      revenue_cents: 50_00,
      country: 'US',
      subs: { sub1: 'a', sub2: 'b' },
    }
    const first = await record(item)
    expect(first.status).toBe(201)
    const id = first.data.results[0].conversion_id
    const again = await record({ ...item, subs: { sub2: 'b', sub1: 'a' } })
    expect(again).toMatchObject({ status: 200, data: { results: [{ status: 'duplicate', conversion_id: id, earning: null }] } })
    const changes = [
      { revenue_cents: 50_01 },
      { country: 'GB' },
      { type: 'Lead' },
      { partner: other.slug },
      { currency: 'EUR' },
      { subs: { sub1: 'a' } },
      { conversion_subs: { sub1: 'x' } },
      { payout_cents: 5 },
      { status: 'pending' },
      { os: 'iOS' },
      { occurred_at: '2026-02-01T00:00:00Z' },
    ]
    for (const change of changes) {
      const { data } = await record({ ...item, ...change })
      expect(data.results[0], JSON.stringify(change)).toMatchObject({ status: 'conflict', conversion_id: id })
    }
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 5_00, conversion_count: 1 })
    expect(await shop.balance(other)).toMatchObject({ owed_cents: 0 })
  })

  test('the same event id twice is one conversion [RT-38]', async () => {
    const partner = await shop.partner('Eventful')
    const campaign = await shop.campaign()
    const { id } = await shop.conversion({ partner, campaign, external_id: 'ev-a', event_id: 'event-7' })
    const again = await shop.recorded({ partner, campaign, external_id: 'ev-b', event_id: 'event-7' })
    expect(again).toMatchObject({ status: 'duplicate', conversion_id: id })
    expect(await shop.balance(partner)).toMatchObject({ conversion_count: 1 })
  })

  test('one external id twice in a batch is recorded once; in another campaign it is another conversion', async () => {
    const partner = await shop.partner('Batch twin')
    const [one, two] = [await shop.campaign(), await shop.campaign()]
    const item = (campaign: { slug: string }, more = {}) => ({
      external_id: 'twin',
      partner: partner.slug,
      campaign: campaign.slug,
      ...more,
    })
    const { data } = await record({ conversions: [item(one), item(one), item(one, { revenue_cents: 1 }), item(two)] })
    expect(data.results.map((r: { status: string }) => r.status)).toEqual(['created', 'duplicate', 'conflict', 'created'])
    expect(data.counts).toEqual({ created: 2, duplicate: 1, conflict: 1, rejected: 0 })
  })

  test('parallel requests with one Idempotency-Key record once and answer the same bytes', async () => {
    const partner = await shop.partner('Parallel')
    const campaign = await shop.campaign()
    const body = { conversions: [{ external_id: 'par-1', partner: partner.slug, campaign: campaign.slug }] }
    const headers = { 'idempotency-key': 'c0ffee00-0000-4000-8000-000000000001' }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => shop.request('POST', shop.path('/conversions'), body, { headers })),
    )
    expect(new Set(answers.map(a => a.text)).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 201, data: { counts: { created: 1 } } })
    expect(await shop.balance(partner)).toMatchObject({ conversion_count: 1 })
  })
})

describe('one bad item', () => {
  test('never refuses its neighbours, and each result stands at its own place', async () => {
    const partner = await shop.partner('Neighbour')
    const campaign = await shop.campaign()
    const good = (n: number) => ({ external_id: `n-${n}`, partner: partner.slug, campaign: campaign.slug })
    const bad = [
      { ...good(90), partner: 'nobody-here' },
      { ...good(91), campaign: 'nothing-here' },
      { ...good(92), revenue_cents: 1.5 },
      { ...good(93), revenue_cents: -1 },
      { ...good(94), countri: 'US' },
      { ...good(95), country: 'USA' },
      { ...good(96), currency: 'XYZ' },
      { external_id: 'n-97', campaign: campaign.slug },
      { ...good(98), subs: { sub21: 'x' } },
      'no object',
      null,
    ]
    const { status, data } = await record({ conversions: [good(1), ...bad, good(2)] })
    expect(status).toBe(201)
    expect(data.counts).toEqual({ created: 2, duplicate: 0, conflict: 0, rejected: bad.length })
    expect(data.results[0]).toMatchObject({ external_id: 'n-1', status: 'created' })
    expect(data.results.at(-1)).toMatchObject({ external_id: 'n-2', status: 'created' })
    expect(data.results[1].errors).toEqual([{ path: 'partner', message: 'there is no partner "nobody-here" in this brand' }])
    expect(data.results[4].errors[0]).toMatchObject({ path: 'revenue_cents' })
    expect(data.results[5].errors[0].message).toContain('countri')
  })

  test('sent alone is refused as a whole with what is wrong', async () => {
    const campaign = await shop.campaign()
    const before = await shop.fingerprint()
    const answer = await record({ external_id: 'alone', partner: 'nobody', campaign: campaign.slug })
    expect(answer).toMatchObject({
      status: 400,
      error: {
        code: 'invalid_body',
        message: 'The conversion was not recorded: partner there is no partner "nobody" in this brand.',
      },
      meta: { code: 'invalid_body', errors: [{ path: 'partner' }] },
    })
    expect(await shop.fingerprint()).toBe(before)
  })

  test('more than 1,000 in a request are refused; 1,000 are recorded', async () => {
    const partner = await shop.partner('Thousand')
    const campaign = await shop.campaign({ amount_cents: 1 })
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ external_id: `k-${n}`, partner: partner.slug, campaign: campaign.slug }))
    expect(await record({ conversions: many(1001) })).toMatchObject({ status: 400, error: { code: 'invalid_body' } })
    expect((await record({ conversions: many(1000) })).data.counts).toMatchObject({ created: 1000 })
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 10_00, conversion_count: 1000 })
  })
})

describe('who it belongs to', () => {
  test('a partner is named by id, alias or slug, whatever the case', async () => {
    const partner = await shop.partner('Many Names', { slug: 'many', alias: 'MN-1' })
    const campaign = await shop.campaign()
    for (const name of [partner.id, partner.id.toUpperCase(), 'many', 'MANY', 'mn-1', 'MN-1']) {
      expect(await shop.recorded({ partner: name, campaign }), name).toMatchObject({ status: 'created' })
    }
    expect(await shop.balance(partner)).toMatchObject({ conversion_count: 6 })
  })

  test('singles that arrive together are each recorded and answered on their own', async () => {
    const partner = await shop.partner('Flock')
    const campaign = await shop.campaign({ amount_cents: 1_00 })
    const item = (n: number) => ({
      external_id: `flock-${n % 40}`,
      partner: n === 7 ? 'nobody' : partner.slug,
      campaign: campaign.slug,
    })
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => record(item(n))))
    const count = (status: number) => answers.filter(a => a.status === status).length
    expect([count(201), count(200), count(400)]).toEqual([40, 19, 1])
    expect(await shop.balance(partner)).toMatchObject({ owed_cents: 40_00, conversion_count: 40 })
  })
})

/** Partners: names that are theirs alone, their status, their coupons; and the program's list of types. */
import { describe, expect } from 'vitest'
import { conversion, cpa, created, earns, type Shop, stories } from '../conversions/support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const post = (shop: Shop, body: object) => shop.send('POST', '/partners', { name: 'Ada', ...body })
const patch = (shop: Shop, { id }: { id: string }, body: object) => shop.send('PATCH', `/partners/${id}`, body)

describe('a partner', () => {
  story('is what was sent; slug and alias default to the name [G2, F32]', async shop => {
    const { status, data } = await post(shop, { name: ' Ada Löve-lace ' })
    expect([status, data]).toEqual([
      201,
      {
        ...{
          id: expect.any(String),
          brand_id: shop.brand_id,
          name: 'Ada Löve-lace',
          slug: 'ada-love-lace',
          alias: 'ada-love-lace',
        },
        ...{ email: null, status: 'approved', country: null, company: null, address: null, vat_id: null, billing_details: null },
        ...{ coupon_codes: [], metadata: {}, readme: null, created_at: expect.stringContaining('2026-03-10T12:00') },
        ...{ platform: null, handle: null },
      },
    ])
    const twins = [await shop.partner('Zoë & Söhne'), await shop.partner('Zoë & Söhne')]
    expect(twins.flatMap(p => [p.slug, p.alias])).toEqual(['zoe-sohne', 'zoe-sohne', 'zoe-sohne-2', 'zoe-sohne-2'])
    const full = {
      ...{
        name: 'Bob',
        email: 'bob@example.org',
        slug: 'bob',
        alias: 'Bobby',
        status: 'pending',
        company: 'B Ltd',
        address: 'Road 1',
      },
      ...{ vat_id: 'GB1', billing_details: 'IBAN', metadata: { tier: [1, null] }, readme: '# Bob', coupon_codes: ['ONE', 'TWO'] },
    }
    const bob = await shop.must(post(shop, { ...full, country: 'gb' }))
    expect(bob).toMatchObject({ ...full, country: 'GB' })
    expect(await shop.must(shop.send('GET', `/partners/${bob.id}`))).toEqual(bob)
    expect(await shop.must(patch(shop, bob, { company: null, metadata: { a: 1 } }))).toEqual({
      ...bob,
      company: null,
      metadata: { a: 1 },
    })
  })

  story('answers as a publisher too, with the same id [ON-01]', async shop => {
    const nick = await shop.must(shop.send('POST', '/publishers', { name: 'Nick' }))
    expect(await shop.must(shop.send('GET', `/publishers/${nick.id}`))).toEqual(
      await shop.must(shop.send('GET', `/partners/${nick.id}`)),
    )
    expect((await shop.must(shop.send('PATCH', `/publishers/${nick.id}`, { status: 'declined' }))).status).toBe('declined')
    expect(await shop.must(shop.send('GET', '/publishers?status=declined'))).toMatchObject([{ id: nick.id }])
  })

  story('has an alias and a slug that nobody else has, whatever the case [RT-35]', async shop => {
    const nick = await shop.must(post(shop, { name: 'Nick', alias: 'Nick', slug: 'nick-s' }))
    for (const [body, path] of [
      [{ name: 'Other', alias: 'NICK' }, 'alias'],
      [{ name: 'Other', alias: 'nick' }, 'alias'],
      [{ name: 'Other', slug: 'NICK-S' }, 'slug'],
    ] as const) {
      const { meta } = await shop.refused(() => post(shop, body), 400, 'invalid_body')
      expect(meta.errors).toEqual([{ path, message: 'is taken' }])
    }
    const other = await shop.must(post(shop, { name: 'Other' }))
    for (const body of [{ alias: 'nIcK' }, { slug: 'Nick-S' }])
      await shop.refused(() => patch(shop, other, body), 400, 'invalid_body')
    expect(await shop.must(patch(shop, nick, { alias: 'NICK' }))).toMatchObject({ alias: 'NICK' })
    expect(await shop.must(post(shop, { name: 'nick' }))).toMatchObject({ slug: 'nick-2', alias: 'nick-2' })
    expect((await shop.w.partner('Nick', { alias: 'nick', slug: `n-${shop.brand_id.slice(-9)}` })).alias).toBe('nick')
  })

  story('of one name comes as often as needed, also at the same time', async shop => {
    const made = await Promise.all(Array.from({ length: 5 }, () => shop.must(post(shop, { name: 'Twin' }))))
    expect(made.map(p => p.slug).sort()).toEqual(['twin', 'twin-2', 'twin-3', 'twin-4', 'twin-5'])
    const same = await Promise.all(made.slice(0, 3).map(each => patch(shop, each, { alias: 'one' })))
    expect(same.map(a => a.status).sort()).toEqual([200, 400, 400])
  })

  story('with a field that is wrong is refused', async shop => {
    const bad = [
      ...[
        { name: '' },
        { name: ' ' },
        { name: 'x'.repeat(101) },
        { name: 5 },
        { email: 'nobody' },
        { slug: '-a' },
        { alias: 'a,b' },
      ],
      ...[{ alias: '' }, { status: 'active' }, { country: 'GBR' }, { coupon_codes: [''] }, { coupon_codes: 'A' }, { payout: 1 }],
      ...[{ metadata: 'x' }, { name: 'nul\u0000' }],
    ]
    for (const body of bad) await shop.refused(() => post(shop, body), 400, 'invalid_body')
    const ada = await shop.must(post(shop, {}))
    for (const body of [...bad, {}]) await shop.refused(() => patch(shop, ada, body), 400, 'invalid_body')
  })

  story('is found by a part of name, alias or e-mail, taken literally, and by status, in pages', async shop => {
    for (const [name, more] of [
      ['Ann', {}],
      ['Bo%b', { email: 'HI@ann.example' }],
      ['Cy', { status: 'paused' }],
    ] as const)
      await shop.must(post(shop, { name, ...more }))
    const names = async (query: string) =>
      (await shop.must(shop.send('GET', `/partners?${query}`))).map((p: { name: string }) => p.name)
    expect(await names('')).toEqual(['Cy', 'Bo%b', 'Ann'])
    expect([await names('q=ANN'), await names('q=%25'), await names('q=_'), await names('status=paused')]).toEqual([
      ['Bo%b', 'Ann'],
      ['Bo%b'],
      [],
      ['Cy'],
    ])
    const first = await shop.send('GET', '/partners?limit=2')
    expect(await names(`limit=2&cursor=${encodeURIComponent(first.meta.next_cursor)}`)).toEqual(['Ann'])
    const nonsense = await shop.send('GET', '/partners?cursor=nonsense')
    expect([nonsense.status, nonsense.error.code]).toEqual([400, 'invalid_query'])
  })

  story('of another brand is not there', async shop => {
    const eve = await shop.w.partner('Eve')
    expect((await shop.send('GET', `/partners/${eve.id}`)).status).toBe(404)
    await shop.refused(() => patch(shop, eve, { name: 'mine' }), 404, 'not_found')
    const campaign = await cpa(shop, 5_00)
    const answer = await shop.send('POST', '/conversions', { external_id: 'x', partner: eve.id, campaign: campaign.slug })
    expect([answer.status, answer.meta.errors[0].path]).toEqual([400, 'partner'])
  })
})

describe('a paused partner', () => {
  story('earns 0 with the reason, keeps the balance, and it stays payable [RT-34]', async shop => {
    const [ada, campaign] = [await shop.partner(), await cpa(shop, 5_00)]
    await created(shop, { partner: ada, campaign })
    await shop.must(patch(shop, ada, { status: 'paused' }))
    const sale = await created(shop, { partner: ada, campaign, payout_cents: 9_00 })
    expect(sale.earning).toEqual({ amount_cents: 0, currency: 'USD', because: '0.00 USD: the publisher is paused' })
    expect(await conversion(shop, sale)).toMatchObject({ reason: 'publisher_paused', commission_cents: 0, status: 'approved' })
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 5_00, unpaid_cents: 5_00 })
    expect(await shop.paid(ada)).toMatchObject({ status: 'paid', amount_cents: 5_00 })
    await shop.must(patch(shop, ada, { status: 'approved' }))
    expect(await earns(shop, { partner: ada, campaign })).toBe(5_00)
    expect((await shop.balance(ada)).owed_cents).toBe(5_00)
  })

  story('or a declined one is the only one that earns nothing', async shop => {
    const campaign = await cpa(shop, 5_00)
    for (const [status, cents] of [
      ['approved', 5_00],
      ['pending', 5_00],
      ['paused', 0],
      ['declined', 0],
    ] as const)
      expect(await earns(shop, { partner: await shop.partner(status, { status }), campaign }), status).toBe(cents)
  })
})

describe('a coupon', () => {
  story('is one partner’s: another who claims it is refused, whatever the case, and keeps its own', async shop => {
    const ada = await shop.partner('Ada', { coupon_codes: ['Spring', ' spring ', 'FALL'] })
    expect(ada.coupon_codes).toEqual(['FALL', 'SPRING'])
    await shop.refused(() => post(shop, { name: 'Bob', coupon_codes: ['NEW', 'spring'] }), 400, 'invalid_body')
    const bob = await shop.partner('Bob', { coupon_codes: ['BOB'] })
    const { meta } = await shop.refused(() => patch(shop, bob, { coupon_codes: ['Fall'] }), 400, 'invalid_body')
    expect(meta.errors).toEqual([{ path: 'coupon_codes', message: 'FALL is taken' }])
    expect((await shop.must(shop.send('GET', `/partners/${bob.id}`))).coupon_codes).toEqual(['BOB'])
    await shop.must(patch(shop, ada, { coupon_codes: ['SPRING'] }))
    expect((await shop.must(patch(shop, bob, { coupon_codes: ['FALL'] }))).coupon_codes).toEqual(['FALL'])
    expect((await shop.must(patch(shop, bob, { coupon_codes: [] }))).coupon_codes).toEqual([])
  })

  story('is another one in another brand', async shop => {
    const code = `X${shop.brand_id.slice(-12)}`
    await shop.w.partner('Eve', { coupon_codes: [code] })
    const ada = await shop.partner('Ada', { coupon_codes: [code] })
    const sale = await created(shop, { campaign: await cpa(shop, 5_00), coupon_code: code })
    expect((await conversion(shop, sale)).partner_id).toBe(ada.id)
  })
})

describe('the list of conversion types', () => {
  const types = (shop: Shop, body: unknown) => shop.send('PUT', '/conversion-types', body)

  story('has up to 20 names, and heeds the case [RT-36]', async shop => {
    const names = ['Lead', 'lead', ...Array.from({ length: 18 }, (_, n) => `Type ${n}`)]
    expect(await shop.must(types(shop, { types: names }))).toEqual({ types: names })
    expect(await shop.must(shop.send('GET', '/conversion-types'))).toEqual({ types: names })
    for (const bad of [[...names, 'one more'], [''], ['x'.repeat(51)], [5], 'Lead', ['Lead', 'Lead']])
      await shop.refused(() => types(shop, { types: bad }), 400, 'invalid_body')
    expect(await shop.must(types(shop, { types: [] }))).toEqual({ types: [] })
  })
})

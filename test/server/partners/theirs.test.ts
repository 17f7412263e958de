import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from '../../support/world.ts'

let shop: World
beforeAll(async () => {
  shop = await world({ today: '2026-03-01T10:00:00Z' })
})
afterAll(() => shop.close())

const change = (id: string, body: unknown) => shop.request('PATCH', shop.path(`/partners/${id}`), body)

test('conversions of a paused partner pay 0 and say so; the balance stays and stays payable [RT-34]', async () => {
  const partner = await shop.partner('Paused')
  const campaign = await shop.campaign()
  await shop.conversion({ partner, campaign })
  expect(await change(partner.id, { status: 'paused' })).toMatchObject({ status: 200, data: { status: 'paused' } })
  const { id, earning } = await shop.conversion({ partner, campaign })
  expect(earning).toMatchObject({ amount_cents: 0, because: '0.00 USD: the publisher is paused' })
  expect((await shop.request('GET', shop.path(`/conversions/${id}`))).data).toMatchObject({ reason: 'publisher_paused' })
  expect(await shop.balance(partner)).toMatchObject({ owed_cents: 10_00 })
  expect(await shop.draft(partner)).toMatchObject({ amount_cents: 10_00 })
})

test('an alias, and a slug, belongs to one partner whatever the case [RT-35]', async () => {
  const first = await shop.partner('First', { alias: 'Taken', slug: 'firstly' })
  const add = (body: unknown) => shop.request('POST', shop.path('/publishers'), body)
  for (const wrong of [{ alias: 'tAKEN' }, { slug: 'FIRSTLY' }]) {
    const answer = await add({ name: 'Second', ...wrong })
    expect(answer).toMatchObject({ status: 400, error: { code: 'invalid_body' } })
    expect(answer.meta.errors[0].path).toBe(Object.keys(wrong)[0])
  }
  const second = (await add({ name: 'Second' })).data
  expect(await change(second.id, { alias: 'TAKEN' })).toMatchObject({ status: 400 })
  expect(await change(first.id, { alias: 'TAKEN' })).toMatchObject({ status: 200, data: { alias: 'TAKEN' } })
})

test('slug and alias default to the name, without accents, numbered when taken', async () => {
  const [one, two] = [await shop.partner('Zoë & Söhne'), await shop.partner('Zoë & Söhne')]
  expect([one.slug, one.alias]).toEqual(['zoe-sohne', 'zoe-sohne'])
  expect([two.slug, two.alias]).toEqual(['zoe-sohne-2', 'zoe-sohne-2'])
})

test('a coupon belongs to one partner of the brand', async () => {
  const partner = await shop.partner('Couponed', { coupon_codes: ['save10', 'SAVE20', 'save10'] })
  expect(partner.coupon_codes).toEqual(['SAVE10', 'SAVE20'])
  const answer = await shop.request('POST', shop.path('/partners'), { name: 'Thief', coupon_codes: ['Save10'] })
  expect(answer).toMatchObject({ status: 400, meta: { errors: [{ path: 'coupon_codes', message: 'SAVE10 is taken' }] } })
  expect((await shop.request('GET', shop.path('/partners?q=thief'))).data).toEqual([])
  expect((await change(partner.id, { coupon_codes: [] })).data.coupon_codes).toEqual([])
})

test('up to 20 conversion types are listed, in their exact case; one that is not listed is kept as sent [RT-36]', async () => {
  const path = shop.path('/conversion-types')
  const types = Array.from({ length: 20 }, (_, n) => `Type ${n}`)
  expect(await shop.request('PUT', path, { types })).toMatchObject({ status: 200, data: { types } })
  expect(await shop.request('PUT', path, { types: [...types, 'one more'] })).toMatchObject({ status: 400 })
  expect(await shop.request('PUT', path, { types: ['Lead', 'lead'] })).toMatchObject({ status: 200 })
  expect(await shop.request('PUT', path, { types: ['Lead', 'Lead'] })).toMatchObject({ status: 400 })
  expect((await shop.request('GET', path)).data).toEqual({ types: ['Lead', 'lead'] })
  const partner = await shop.partner('Typed')
  const { id } = await shop.conversion({ partner, campaign: await shop.campaign(), type: 'LEAD' })
  expect((await shop.request('GET', shop.path(`/conversions/${id}`))).data.type).toBe('LEAD')
})

test('the list pages newest first without loss or repeat, and finds by name, alias or e-mail', async () => {
  const made: string[] = []
  for (let n = 0; n < 7; n++) made.push((await shop.partner(`Page ${n}`, { email: `page${n}@example.org` })).id)
  const seen: string[] = []
  let cursor = ''
  do {
    const { data, meta } = await shop.request('GET', shop.path(`/partners?q=page&limit=3${cursor}`))
    seen.push(...data.map((p: { id: string }) => p.id))
    cursor = meta.next_cursor ? `&cursor=${meta.next_cursor}` : ''
  } while (cursor)
  expect(seen).toEqual(made.toReversed())
  expect((await shop.request('GET', shop.path('/partners?q=PAGE3%40'))).data).toHaveLength(1)
  expect(await shop.request('GET', shop.path('/partners?cursor=nonsense'))).toMatchObject({
    status: 400,
    error: { code: 'invalid_query' },
  })
})

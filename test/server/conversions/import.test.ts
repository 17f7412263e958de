import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { world } from '../../support/world.ts'
import { conversionsOf, fileOf, reasonsOf, rejectsOf, type Shop, take, withCampaign } from './files.ts'

const map = {
  ...{ delimiter: ';', decimal: ',', date_format: 'd/M/yyyy HH:mm', time_zone: 'Europe/London' },
  columns: {
    ...{ external_id: ['Order', '#'], partner: 'Who', occurred_at: 'When', country: 'Country' },
    ...{ revenue: { multiply: ['Quantity', 'Price'] }, 'conversion_subs.sub1': 'Product' },
  },
  values: { country: { EIRE: 'IE' } },
  constants: { type: 'Purchase', currency: 'GBP' },
  create_partners: true,
}
const head = 'Order;Who;When;Country;Quantity;Price;Product'

let shop: Shop
beforeAll(async () => {
  shop = await withCampaign(await world({ today: '2026-03-10', currency: 'GBP' }))
})
afterAll(() => shop.close())
/** Each test has a campaign of its own, so that external ids do not meet. */
const campaign = async () => (await shop.campaign({ cost_model: 'revshare', percent: '10' })).slug

describe('a foreign file', () => {
  test('is read by its mapping: mark, dates, products, names and constants', async () => {
    const lines = [
      head,
      '536365;17850;1/7/2010 08:26;United Kingdom;6;2,55;85123A',
      '536366;17851;28/3/2010 01:30;EIRE;3;0,335;22752',
    ]
    const imported = await take(shop, `﻿${lines.join('\r\n')}\r\n`, { map, campaign: await campaign() })
    expect(imported).toMatchObject({
      read: 2,
      created: 2,
      duplicates: 0,
      rejected: 0,
      rejects_file: null,
      amount_cents: { GBP: 153 + 10 },
    })
    const [first, second] = (await conversionsOf(shop)).filter(c => c.external_id.startsWith('5363')).reverse()
    expect(first).toMatchObject({
      ...{ external_id: '536365-2', partner: '17850', revenue_cents: 15_30, country: 'GB', type: 'Purchase' },
      ...{ occurred_at: '2010-07-01T07:26:00.000Z', conversion_subs: { sub1: '85123A' } },
    })
    expect(second).toMatchObject({
      external_id: '536366-3',
      revenue_cents: 1_01,
      country: 'IE',
      occurred_at: '2010-03-28T01:30:00.000Z',
    })
  })

  test('may quote, mix line ends, leave lines blank and break lines inside quotes; rows keep the number of their first line', async () => {
    const content = `${head}\r\n"a""1";ada;1/1/2010 00:00;GB;1;1,00;"x;y"\n\n"a2";ada;1/1/2010 00:00;GB;1;1,00;"two\r\nlines"\r\n\r\nbad;;1/1/2010 00:00;GB;1;1;x\ra "b" c;ada;1/1/2010 00:00;GB;1;2,00;z`
    const imported = await take(shop, content, { map, campaign: await campaign() })
    expect(imported).toMatchObject({ read: 4, created: 3, rejected: 1 })
    expect(reasonsOf(imported)).toEqual({ 7: 'partner is empty' })
    const mine = (await conversionsOf(shop)).filter(c => c.partner === 'ada').map(c => c.external_id)
    expect(mine).toEqual(['a "b" c-8', 'a"1-2', 'a2-4'])
  })

  test('every rejected row stands in the file of rejects with its line, reason and cells', async () => {
    const imported = await take(
      shop,
      [
        head,
        'short;ada;1/1/2010 00:00',
        'long;ada;1/1/2010 00:00;GB;1;1;x;y',
        'minus;ada;1/1/2010 00:00;GB;-2;1,50;x',
        'number;ada;1/1/2010 00:00;GB;2;1.50;x',
        'date;ada;30/2/2010 00:00;GB;2;1,50;x',
        'land;ada;1/1/2010 00:00;Atlantis;2;1,50;x',
        ';ada;1/1/2010 00:00;GB;2;1,50;x',
        'nobody; ;1/1/2010 00:00;GB;2;1,50;x',
        'huge;ada;1/1/2010 00:00;GB;99999999999999;99999;x',
        'nul\u0000;ada;1/1/2010 00:00;GB;2;1,50;x',
        `${'l'.repeat(201)};ada;1/1/2010 00:00;GB;2;1,50;x`,
        'good;ada;1/1/2010 00:00;GB;2;1,50;x',
        '   ',
      ],
      { map, campaign: await campaign() },
    )
    expect(imported).toMatchObject({ read: 13, created: 1, rejected: 12 })
    expect(reasonsOf(imported)).toEqual({
      2: 'the line has 3 cells, the header 7',
      3: 'the line has 8 cells, the header 7',
      4: 'revenue is negative',
      5: 'Price "1.50" is no number with the decimal mark ","',
      6: 'occurred_at "30/2/2010 00:00" is no date like d/M/yyyy HH:mm',
      7: 'country must be a country of two letters, for example US',
      8: 'external_id is empty',
      9: 'partner is empty',
      10: 'revenue "9999899999999900001" is no amount of GBP',
      11: 'external_id must not hold a NUL character',
      12: expect.stringContaining('external_id'),
      14: 'the line has 1 cells, the header 7',
    })
    expect(rejectsOf(imported)[2]).toMatchObject({ Order: 'minus', Quantity: '-2', Price: '1,50', Product: 'x' })
  })

  test('a number has no more places than its currency, a product is rounded', async () => {
    const lines = [
      'external_id,partner,revenue,currency',
      'a,ada,12.5,GBP',
      'b,ada,12.505,GBP',
      'c,ada,100,JPY',
      'd,ada,1.5,JPY',
      'e,ada,1,XXL',
    ]
    const imported = await take(shop, lines, { map: { create_partners: true }, campaign: await campaign() })
    expect(imported).toMatchObject({ created: 2, rejected: 3 })
    expect(Object.values(reasonsOf(imported))).toEqual([
      'revenue "12.505" is no amount of GBP',
      'revenue "1.5" is no amount of JPY',
      'currency "XXL" is no ISO 4217 code',
    ])
  })

  test('what the columns do not say follows the campaign and the clock', async () => {
    const { slug } = await shop.campaign({ cost_model: 'revshare', percent: '10', default_revenue_cents: 7_00 })
    await take(shop, ['external_id,partner', 'bare-1,ada'], { map: { create_partners: true }, campaign: slug })
    const bare = (await conversionsOf(shop)).find(c => c.external_id === 'bare-1')
    expect(bare).toMatchObject({ revenue_cents: 7_00, type: 'sale', occurred_at: expect.stringContaining('2026-03-10T') })
  })
})

describe('partners of a file', () => {
  test('are made once, found by id, alias or slug, and never two in one', async () => {
    const known = await shop.partner('Grace Hopper', { alias: 'amazing.grace', slug: 'grace' })
    const slug = await campaign()
    const rows = ['A&B', 'a b', 'GRACE', 'Amazing.Grace', known.id, 'A&b', 'Zoë Ω'].map((who, n) => `p-${n},"${who}",1`)
    const before = (await shop.api.partners.list({ params: { brand_id: shop.brand_id }, query: { limit: 100 } })).data.length
    expect(
      await take(shop, ['external_id,partner,revenue', ...rows], { map: { create_partners: true }, campaign: slug }),
    ).toMatchObject({ created: 7 })
    const { data } = await shop.api.partners.list({ params: { brand_id: shop.brand_id }, query: { limit: 100 } })
    const made = data.slice(0, data.length - before).map(p => [p.name, p.alias, p.slug])
    expect(made.sort()).toEqual([
      ['A&B', 'A&B', 'a-b-2'],
      ['Zoë Ω', 'Zoë Ω', 'zoe'],
      ['a b', 'a b', 'a-b'],
    ])
    const owners = (await conversionsOf(shop)).filter(c => c.external_id.startsWith('p-')).map(c => [c.external_id, c.partner])
    expect(Object.fromEntries(owners)).toEqual({
      ...{ 'p-0': 'A&B', 'p-1': 'a b', 'p-2': 'amazing.grace', 'p-3': 'amazing.grace' },
      ...{ 'p-4': 'amazing.grace', 'p-5': 'A&B', 'p-6': 'Zoë Ω' },
    })
  })

  test('an alias names its partner before another one whose slug is the same', async () => {
    await shop.partner('First', { alias: 'twin', slug: 'one' })
    await shop.partner('Second', { alias: 'other', slug: 'twin' })
    const lines = ['external_id,partner,revenue', 't-1,twin,1']
    expect(await take(shop, lines, { campaign: await campaign() })).toMatchObject({ created: 1 })
    expect((await conversionsOf(shop)).find(c => c.external_id === 't-1')).toMatchObject({ partner: 'twin' })
  })

  test('are not made unless the mapping says so, nor by a row that is rejected', async () => {
    const lines = ['external_id,partner,revenue', 's-1,stranger,1', 's-2,ghost,none']
    const refused = await take(shop, lines, { campaign: await campaign() })
    expect(reasonsOf(refused)).toEqual({
      2: 'there is no partner "stranger" in this brand',
      3: 'revenue "none" is no number with the decimal mark "."',
    })
    await take(shop, lines, { map: { create_partners: true }, campaign: await campaign() })
    const { data } = await shop.api.partners.list({ params: { brand_id: shop.brand_id }, query: { limit: 100 } })
    expect(data.map(p => p.alias).filter(alias => ['stranger', 'ghost'].includes(alias))).toEqual(['stranger'])
  })
})

describe('on a plan with five partners', () => {
  const map = { create_partners: true }
  const rows = (...names: string[]) => ['external_id,partner,revenue', ...names.map((name, n) => `f-${n},${name},1`)]
  let small: Shop
  beforeAll(async () => {
    small = await withCampaign(await world({ today: '2026-03-10' }))
    await small.sql(`update organizations set plan = 'free'`)
  })
  afterAll(() => small.close())

  test('a file makes as many as there is place for, and stops before the sixth with nothing of that batch recorded', async () => {
    expect(await take(small, rows('a', 'b', 'A', 'c'), { map })).toMatchObject({ created: 4 })
    const before = await small.fingerprint({ without: ['imports'] })
    for (const dry_run of [true, false]) {
      const refused = take(small, rows('d', 'a', 'e', 'f'), { map, dry_run })
      await expect(refused).rejects.toMatchObject({
        code: 'limit_reached',
        message: expect.stringMatching(/^Limit reached: creators/),
      })
    }
    expect(await small.fingerprint({ without: ['imports'] })).toBe(before)
    const others = ['external_id,partner,revenue', 'g-1,d,1', 'g-2,e,1', 'g-3,a,1']
    expect(await take(small, others, { map })).toMatchObject({ created: 3 })
    expect(await take(small, ['external_id,partner,revenue', 'h-1,e,1'], { map })).toMatchObject({ created: 1 })
  })
})

describe('bytes that are not UTF-8', () => {
  const latin = Buffer.from('external_id;partner;revenue;os\nl-1;Andr\xe9;1,00;x\nl-2;bob;2,00;Caf\xe9\nl-3;cy;3,00;\n', 'latin1')
  const columns = { external_id: 'external_id', partner: 'partner', revenue: 'revenue' }
  const cp1252 = { delimiter: ';', decimal: ',', columns, create_partners: true }
  test('reject their row where the column is used, and no other', async () => {
    const imported = await take(shop, latin, { map: cp1252, campaign: await campaign() })
    expect(imported).toMatchObject({ created: 2, rejected: 1 })
    expect(reasonsOf(imported)).toEqual({ 2: "partner holds bytes that are not utf-8; name the file's encoding in the mapping" })
  })
  test('are read in the encoding that the mapping names', async () => {
    expect(await take(shop, latin, { map: { ...cp1252, encoding: 'windows-1252' }, campaign: await campaign() })).toMatchObject({
      created: 3,
    })
    expect((await conversionsOf(shop)).map(c => c.partner)).toContain('André')
    const wide = Buffer.from('﻿external_id;partner;revenue\nw-1;Łukasz;1,00\n', 'utf16le')
    expect(await take(shop, wide, { map: { ...cp1252, encoding: 'utf-16le' }, campaign: await campaign() })).toMatchObject({
      created: 1,
    })
    await expect(take(shop, wide, { map: cp1252 })).rejects.toThrow('name it in the mapping')
  })
})

describe('what cannot be imported is refused before anything is recorded', () => {
  const refused = async (content: string, words: string, more = {}) => {
    const before = await shop.fingerprint()
    await expect(take(shop, content, { campaign: shop.slug, ...more })).rejects.toThrow(words)
    expect(await shop.fingerprint()).toBe(before)
  }
  test('a file that is empty, missing or lacks a column', async () => {
    await refused('', 'The file is empty; it needs a line of headers.')
    await refused('\n\n', 'The file is empty')
    await refused('x', 'cannot be read (ENOENT); check its path', { file: '/nowhere/x.csv' })
    await refused('x', 'cannot be read (EISDIR)', { file: shop.app.config.data_dir })
    await refused('a,b\n1,2', 'Nothing in the file is named external_id: its columns are "a", "b"')
    await refused('external_id,partner\n', 'The file has no column "Order", "Who"', { map })
    expect(await take(shop, 'external_id,partner\n', { campaign: shop.slug })).toMatchObject({ read: 0, created: 0 })
  })
  test('a campaign or a brand that is not there', async () => {
    await refused('external_id,partner\n1,a', 'There is no campaign "nowhere" in this brand.', { campaign: 'nowhere' })
  })
  test.each([
    [{ delimeter: ';' }, 'has an unknown key: delimeter'],
    [{ delimiter: ';;' }, 'delimiter must be one character'],
    [{ decimal: "'" }, 'decimal must be "." or ","'],
    [{ encoding: 'ebcdic' }, 'encoding must be an encoding'],
    [{ columns: { parnter: 'Who' } }, 'columns.parnter is no field; fields are partner,'],
    [{ columns: { 'subs.sub21': 'x' } }, 'columns.subs.sub21 is no field'],
    [{ columns: { partner: { multiply: ['a'] } } }, 'columns.partner must be a header, a list of headers'],
    [{ columns: { revenue: 'a', revenue_cents: 'b' } }, 'name revenue or revenue_cents, not both'],
    [{ constants: { country: 1 } }, 'constants.country'],
    [{ reversal: { when: { column: 'a' }, match: ['partner'] } }, 'reversal.when needs one of starts_with, equals, less_than'],
    [{ reversal: { when: { column: 'a', equals: 'b' }, match: ['revenue'] } }, 'cannot match "revenue"'],
    [{ date_format: 'MM/yyyy' }, 'needs a year, a month and a day'],
    [{ time_zone: 'London' }, 'there is no time zone "London"'],
  ])('the mapping %o', async (wrong, words) => {
    await refused('external_id,partner\n1,a', words, { map: wrong })
  })
})

test('a quote that never closes stops the import there; what stands before it is recorded and can be undone', async () => {
  const good = Array.from({ length: 1500 }, (_, n) => `q-${n},quinn,1`)
  const slug = await campaign()
  const file = fileOf(shop, ['external_id,partner,revenue', ...good, '"broken,quinn,1', ...good])
  const stopped = take(shop, '', { file, map: { create_partners: true }, campaign: slug })
  await expect(stopped).rejects.toThrow(
    /cannot be read after line 1501: a quote opens there and is not closed\. What was read before it is recorded: .* or undo import [0-9a-f-]{36}\./,
  )
  expect((await conversionsOf(shop)).filter(c => c.external_id.startsWith('q-'))).toHaveLength(1000)
})

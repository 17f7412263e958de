import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { world } from '../../support/world.ts'
import { conversionsOf, fileOf, reasonsOf, type Shop, take, takenOf, undo, withCampaign } from './files.ts'

const columns = {
  ...{ external_id: 'Id', partner: 'Who', occurred_at: 'Day', revenue: 'Sum', type: 'Type', country: 'Land' },
  'conversion_subs.sub1': 'Product',
}
const reversal = { when: { column: 'Sum', less_than: 0 }, match: ['partner', 'conversion_subs.sub1'] }
const map = { columns, create_partners: true, reversal }
const head = 'Id,Who,Day,Sum,Type,Land,Product'

let shop: Shop
beforeAll(async () => {
  shop = await withCampaign(await world({ today: '2026-03-10', currency: 'GBP' }))
})
afterAll(() => shop.close())
/** A campaign of its own for each test, so that nothing of another one is taken back. */
const campaign = async () => (await shop.campaign({ cost_model: 'revshare', percent: '10' })).slug
const taken = async (prefix: string) => Object.entries(await takenOf(shop)).filter(([id]) => id.startsWith(prefix))

describe('a row that takes something back', () => {
  test('reverses the newest conversion before it that agrees and has enough left', async () => {
    const imported = await take(
      shop,
      [
        head,
        'a1,ada,2026-03-01,100,,,x',
        'a2,ada,2026-03-02,100,,,x',
        'a3,ada,2026-03-03,100,,,y',
        'a4,bob,2026-03-04,100,,,x',
        'a5,ada,2026-03-09,100,,,x',
        'r1,ada,2026-03-05,-60,,,x',
        'r2,ada,2026-03-05,-60,,,x',
        'r3,ada,2026-03-05,-40,,,x',
        'r4,ada,2026-03-05,-60,,,x',
        'r5,eve,2026-03-05,-60,,,x',
        'r6,ada,2026-02-01,-60,,,x',
        'r7,ada,2026-03-05,-1,,,z',
      ],
      { map, campaign: await campaign() },
    )
    expect(imported).toMatchObject({ read: 12, created: 8, rejected: 4, amount_cents: { GBP: 50_00 - 16_00 } })
    expect(await taken('a')).toEqual([
      ['a1', 60_00],
      ['a2', 100_00],
    ])
    const nothing = 'no_conversion_to_reverse: nothing before it agrees and has enough left'
    expect(reasonsOf(imported)).toEqual({ 10: nothing, 11: nothing, 12: nothing, 13: nothing })
  })

  test('finds its conversion wherever it stands in the file, and the same again finds the same', async () => {
    const sales = Array.from({ length: 1200 }, (_, n) => `b${n},bea,2026-03-01,1${n % 10},,,p${n}`)
    const refunds = Array.from({ length: 1200 }, (_, n) => `s${n},bea,2026-03-02,-1${n % 10},,,p${n}`)
    const newestFirst = [head, ...refunds.flatMap((refund, n) => [refund, sales[n] as string]), 's-none,bea,2026-03-02,-5,,,q']
    const slug = await campaign()
    const began = performance.now()
    expect(await take(shop, newestFirst, { map, campaign: slug })).toMatchObject({ read: 2401, created: 2400, rejected: 1 })
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(await taken('b')).toHaveLength(1200)
    const again = await take(shop, newestFirst, { map, campaign: slug })
    expect(again).toMatchObject({ created: 0, duplicates: 2400, rejected: 1, amount_cents: {} })
    expect(Object.values(reasonsOf(again))).toEqual(['no_conversion_to_reverse: nothing before it agrees and has enough left'])
  })

  test('may be told by its first letters or by a word, and match any field; what both lack agrees', async () => {
    const lines = [
      head,
      'c1,cleo,2026-03-01,10,Lead,GB,x',
      'c2,cleo,2026-03-02,10,Sale,DE,',
      'Rc3,cleo,2026-03-03,10,Sale,Germany,',
      'Rc4,dan,2026-03-03,10,Lead,GB,x',
    ]
    const starts = { when: { column: 'Id', starts_with: 'R' }, match: ['country', 'type', 'conversion_subs.sub1'] }
    expect(await take(shop, lines, { map: { ...map, reversal: starts }, campaign: await campaign() })).toMatchObject({
      created: 4,
    })
    expect(await taken('c')).toEqual([
      ['c1', 10_00],
      ['c2', 10_00],
    ])
  })

  test('by the order it belongs to, without an amount takes back what is left', async () => {
    const orders = { columns: { external_id: 'Id', partner: 'Who', revenue: 'Sum' }, create_partners: true }
    const refunds = { when: { column: 'Kind', equals: 'refund' }, match: ['external_id'] }
    const lines = ['Id,Who,Sum,Kind', 'd1,dora,10,sale', 'd2,dora,20,sale', 'd1,,,refund', 'd9,,,refund']
    const slug = await campaign()
    const imported = await take(shop, lines, { map: { ...orders, reversal: refunds }, campaign: slug })
    expect(imported).toMatchObject({ created: 3, rejected: 1 })
    expect(await taken('d')).toEqual([['d1', 10_00]])
    expect(await take(shop, lines, { map: { ...orders, reversal: refunds }, campaign: slug })).toMatchObject({
      duplicates: 3,
      rejected: 1,
    })
  })

  test('of nothing takes back only what is worth nothing, once', async () => {
    const { slug } = await shop.campaign({ cost_model: 'cpa', amount_cents: 5_00 })
    const lines = [head, 'e1,ed,2026-03-01,0,,,x', 'e2,ed,2026-03-02,8,,,x', 'Re3,ed,2026-03-03,0,,,x', 'Re4,ed,2026-03-03,0,,,x']
    const starts = { ...reversal, when: { column: 'Id', starts_with: 'R' } }
    const imported = await take(shop, lines, { map: { ...map, reversal: starts }, campaign: slug })
    expect(imported).toMatchObject({ created: 3, rejected: 1, amount_cents: { GBP: 5_00 } })
  })

  test('in another currency, or with the same id and another amount, is rejected', async () => {
    const slug = await campaign()
    const lines = [head, 'f1,fay,2026-03-01,10,,,x', 'Rf2,fay,2026-03-02,-3,,,x']
    expect(await take(shop, lines, { map, campaign: slug })).toMatchObject({ created: 2 })
    const dollars = { ...map, constants: { currency: 'USD' } }
    expect(
      Object.values(reasonsOf(await take(shop, [head, 'Rf3,fay,2026-03-02,-3,,,x'], { map: dollars, campaign: slug }))),
    ).toHaveLength(1)
    const other = await take(shop, [head, 'f1,fay,2026-03-01,11,,,x', 'Rf2,fay,2026-03-02,-4,,,x'], { map, campaign: slug })
    expect(reasonsOf(other)).toEqual({
      2: 'conflict: this external_id is recorded with another content',
      3: 'conflict: this external_id has reversed another amount',
    })
    expect(await taken('f')).toEqual([['f1', 3_00]])
  })
})

const lines = [
  head,
  'g1,gus,2026-03-01,10,,,x',
  'g2,gus,2026-03-02,20,,,y',
  'bad,gus,2026-03-02,much,,,y',
  'g1,gus,2026-03-01,10,,,x',
  'g3,gus,2026-03-03,-5,,,x',
]

describe('the same file', () => {
  test('rehearsed says what the import would do, and does nothing', async () => {
    const slug = await campaign()
    const before = await shop.fingerprint()
    const { rejects_file: _, ...rehearsed } = await take(shop, lines, { map, campaign: slug, dry_run: true })
    expect(await shop.fingerprint()).toBe(before)
    expect(rehearsed).toEqual({ import_id: null, read: 5, created: 3, duplicates: 1, rejected: 1, amount_cents: { GBP: 2_50 } })
    const { rejects_file: __, import_id, ...done } = await take(shop, lines, { map, campaign: slug })
    expect({ import_id: null, ...done }).toEqual(rehearsed)
    expect(import_id).not.toBeNull()
  })

  test('a second time is all duplicates and the same rejected', async () => {
    const slug = await campaign()
    const first = await take(shop, lines, { map, campaign: slug })
    const again = await take(shop, lines, { map, campaign: slug })
    expect(again).toMatchObject({ created: 0, duplicates: 4, rejected: 1, amount_cents: {} })
    expect(reasonsOf(again)).toEqual(reasonsOf(first))
  })

  test('twice at once records nothing twice', async () => {
    const slug = await campaign()
    const many = Array.from({ length: 1100 }, (_, n) => `h${n},hal${n % 7},2026-03-01,10,,,p${n % 50}`)
    const back = Array.from({ length: 300 }, (_, n) => `u${n},hal${n % 7},2026-03-02,-4,,,p${n % 50}`)
    const file = fileOf(shop, [head, ...many, ...back])
    const both = await Promise.all([1, 2].map(() => take(shop, '', { file, map, campaign: slug })))
    const sum = (of: 'created' | 'duplicates' | 'rejected') => both.reduce((n, imported) => n + imported[of], 0)
    expect([sum('created'), sum('duplicates'), sum('rejected')]).toEqual([1400, 1400, 0])
    expect((await conversionsOf(shop)).filter(c => c.external_id.startsWith('h'))).toHaveLength(1100)
    expect((await taken('h')).reduce((cents, [, c]) => cents + c, 0)).toBe(300 * 4_00)
  })
})

describe('undoing an import', () => {
  test('takes back what it made and gives back what it took elsewhere; again it finds nothing', async () => {
    const slug = await campaign()
    await take(shop, [head, 'i0,ian,2026-03-01,100,,,x'], { map, campaign: slug })
    const second = await take(shop, [head, 'i1,ian,2026-03-02,50,,,y', 'i2,ian,2026-03-02,50,,,z', 'Ri,ian,2026-03-03,-80,,,x'], {
      map,
      campaign: slug,
    })
    expect(await shop.balance(await idOf('ian'))).toMatchObject({ unpaid_cents: 10_00 + 10_00 - 8_00 })
    const before = await shop.fingerprint()
    const rehearsed = await undo(shop, second, true)
    expect(await shop.fingerprint()).toBe(before)
    expect(rehearsed).toEqual({
      import_id: second.import_id,
      reversed: 2,
      failed: 0,
      given_back: 1,
      amount_cents: { GBP: -2_00 },
      clawed_back_cents: {},
    })
    expect(await undo(shop, second)).toEqual(rehearsed)
    expect(await shop.balance(await idOf('ian'))).toMatchObject({ unpaid_cents: 10_00 })
    const after = await shop.fingerprint()
    expect(await undo(shop, second)).toMatchObject({ reversed: 0, failed: 0, given_back: 0, amount_cents: {} })
    expect(await shop.fingerprint()).toBe(after)
  })

  test('what was paid meanwhile becomes a clawback', async () => {
    const imported = await take(shop, [head, 'j1,jan,2026-03-01,100,,,x', 'j2,jan,2026-03-01,30,,,x'], {
      map,
      campaign: await campaign(),
    })
    const jan = await idOf('jan')
    const payout = await shop.draft(jan)
    await shop.approve(payout)
    await shop.pay(payout)
    expect(await undo(shop, imported)).toMatchObject({
      ...{ reversed: 2, amount_cents: { GBP: -13_00 }, clawed_back_cents: { GBP: -13_00 } },
    })
    const kinds = await shop.sql(`select kind, amount_cents from earnings where partner_id = $1 order by amount_cents`, [jan])
    expect(kinds).toEqual([
      { kind: 'clawback', amount_cents: -10_00 },
      { kind: 'clawback', amount_cents: -3_00 },
      { kind: 'commission', amount_cents: 3_00 },
      { kind: 'commission', amount_cents: 10_00 },
    ])
    expect(await shop.balance(jan)).toMatchObject({ owed_cents: 0, paid_cents: 13_00 })
  })

  test('of thousands takes seconds', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `k${n},kim${n % 40},2026-03-01,10,,,x`)
    const imported = await take(shop, [head, ...many], { map, campaign: await campaign() })
    const began = performance.now()
    expect(await undo(shop, imported)).toMatchObject({ reversed: 3000, amount_cents: { GBP: -3000_00 } })
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  test('needs an import that is there', async () => {
    const nobody = { import_id: '01990000-0000-7000-8000-000000000000' } as Parameters<typeof undo>[1]
    await expect(undo(shop, nobody)).rejects.toThrow('There is no import 01990000-0000-7000-8000-000000000000.')
  })
})

const idOf = async (alias: string): Promise<string> => (await shop.sql('select id from partners where alias = $1', [alias]))[0].id

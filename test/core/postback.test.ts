import { describe, expect, test } from 'vitest'
import { type Announced, addressFault, filled, postbackMacros, sampleValues, valuesOf } from '../../src/core/postback.ts'

const sale: Announced = {
  ...{ conversion_id: 'c-1', click_id: 'k-1', external_id: 'ORDER 7', type: 'sale', subs: { sub1: 'a&b=c', sub5: 'ü' } },
  ...{ revenue_cents: 80_00, currency: 'USD', earned_cents: 12_50, earned_currency: 'USD' },
}
const every = 'https://x.example/p?a={click_id}&b={ref_id}&c={conversion_id}&d={payout}&e={amount}&f={event}&g={txn_id}'

describe('macros', () => {
  test('are filled, both names of the click with the same [TR-64, RT-44]', () => {
    expect(filled(every, valuesOf(sale))).toBe('https://x.example/p?a=k-1&b=k-1&c=c-1&d=12.50&e=80.00&f=sale&g=ORDER%207')
    expect(filled('https://x.example/?1={sub1}&2={sub2}&5={sub5}', valuesOf(sale))).toBe(
      'https://x.example/?1=a%26b%3Dc&2=&5=%C3%BC',
    )
  })

  test('a value never ends its place nor begins another', () => {
    const nasty = { ...sale, external_id: '1&x=2#frag/../?', type: "a'b(c)*!" }
    const url = new URL(filled('https://x.example/p?g={txn_id}&f={event}', valuesOf(nasty)))
    expect([...url.searchParams.entries()]).toEqual([
      ['g', nasty.external_id],
      ['f', nasty.type],
    ])
    expect(url.hash).toBe('')
    expect(filled('https://x.example/{event}', valuesOf(nasty))).toBe('https://x.example/a%27b%28c%29%2A%21')
  })

  test('are known whatever their case and when a browser has encoded them; others stay', () => {
    expect(filled('https://x.example/?a=%7Bclick_id%7D&b={PAYOUT}&c={unknown}', valuesOf(sale))).toBe(
      'https://x.example/?a=k-1&b=12.50&c={unknown}',
    )
  })

  test('a value that looks like a macro is not filled again', () => {
    expect(filled('https://x.example/?f={event}', valuesOf({ ...sale, type: '{payout}' }))).toBe(
      'https://x.example/?f=%7Bpayout%7D',
    )
  })

  test('amounts have the decimals of their currency, and our own number of an order is none', () => {
    const values = valuesOf({
      ...sale,
      currency: 'JPY',
      revenue_cents: 800,
      external_id: 'postback:01',
      click_id: null,
      subs: null,
    })
    expect(values).toMatchObject({ '{amount}': '800', '{txn_id}': '', '{click_id}': '', '{sub1}': '' })
  })

  test('each has a meaning and a sample', () => {
    for (const { name, meaning, sample } of postbackMacros) {
      expect(sampleValues[name]).toBe(sample)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
    }
    expect(postbackMacros).toHaveLength(12)
  })
})

describe('an address', () => {
  test.each([
    'https://x.example/p?c={click_id}',
    'http://x.example:8080/{event}/{payout}',
    'https://x.example',
    'https://x.example/?a=%7Bclick_id%7D',
  ])('%s can be called', url => {
    expect(addressFault(url)).toBeNull()
  })

  test.each([
    ['ftp://x.example/', 'must be an http or https URL'],
    ['javascript:alert(1)', 'must be an http or https URL'],
    ['x.example/p', 'must be an http or https URL'],
    ['https://{sub1}.example/', 'must name its host without macros'],
    ['https://%7Bsub1%7D.example/', 'must name its host without macros'],
    ['https://me:secret@x.example/', 'must hold no user name and no password'],
  ])('%s cannot', (url, fault) => {
    expect(['must be an http or https URL', fault]).toContain(addressFault(url))
    expect(addressFault(url)).not.toBeNull()
  })
})

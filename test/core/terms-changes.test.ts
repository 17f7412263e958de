import { describe, expect, test } from 'vitest'
import { termsChanges } from '../../src/core/terms-changes.ts'

const wording = (tables: Record<string, string> = {}, more: { rate?: string; currency?: string } = {}) => ({
  rate: '10 % of revenue',
  currency: 'USD',
  tables,
  ...more,
})

describe('what changed between two wordings', () => {
  test('is nothing when they read the same, whatever blanks and line ends', () => {
    expect(termsChanges(wording({ geo: 'US, 10\r\n\r\n DE, 8' }), wording({ geo: 'US, 10\nDE, 8\n', type: '' }))).toEqual([])
  })

  test('is the rate and the currency, before and after', () => {
    expect(termsChanges(wording(), wording({}, { rate: '12 % of revenue', currency: 'EUR' }))).toEqual([
      { kind: 'changed', what: 'Rate', before: '10 % of revenue', after: '12 % of revenue' },
      { kind: 'changed', what: 'Currency', before: 'USD', after: 'EUR' },
    ])
  })

  test('is the lines that went and came, table by table in their order', () => {
    const before = wording({ type: 'Lead, 1', geo: 'US, 10\nDE, 8' })
    const after = wording({ type: 'Lead, 2', geo: 'DE, 8\nFR, 3' })
    expect(termsChanges(before, after)).toEqual([
      { kind: 'removed', tab: 'geo', line: 'US, 10' },
      { kind: 'added', tab: 'geo', line: 'FR, 3' },
      { kind: 'removed', tab: 'type', line: 'Lead, 1' },
      { kind: 'added', tab: 'type', line: 'Lead, 2' },
    ])
  })

  test('counts repeats, and says when the same lines stand in another order, since the first that matches wins', () => {
    expect(termsChanges(wording({ geo: 'US, 1' }), wording({ geo: 'US, 1\nUS, 1' }))).toEqual([
      { kind: 'added', tab: 'geo', line: 'US, 1' },
    ])
    const [a, b] = ['sub1, x, 1', 'sub2, y, 2']
    expect(termsChanges(wording({ conversion_sub: `${a}\n${b}` }), wording({ conversion_sub: `${b}\n${a}` }))).toEqual([
      { kind: 'moved', tab: 'conversion_sub' },
    ])
  })
})

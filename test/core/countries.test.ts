import { expect, test } from 'vitest'
import { countryCode } from '../../src/core/countries.ts'

test.each([
  ['United Kingdom', 'GB'],
  ['Germany', 'DE'],
  ['France', 'FR'],
  ['Norway', 'NO'],
  ['Lithuania', 'LT'],
  ['Italy', 'IT'],
  ['Japan', 'JP'],
  ['Australia', 'AU'],
  ['Belgium', 'BE'],
  ['Poland', 'PL'],
  ['Portugal', 'PT'],
  ['Switzerland', 'CH'],
  ['Spain', 'ES'],
  ['Netherlands', 'NL'],
  ['Russia', 'RU'],
  ['Serbia', 'RS'],
  ['united states', 'US'],
])('%s is %s', (name, code) => {
  expect(countryCode(name)).toBe(code)
})

test.each(['EIRE', 'Atlantis', 'constructor', ''])('"%s" is no country and stays', text => {
  expect(countryCode(text)).toBe(text)
})

test('a code stays as it is written', () => {
  expect(['de', 'UK', 'XX'].map(countryCode)).toEqual(['de', 'UK', 'XX'])
})

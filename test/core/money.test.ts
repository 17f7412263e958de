import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  allocate,
  amountText,
  cents,
  decimal,
  format,
  isCurrency,
  minorDigits,
  parseAmount,
  parseDecimal,
  parsePercent,
  percent,
  percentText,
  scale,
} from '../../src/core/money.ts'

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
const safe = fc.maxSafeInteger()
const above_zero = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

describe('cents are whole and safe', () => {
  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])('%d is a bug', value => {
    expect(() => cents(value)).toThrow('not a safe integer')
  })
  test('there is one zero: minus nothing is nothing', () => {
    expect(Object.is(cents(-0), 0)).toBe(true)
    expect(Object.is(percent(-1, 1), 0)).toBe(true)
    expect(allocate(0, [1, 1]).every(part => Object.is(part, 0))).toBe(true)
  })
  test('dollars and euros are never added', () => {
    expect(add({ cents: 100, currency: 'USD' }, { cents: -30, currency: 'USD' })).toEqual({ cents: 70, currency: 'USD' })
    expect(() => add({ cents: 100, currency: 'USD' }, { cents: 1, currency: 'EUR' })).toThrow('cannot add USD and EUR')
  })
})

describe('rounding is once, half away from zero', () => {
  test.each([
    ['10 % of 49.99', 49_99, 100_000, 500],
    ['half a cent goes up', 5, 100_000, 1],
    ['half a cent below zero goes down', -5, 100_000, -1],
    ['less than half is nothing', 4, 100_000, 0],
    ['less than half below zero is nothing', -4, 100_000, 0],
    ['30 % of 80.00', 80_00, 300_000, 2400],
    ['nothing of anything', 80_00, 0, 0],
  ])('%s: %i at %i ppm is %i', (_, amount, rate, expected) => expect(percent(amount, rate)).toBe(expected))

  test.each([
    ['20 of 30 days of 5,000', 5_000, 20, 30, 3_333],
    ['2.50 per 1,000 views for 123,456 views (D9.6)', 250, 123_456, 1_000, 30_864],
    ['a product beyond 2^53', 9_007_199_254_740_991, 999_999, 1_000_000, 9_007_190_247_541_736],
  ])('%s', (_, amount, numerator, denominator, expected) => expect(scale(amount, numerator, denominator)).toBe(expected))

  test('an answer that does not fit is a bug, and so is dividing by nothing or less', () => {
    expect(() => scale(Number.MAX_SAFE_INTEGER, 2, 1)).toThrow('out of range')
    for (const denominator of [0, -1, Number.NaN]) expect(() => scale(10, 1, denominator)).toThrow('cannot divide')
    expect(() => scale(0.5, 1, 3)).toThrow()
  })

  test('equals the exact fraction rounded, worked out apart with big integers', () => {
    const property = fc.property(
      safe,
      fc.nat(2_000_000),
      fc.integer({ min: 1, max: 1_000_000_000 }),
      (amount, numerator, denominator) => {
        const exact = BigInt(amount) * BigInt(numerator)
        const size = exact < 0n ? -exact : exact
        const whole = size / BigInt(denominator)
        const half = (size % BigInt(denominator)) * 2n >= BigInt(denominator) ? 1n : 0n
        const expected = (exact < 0n ? -1n : 1n) * (whole + half)
        fc.pre(whole < BigInt(Number.MAX_SAFE_INTEGER))
        expect(BigInt(scale(amount, numerator, denominator))).toBe(expected)
      },
    )
    fc.assert(property, { numRuns: 5_000 })
  })

  test('taking back is giving with the other sign', () => {
    const property = fc.property(safe, fc.nat(1_000_000), (amount, rate) => {
      expect(percent(-amount, rate) + percent(amount, rate)).toBe(0)
    })
    fc.assert(property)
  })
})

describe('the parts of a split add up', () => {
  test.each([
    ['10.00 in three', 1000, [1, 1, 1], [334, 333, 333]],
    ['a cent in three goes to the first', 1, [1, 1, 1], [1, 0, 0]],
    ['by weight, the largest remainder first', 100, [1, 2, 4], [14, 29, 57]],
    ['who weighs nothing gets nothing', 100, [0, 1, 0], [0, 100, 0]],
    ['a debt is split like a credit', -1000, [1, 1, 1], [-334, -333, -333]],
    ['nothing', 0, [3, 1], [0, 0]],
  ])('%s', (_, total, weights, parts) => expect(allocate(total, weights)).toEqual(parts))

  test('always, each within a cent of its exact share', () => {
    const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 20 }).filter(list => sum(list) > 0)
    const property = fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), weights, (total, list) => {
      const parts = allocate(total, list)
      expect(sum(parts)).toBe(total)
      for (const [i, part] of parts.entries()) expect(Math.abs(part - (total * list[i]!) / sum(list))).toBeLessThan(1)
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  test('also when the weights together are beyond 2^53', () => {
    const weights = fc.array(above_zero, { minLength: 2, maxLength: 5 })
    const property = fc.property(above_zero, weights, (total, list) => {
      expect(allocate(total, list).reduce((a, b) => a + BigInt(b), 0n)).toBe(BigInt(total))
    })
    fc.assert(property)
    expect(allocate(Number.MAX_SAFE_INTEGER, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])).toEqual([2 ** 52, 2 ** 52 - 1])
  })

  test.each([[[]], [[0, 0]], [[1, -1]], [[2, -1]]])('weights of %j are a bug', weights => {
    expect(() => allocate(100, weights)).toThrow('weight')
  })
})

describe('currencies', () => {
  test.each([
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['HUF', 2],
    ['IDR', 2],
    ['COP', 2],
    ['PKR', 2],
    ['ISK', 0],
  ])('%s has %i digits after the point, by ISO 4217 and whatever the runtime shows', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits)
  })
  test('codes are known or not', () => {
    expect(['USD', 'EUR', 'JPY'].every(isCurrency)).toBe(true)
    expect(['usd', 'US', 'ZZZ', '', 'toString'].some(isCurrency)).toBe(false)
  })
})

describe('reading amounts', () => {
  test.each<[string, string, number | null]>([
    ['12.5', 'USD', 1250],
    ['12.50', 'USD', 1250],
    ['12.500', 'USD', 1250],
    ['-3', 'USD', -300],
    ['-0', 'USD', 0],
    ['-0.00', 'USD', 0],
    [' 7 ', 'USD', 700],
    ['0.01', 'USD', 1],
    ['12.505', 'USD', null],
    ['12', 'JPY', 12],
    ['12.5', 'JPY', null],
    ['1.005', 'KWD', 1005],
    ['1,000', 'USD', null],
    ['1e3', 'USD', null],
    ['.5', 'USD', null],
    ['5.', 'USD', null],
    ['+5', 'USD', null],
    ['0x10', 'USD', null],
    ['١٢', 'USD', null],
    ['', 'USD', null],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
    ['90071992547409.92', 'USD', null],
    ['9'.repeat(40), 'USD', null],
  ])('%j in %s is %j', (text, currency, expected) => expect(Object.is(parseAmount(text, currency), expected)).toBe(true))

  test.each([
    ['12.5', 125_000],
    ['100', 1_000_000],
    ['0.0001', 1],
    ['0.00001', null],
    ['ten', null],
  ])('%j per cent is %j parts per million', (text, rate) => expect(parsePercent(text)).toBe(rate))
})

describe('writing amounts', () => {
  test.each([
    [1250, 2, '12.50'],
    [-1250, 2, '-12.50'],
    [5, 2, '0.05'],
    [-5, 2, '-0.05'],
    [0, 2, '0.00'],
    [5, 0, '5'],
    [1, 3, '0.001'],
  ])('%i at %i digits is %s', (value, digits, text) => expect(decimal(value, digits)).toBe(text))

  test.each([
    [1_234_50, 'USD', '1,234.50 USD'],
    [-1_234_50, 'USD', '-1,234.50 USD'],
    [-5, 'USD', '-0.05 USD'],
    [1_234, 'JPY', '1,234 JPY'],
    [1_234_567, 'KWD', '1,234.567 KWD'],
    [1_234_50, 'HUF', '1,234.50 HUF'],
    [Number.MAX_SAFE_INTEGER, 'USD', '90,071,992,547,409.91 USD'],
  ])('%i of %s is shown as %s', (amount, currency, text) => expect(format(amount, currency)).toBe(text))

  test.each([
    [125_000, '12.5'],
    [100_000, '10'],
    [1_000_000, '100'],
    [1, '0.0001'],
    [0, '0'],
  ])('%i parts per million are %s per cent', (rate, text) => expect(percentText(rate)).toBe(text))

  test('what is written is read back as it was', () => {
    const property = fc.property(safe, fc.constantFrom('USD', 'JPY', 'KWD', 'CLF', 'HUF'), (amount, currency) => {
      expect(parseAmount(amountText(amount, currency), currency)).toBe(amount)
    })
    fc.assert(property, { numRuns: 2_000 })
    const rates = fc.property(fc.nat(1_000_000), rate => {
      expect(parsePercent(percentText(rate))).toBe(rate)
    })
    fc.assert(rates)
  })

  test('reading any text gives a safe integer or null', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^-?\d{0,20}\.?\d{0,6}$/))
    const property = fc.property(text, fc.integer({ min: 0, max: 4 }), (some, digits) => {
      const value = parseDecimal(some, digits)
      expect(value === null || Number.isSafeInteger(value)).toBe(true)
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

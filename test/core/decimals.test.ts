import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalText, multiply, roundToMinor } from '../../src/core/decimals.ts'

describe('a number is read as its file writes it', () => {
  test.each([
    ['2,55', ',', '2.55'],
    ['1.234,50', ',', '1234.50'],
    ['1.234.567', ',', '1234567'],
    ['-0,5', ',', '-0.5'],
    [',5', ',', '0.5'],
    ['-,5', ',', '-0.5'],
    ['+7', ',', '7'],
    [' 6 ', ',', '6'],
    ['1,234.50', '.', '1234.50'],
    ['00012.30', '.', '00012.30'],
  ] as const)('%s with the mark %s is %s', (text, mark, plain) => {
    expect(decimalText(text, mark)).toBe(plain)
  })

  test.each([
    ['2.55', ','],
    ['2,55', '.'],
    ['1.23,4', ','],
    ['1,2,3', ','],
    ['1.2.3', '.'],
    ['5,', ','],
    ['1 234', '.'],
    ['£5', '.'],
    ['5-', '.'],
    ['--5', '.'],
    ['1e3', '.'],
    ['0x10', '.'],
    ['', '.'],
    ['-', '.'],
    ['abc', '.'],
    ['∞', '.'],
  ] as const)('%s with the mark %s is no number', (text, mark) => {
    expect(decimalText(text, mark)).toBeNull()
  })
})

describe('a product is exact and rounded once', () => {
  test.each([
    ['6', '2.55', '15.30', 1530],
    ['-1', '27.50', '-27.50', -2750],
    ['3', '0.335', '1.005', 101],
    ['-3', '0.335', '-1.005', -101],
    ['1', '0.004', '0.004', 0],
    ['-1', '0.004', '-0.004', 0],
    ['0', '5.00', '0.00', 0],
    ['0.1', '0.2', '0.02', 2],
    ['1.1', '1.1', '1.21', 121],
    ['90071992547409.91', '1', '90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('%s × %s is %s, in pence %i', (left, right, product, pence) => {
    expect(multiply(left, right)).toBe(product)
    expect(roundToMinor(product, 2)).toBe(pence)
  })

  test('what is beyond the safe integers has no minor units', () => {
    expect(roundToMinor('90071992547409.92', 2)).toBeNull()
    expect(roundToMinor(multiply('99999999999999', '99999999999999'), 2)).toBeNull()
  })

  test('currencies without minor units round to the whole', () => {
    expect(['0.5', '1.49', '-0.5', '12'].map(text => roundToMinor(text, 0))).toEqual([1, 1, -1, 12])
  })

  const number = fc.record({ value: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), places: fc.nat(6) })
  const textOf = ({ value, places }: { value: bigint; places: number }) => {
    const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
    const sign = value < 0n ? '-' : ''
    return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
  }

  test('any product is what whole numbers give', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const product = multiply(textOf(a), textOf(b))
        expect(product).toBe(textOf({ value: a.value * b.value, places: a.places + b.places }))
      }),
    )
  })

  test('any rounding is at most half a unit away, and a half goes away from zero', () => {
    fc.assert(
      fc.property(number, fc.nat(4), ({ value, places }, digits) => {
        const rounded = roundToMinor(textOf({ value, places }), digits)
        fc.pre(rounded !== null)
        const [have, want] = [BigInt(rounded as number) * 10n ** BigInt(places), value * 10n ** BigInt(digits)]
        const twice = 2n * (want - have)
        const unit = 10n ** BigInt(places)
        expect(twice <= unit && twice >= -unit).toBe(true)
        if (twice === unit || twice === -unit) expect(have > want).toBe(want > 0n)
      }),
    )
  })

  test('a written number reads back, whatever its mark', () => {
    fc.assert(
      fc.property(number, n => {
        const text = textOf(n)
        expect(decimalText(text, '.')).toBe(text)
        expect(decimalText(text.replace('.', ','), ',')).toBe(text)
      }),
    )
  })
})

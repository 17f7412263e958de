import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reversalOf } from '../../src/core/price.ts'

const amount = fc.integer({ min: 0, max: 5_000_00 })

describe('reversals take the commission back in proportion', () => {
  const none = { commission_cents: 0, revenue_cents: 0 }
  test.each([
    ['half of a sale of 80.00 that earned 8.00', 8_00, 80_00, none, 40_00, 400],
    ['a third of 30.00 that earned 10.00', 10_00, 30_00, none, 10_00, 333],
    ['the second third: 6.67 in all, so 3.34', 10_00, 30_00, { commission_cents: 333, revenue_cents: 1000 }, 10_00, 334],
    ['the last third takes what remains', 10_00, 30_00, { commission_cents: 667, revenue_cents: 2000 }, 10_00, 333],
    ['all that is left', 10_00, 30_00, { commission_cents: 333, revenue_cents: 1000 }, 'all', 667],
    ['all of a sign-up without revenue', 5_00, 0, none, 'all', 500],
    ['a commission larger than its revenue', 10_00, 1_00, none, 50, 500],
    ['a sale that earned nothing', 0, 80_00, none, 40_00, 0],
    ['a part after the whole commission was rejected', 8_00, 80_00, { commission_cents: 800, revenue_cents: 0 }, 40_00, 0],
  ] as const)('%s', (_, commission, revenue, so_far, reversing, expected) => {
    expect(reversalOf(commission, revenue, so_far, reversing)).toBe(expected)
  })

  test.each([
    ['more than there is', 8_00, 80_00, none, 80_01],
    ['nothing', 8_00, 80_00, none, 0],
    ['less than nothing', 8_00, 80_00, none, -1],
    ['a fraction of a cent', 8_00, 80_00, none, 0.5],
    ['a part of no revenue', 8_00, 0, none, 1],
    ['from more than was earned', 8_00, 80_00, { commission_cents: 801, revenue_cents: 0 }, 1],
    ['from more than was sold', 8_00, 80_00, { commission_cents: 0, revenue_cents: 80_01 }, 'all'],
    ['a negative commission', -8_00, 80_00, none, 'all'],
  ] as const)('reversing %s is a bug of the caller and throws', (_, commission, revenue, so_far, reversing) => {
    expect(() => reversalOf(commission, revenue, so_far, reversing)).toThrow()
  })

  const parts = fc.array(fc.integer({ min: 1, max: 1_000_000_00 }), { minLength: 1, maxLength: 12 })
  const reverseAll = (commission: number, revenue: number, steps: (number | 'all')[]) => {
    const so_far = { commission_cents: 0, revenue_cents: 0 }
    return steps.map(step => {
      const taken = reversalOf(commission, revenue, so_far, step)
      expect(taken).toBeGreaterThanOrEqual(0)
      so_far.commission_cents += taken
      so_far.revenue_cents = step === 'all' ? revenue : so_far.revenue_cents + step
      expect(so_far.commission_cents).toBeLessThanOrEqual(commission)
      return taken
    })
  }
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)

  test('in any number of parts and any order they sum to exactly the commission and never exceed it', () => {
    const property = fc.property(parts, fc.integer({ min: 0, max: 2_000_000_00 }), (steps, commission) => {
      const revenue = sum(steps)
      expect(sum(reverseAll(commission, revenue, steps))).toBe(commission)
      expect(sum(reverseAll(commission, revenue, steps.toReversed()))).toBe(commission)
      expect(sum(reverseAll(commission, revenue, [...steps.slice(1), 'all']))).toBe(commission)
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  test('what was taken after some parts depends on their sum alone, within a cent of the exact share', () => {
    const property = fc.property(parts, amount, fc.integer({ min: 1, max: 1_000_00 }), (steps, commission, rest) => {
      const reversed = sum(steps)
      const taken = sum(reverseAll(commission, reversed + rest, steps))
      expect(taken).toBe(reverseAll(commission, reversed + rest, [reversed])[0])
      expect(Math.abs(taken - (commission * reversed) / (reversed + rest))).toBeLessThanOrEqual(0.5 + 1e-6)
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

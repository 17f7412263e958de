import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idGenerator, isId } from '../../src/core/ids.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const millisecondOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

/** Ids made while the clock shows these milliseconds, one after the other. */
function made(clock: number[], random: () => string = randomUUID): string[] {
  let turn = 0
  const next = idGenerator(() => clock[turn++]!, random)
  return clock.map(() => next())
}
const rises = (ids: string[]) => ids.every((id, n) => n === 0 || ids[n - 1]! < id)

describe('ids', () => {
  test('are UUIDs of version 7 that carry their millisecond', () => {
    const [id] = made([Date.parse('2026-03-01T10:00:00.000Z')])
    expect(id).toMatch(UUID_V7)
    expect(isId(id!)).toBe(true)
    expect(millisecondOf(id!)).toBe(Date.parse('2026-03-01T10:00:00.000Z'))
  })

  test('of an early clock are padded', () => expect(made([1])[0]).toMatch(/^00000000-0001-7000-/))

  test('of one millisecond keep the order in which they were made, even with the same randomness', () => {
    const ids = made(Array(5_000).fill(1_000_000), () => 'ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(new Set(ids).size).toBe(5_000)
    expect(rises(ids)).toBe(true)
    expect(millisecondOf(ids[4_095]!)).toBe(1_000_000)
    expect(millisecondOf(ids[4_096]!)).toBe(1_000_001)
  })

  test('keep their order when the clock steps back', () => {
    const ids = made([2_000, 1_000, 1_500, 2_000, 2_001])
    expect(rises(ids)).toBe(true)
    expect(ids.map(millisecondOf)).toEqual([2_000, 2_000, 2_000, 2_000, 2_001])
  })

  test('rise whatever the clock does', () => {
    const clock = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 200 })
    fc.assert(
      fc.property(clock, ticks => {
        const ids = made(ticks)
        expect(rises(ids)).toBe(true)
        expect(ids.every(id => UUID_V7.test(id))).toBe(true)
      }),
    )
  })

  test('of two generators in one millisecond differ by their randomness', () => {
    expect(made([1_000])[0]).not.toBe(made([1_000])[0])
  })
})

describe('a text is an id or not', () => {
  test.each(['0195a000-0000-7000-8000-000000000001', '0195A000-0000-7000-8000-00000000000F'])('%s is', text =>
    expect(isId(text)).toBe(true),
  )
  test.each([
    '',
    'nick',
    '0195a000-0000-7000-8000-00000000000',
    '0195a000-0000-7000-8000-0000000000010',
    '0195a00000007000800000000000000001',
    '0195a000-0000-7000-8000-00000000000g',
    '0195a000-0000-7000-8000-000000000001\n',
    ' 0195a000-0000-7000-8000-000000000001',
  ])('%j is not', text => expect(isId(text)).toBe(false))
})

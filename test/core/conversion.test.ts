import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConversionStatus,
  capSpans,
  conversionStatuses,
  decide,
  decisionOf,
  isSubName,
  isType,
  postedStatus,
  postedStatuses,
  statusOf,
  subNames,
} from '../../src/core/conversion.ts'
import { Refusal } from '../../src/core/refusal.ts'

describe('the status that a source sends', () => {
  test.each([
    ['approved', 'approved'],
    ['Approved', 'approved'],
    ['OTHER', 'approved'],
    ['Pending', 'pending_review'],
    ['declined', 'rejected'],
    [' Declined ', 'rejected'],
    [undefined, 'approved'],
    [null, 'approved'],
    ['', 'approved'],
  ])('%j is decided as %s', (text, decision) => expect(decisionOf(postedStatus(text)!)).toBe(decision))

  test.each(['paid', 'hold', 'approve', 'yes', '__proto__', 'constructor'])('%s is no status to send', text => {
    expect(postedStatus(text)).toBeNull()
  })
  test('every posted status has a decision', () => {
    expect(postedStatuses.map(decisionOf)).toEqual(['approved', 'pending_review', 'rejected', 'approved'])
  })
})

describe('the status that people see', () => {
  const now = '2026-03-04T10:00:00.000Z'
  const approved = { decision: 'approved' as const, held_until: null, paid: false }
  test.each([
    ['approved without a hold', approved, 'approved'],
    ['a minute before the hold ends', { ...approved, held_until: '2026-03-04T10:01:00.000Z' }, 'hold'],
    ['at the very end of the hold', { ...approved, held_until: now }, 'approved'],
    ['a minute after it', { ...approved, held_until: '2026-03-04T09:59:00.000Z' }, 'approved'],
    ['a hold written with an offset is compared as an instant', { ...approved, held_until: '2026-03-04T12:30:00+02:00' }, 'hold'],
    ["Postgres's way to say no hold", { ...approved, held_until: '-infinity' }, 'approved'],
    ['waiting for review, whatever the hold', { ...approved, decision: 'pending_review' as const }, 'pending_review'],
    [
      'rejected during its hold',
      { ...approved, decision: 'rejected' as const, held_until: '2026-04-01T00:00:00.000Z' },
      'rejected',
    ],
    ['paid', { ...approved, paid: true }, 'paid'],
    ['rejected, on a tab that is paid', { ...approved, decision: 'rejected' as const, paid: true }, 'rejected'],
  ])('%s: %o is %s', (_, conversion, status) => expect(statusOf(conversion, now)).toBe(status))
})

describe('what an operator may decide', () => {
  const outcome = (status: ConversionStatus, to: 'approved' | 'rejected', in_approved_payout = false) => {
    try {
      return decide({ status, in_approved_payout }, to)
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal)
      expect((error as Refusal).message).toMatch(/; .+\.$/)
      return (error as Refusal).code
    }
  }
  test.each<[ConversionStatus, string, string]>([
    ['hold', 'approved', 'rejected'],
    ['pending_review', 'approved', 'rejected'],
    ['approved', 'invalid_transition', 'rejected'],
    ['rejected', 'invalid_transition', 'invalid_transition'],
    ['paid', 'conversion_paid', 'conversion_paid'],
  ])('%s: to approve gives %s, to reject gives %s', (status, approve, reject) => {
    expect([outcome(status, 'approved'), outcome(status, 'rejected')]).toEqual([approve, reject])
  })
  test('in an approved payout a conversion cannot be rejected, in a draft it can', () => {
    expect(outcome('approved', 'rejected', true)).toBe('conversion_in_payout')
    expect(outcome('approved', 'rejected', false)).toBe('rejected')
  })
  test('a paid conversion says that it is paid, though its payout is approved too', () => {
    expect(outcome('paid', 'rejected', true)).toBe('conversion_paid')
  })
  test('the table above has every status', () => {
    expect(conversionStatuses).toEqual(['hold', 'pending_review', 'approved', 'rejected', 'paid'])
  })
})

test('subs are sub1 to sub20, written exactly so [RT-39]', () => {
  expect(subNames).toHaveLength(20)
  expect([subNames[0], subNames.at(-1)]).toEqual(['sub1', 'sub20'])
  expect(['sub1', 'sub9', 'sub10', 'sub20'].every(isSubName)).toBe(true)
  expect(['sub', 'sub0', 'sub01', 'sub21', 'Sub1', ' sub1', 'sub1 ', 'subs', ''].some(isSubName)).toBe(false)
})

test('a type has 1 to 50 characters', () => {
  expect([1, 50].map(length => isType('x'.repeat(length)))).toEqual([true, true])
  expect([0, 51].map(length => isType('x'.repeat(length)))).toEqual([false, false])
})

describe('caps count by day, week and month of the organization', () => {
  test.each([
    ['a Sunday', '2026-03-01T10:00:00.000Z', 'UTC', 'day:2026-03-01', 'week:2026-02-23', 'month:2026-03'],
    ['the Monday after it', '2026-03-02T00:00:00.000Z', 'UTC', 'day:2026-03-02', 'week:2026-03-02', 'month:2026-03'],
    [
      'still Sunday in New York',
      '2026-03-02T03:00:00.000Z',
      'America/New_York',
      'day:2026-03-01',
      'week:2026-02-23',
      'month:2026-03',
    ],
    ['already March in Tokyo', '2026-02-28T15:00:00.000Z', 'Asia/Tokyo', 'day:2026-03-01', 'week:2026-02-23', 'month:2026-03'],
    [
      'a week that begins in the old year',
      '2026-01-01T12:00:00.000Z',
      'UTC',
      'day:2026-01-01',
      'week:2025-12-29',
      'month:2026-01',
    ],
  ])('%s', (_, at, zone, daily, weekly, monthly) => expect(capSpans(at, zone)).toEqual({ daily, weekly, monthly }))

  test('the week of any day is the one Monday that is 0 to 6 days before it', () => {
    const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(instants, date => {
        const { daily, weekly, monthly } = capSpans(date.toISOString(), 'UTC')
        const monday = new Date(weekly.slice(5))
        expect(monday.getUTCDay()).toBe(1)
        const days = (Date.parse(daily.slice(4)) - monday.getTime()) / 86_400_000
        expect(days >= 0 && days <= 6).toBe(true)
        expect(daily.slice(4).startsWith(monthly.slice(6))).toBe(true)
      }),
    )
  })
})

import { expect, test } from 'vitest'
import { constraintOf, isRetryable, isUnavailable, isUniqueViolation, sqlState } from '../../../src/server/db/errors.ts'

const error = (code: string, message = '', constraint?: string) => Object.assign(new Error(message), { code, constraint })
const onCitus = error('23505', 'duplicate key value violates unique constraint "partners_active_email_102460"', '')

test('only five characters are a SQLSTATE', () => {
  expect(sqlState(error('23505'))).toBe('23505')
  expect([error('ECONNREFUSED'), new Error('x'), null, undefined, 'text'].map(sqlState)).toEqual(Array(5).fill(undefined))
})

test("a constraint's name is found in the field or in the message, without the shard", () => {
  expect(constraintOf(error('23505', '', 'partners_slug'))).toBe('partners_slug')
  expect(constraintOf(onCitus)).toBe('partners_active_email')
  expect(constraintOf(error('23514', 'new row violates check constraint "rate_24"'))).toBe('rate_24')
  expect(constraintOf(error('22012', 'division by zero'))).toBeUndefined()
})

test('a unique violation can be asked for by name', () => {
  expect([
    isUniqueViolation(onCitus),
    isUniqueViolation(onCitus, 'partners_active_email'),
    isUniqueViolation(onCitus, 'x'),
  ]).toEqual([true, true, false])
})

test.each([
  [error('40001'), true],
  [error('40P01'), true],
  [error('XX000', 'could not commit transaction for shard 102008 on at least 1 active node'), true],
  [error('XX000', 'something else'), false],
  [error('23505'), false],
])('a lost race is worth another try: %s', (lost, retry) => expect(isRetryable(lost)).toBe(retry))

test.each([
  [error('ECONNREFUSED'), true],
  [error('57P01'), true],
  [error('53300'), true],
  [error('53100'), true],
  [error('08006'), true],
  [new Error('Connection terminated unexpectedly'), true],
  [error('23505'), false],
  [error('57014'), false],
  [null, false],
])('the database is unavailable: %s', (failed, unavailable) => expect(isUnavailable(failed)).toBe(unavailable))

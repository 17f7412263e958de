/**
 * Reads database errors: by SQLSTATE first, by name only where the name is all there is.
 *
 * Citus empties the `constraint` field and puts a shard number behind each name in the message, so the name is taken
 * from either place and the number is dropped. Source: citus.md "Errors".
 */
const text = (error: unknown, field: string): string | undefined => {
  const value = (error as Record<string, unknown> | null | undefined)?.[field]
  return typeof value === 'string' ? value : undefined
}

/** The five characters that say what went wrong, when the error comes from Postgres. */
export function sqlState(error: unknown): string | undefined {
  const code = text(error, 'code')
  return code && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** The violated constraint or index without Citus's shard number; undefined when none is named. */
export function constraintOf(error: unknown): string | undefined {
  const named = text(error, 'constraint') || /constraint "([^"]+)"/.exec(text(error, 'message') ?? '')?.[1]
  return named?.replace(/_\d{6,}$/, '')
}

/** A row with this key exists already; pass a constraint's name to ask about that one only. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  sqlState(error) === '23505' && (constraint === undefined || constraintOf(error) === constraint)

/** Somebody else held the lock for longer than `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === '55P03'

/** The transaction lost a race and is safe to run again. Citus reports one found at commit as XX000. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error)
  if (state === '40001' || state === '40P01') return true
  return state === 'XX000' && /could not commit transaction for shard/.test(text(error, 'message') ?? '')
}

const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
  'EAI_AGAIN',
])
const UNAVAILABLE_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after)/

/** The database cannot be reached or cannot work now: refused or cut connection, shutdown, no slots, disk full. */
export function isUnavailable(error: unknown): boolean {
  const code = text(error, 'code') ?? ''
  if (/^(57P0[1-5]|08...|53100|53300)$/.test(code) || UNAVAILABLE_CODES.has(code)) return true
  return UNAVAILABLE_TEXT.test(text(error, 'message') ?? '')
}

/** Pages by key: the cursor is the last row's own key, so that ties and inserts never lose or repeat a row. */
import { InstantText } from '../api/shapes.ts'
import type { Instant } from '../core/calendar.ts'
import { isId } from '../core/ids.ts'
import { refuse } from '../core/refusal.ts'

export type PageRequest = { limit: number; cursor?: string | undefined }

/** Cuts one row more than asked into a page and the cursor of the next one. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): { rows: Row[]; next_cursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next_cursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** The id in a cursor. Refuses `invalid_query` for one that we did not make. */
export function idCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  if (!isId(cursor)) refuse('invalid_query', 'This cursor is not one of ours; take meta.next_cursor as it is.')
  return cursor
}

/** A cursor that holds several values, in order. */
export const packCursor = (values: (string | number)[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')

const isKind = {
  integer: (value: unknown) => Number.isSafeInteger(value),
  text: (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
  /** Before all others stands what never was. */
  instant: (value: unknown) => value === '-infinity' || InstantText.safeParse(value).success,
  id: (value: unknown) => typeof value === 'string' && isId(value),
}

/** The values in a cursor. Refuses `invalid_query` for one that we did not make, or made for another order. */
export function unpackCursor(cursor: string | undefined, kinds: (keyof typeof isKind)[]): (string | number)[] | null {
  if (cursor === undefined) return null
  try {
    const values = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(values) && values.length === kinds.length && kinds.every((kind, n) => isKind[kind](values[n])))
      return values
  } catch {
    // Falls through to the refusal: a cursor that cannot be read is no cursor of ours.
  }
  return refuse('invalid_query', 'This cursor is not one of ours; take meta.next_cursor as it is.')
}

/** A place in a list by time: an instant and, among rows of the same one, an id; a bare instant stands before all of them. */
export type Place = { at: Instant; id: string | null }

export const placeCursor = ({ at, id }: { at: Instant; id: string }): string => `${at}_${id}`

/** The place in a cursor `<ISO>_<uuid>`; a bare ISO instant is taken too. Refuses `invalid_query` for anything else. */
export function readPlace(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const [text = '', id, ...rest] = cursor.split('_')
  const at = InstantText.safeParse(text)
  if (!at.success || rest.length > 0 || (id !== undefined && !isId(id)))
    refuse('invalid_query', 'This cursor is not one of ours; take meta.next_cursor as it is.')
  return { at: at.data, id: id ?? null }
}

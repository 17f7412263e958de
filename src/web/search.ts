/** What an address says about its page, parsed: whatever does not fit is left out, so that an old link still opens. */
type Parser<T> = (value: unknown) => T | undefined

export const textIn: Parser<string> = value => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** A day such as `2026-03-01`. */
export const dayIn: Parser<string> = value => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined)

export const oneOf =
  <const Value extends string>(...values: readonly Value[]): Parser<Value> =>
  value =>
    values.find(each => each === value)

/** The column that a table is sorted by; with a minus before it the other way round. */
export const orderIn = <const Column extends string>(...columns: readonly Column[]): Parser<Column | `-${Column}`> =>
  oneOf(...columns.flatMap((column): (Column | `-${Column}`)[] => [column, `-${column}`]))

/** Several values of a filter, separated by commas. */
export const someOf =
  <const Value extends string>(...values: readonly Value[]): Parser<string> =>
  value => {
    const wanted = typeof value === 'string' ? value.split(',') : []
    return values.filter(each => wanted.includes(each)).join(',') || undefined
  }

type Shape = Record<string, Parser<string>>
export type SearchOf<S extends Shape> = { [K in keyof S]?: Exclude<ReturnType<S[K]>, undefined> }

/** The search parameters of a page, each with its parser: `validateSearch: searchOf({ status: oneOf('draft', 'paid') })`. */
export const searchOf =
  <const S extends Shape>(shape: S) =>
  (search: Record<string, unknown>): SearchOf<S> =>
    // undefined, not left out: else the router would pass on what the address said
    Object.fromEntries(Object.entries(shape).map(([name, parse]) => [name, parse(search[name])])) as SearchOf<S>

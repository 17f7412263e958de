/** Writes CSV by RFC 4180: quotes only where needed, lines end with CR LF. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A number as people write it; a spreadsheet takes it for that number and for nothing else. */
const NUMBER = /^[-+]?[\d.,]*\d$/

/**
 * A cell. A text that a spreadsheet would take for a formula gets a leading apostrophe; a number never does, written as a
 * number or as text, so that −12.50 stays −12.50. Source: spec A11.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

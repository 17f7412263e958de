import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvCell, csvLine } from '../../src/core/csv.ts'

describe('a line of CSV', () => {
  test.each([
    [['a', 1, null], 'a,1,\r\n'],
    [['a,b', 'say "hi"', 'two\nlines'], '"a,b","say ""hi""","two\nlines"\r\n'],
    [['', ' '], ', \r\n'],
  ])('%o', (cells, line) => {
    expect(csvLine(cells)).toBe(line)
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+cmd|x', "'+cmd|x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2+3', "'-2+3"],
    ['\tx', "'\tx"],
    ['=a,b', `"'=a,b"`],
  ])('the formula %s is written as text', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  test.each([
    [-12.5, '-12.5'],
    ['-12.50', '-12.50'],
    ['-12,50', '"-12,50"'],
    ['+1', '+1'],
  ])('the number %s stays a number', (value, cell) => {
    expect(csvCell(value)).toBe(cell)
  })

  const cell = fc.string({ unit: fc.constantFrom(...'ab,;"\r\n\' =+-@1.é😀') })
  test('reads back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1 }), rows => {
        const width = Math.max(...rows.map(r => r.length))
        const even = rows.map(r => [...r, ...Array(width - r.length).fill('')])
        const guarded = even.map(r =>
          r.map(text => (/^[=+\-@\t\r]/.test(text) && !/^[-+]?[\d.,]*\d$/.test(text) ? `'${text}` : text)),
        )
        expect(parse(even.map(csvLine).join(''))).toEqual(guarded)
      }),
    )
  })
})

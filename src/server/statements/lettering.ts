/**
 * Text of any script made fit for a page: which font draws it, in which order, and what stands for what no font has.
 *
 * Names, addresses and notes come from anybody. Latin text is set in the PDF's own Helvetica, all else in DejaVu Sans, which
 * has Greek, Cyrillic, Hebrew, Arabic and more; a sign that it lacks (Chinese, most emoji) shows as a box, never as another
 * sign. Text that runs from right to left is put in the order in which it is seen, line by line.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Face = 'Helvetica' | 'Helvetica-Bold' | 'wide'
export type Lettering = { text: string; face: Face; is_lossy: boolean }

let wideFont: Buffer | undefined
/** The font for everything that is not Latin; read when it is first needed. */
export const wideFontBytes = (): Buffer => {
  wideFont ??= readFileSync(join(import.meta.dirname, 'fonts', 'DejaVuSansCondensed.ttf'))
  return wideFont
}

const BOX = '\u25a1'
/** What the PDF's own fonts can draw: WinAnsi without its controls. */
const LATIN =
  /^[\x20-\x7e\xa0-\xff\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]*$/
/** Signs that are not seen but change what is: they order, join or vary others. */
const UNSEEN = /[\u00ad\u061c\ufeff]|[\u200b-\u200f]|[\u202a-\u202e]|[\u2060-\u2069]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e01ef}]/gu
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/
const LTR = /[A-Za-z\u00c0-\u058f\u0900-\u1fff\u3040-\ud7ff]/

/** On one line; several lines of text become several of these. */
export const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(UNSEEN, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is replaced here
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    .trim()

/** Chooses the font. `has` says whether the wide one can draw a sign. */
export function lettered(text: string, is_bold: boolean, has: (codePoint: number) => boolean): Lettering {
  const clean = tidy(text)
  if (LATIN.test(clean)) return { text: clean, face: is_bold ? 'Helvetica-Bold' : 'Helvetica', is_lossy: false }
  const signs = [...clean].map(sign => (has(sign.codePointAt(0) as number) ? sign : BOX))
  return { text: signs.join(''), face: 'wide', is_lossy: signs.includes(BOX) && !clean.includes(BOX) }
}

/** Whether a text begins with a script that runs from right to left. */
const runsLeft = (text: string): boolean => {
  const [rtl, ltr] = [text.search(RTL), text.search(LTR)]
  return rtl >= 0 && (ltr < 0 || rtl < ltr)
}

/** The words of one line in the order in which they are seen; within a word the font does the same. */
export function inVisualOrder(line: string, base = line): string {
  if (!RTL.test(line)) return line
  const words = line.split(' ')
  const isLeft = runsLeft(base)
  const ordered: string[] = []
  let run: string[] = []
  const flush = () => {
    ordered.push(...run.reverse())
    run = []
  }
  for (const word of isLeft ? words.reverse() : words) {
    if (isAgainst(word, isLeft)) run.push(word)
    else {
      flush()
      ordered.push(word)
    }
  }
  flush()
  return ordered.join(' ')
}

/** Whether a word runs against the direction of its text; one of signs alone goes with the text. */
const isAgainst = (word: string, isLeft: boolean): boolean => (isLeft ? LTR.test(word) : RTL.test(word))

/** Breaks text into lines no wider than `width`; a word that is too long is cut. */
export function wrapped(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(each => cut(each, width, widthOf))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

function cut(word: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const sign of word) {
    if (part !== '' && widthOf(part + sign) > width) {
      parts.push(part)
      part = sign
    } else part += sign
  }
  return [...parts, part]
}

/**
 * A4 paper that invoices and statements are drawn on: text of any script, tables over many pages, page numbers.
 *
 * The same content gives the same bytes: the date of making is given, and nothing in the file is random.
 */
import type PDFDocument from 'pdfkit'
import type { Instant } from '../../core/calendar.ts'
import { inVisualOrder, type Lettering, lettered, wideFontBytes, wrapped } from './lettering.ts'

type Doc = InstanceType<typeof PDFDocument>
/** `y` is where the next thing goes. */
export type Paper = { doc: Doc; y: number; has: (codePoint: number) => boolean }
export type Style = { size?: number; bold?: boolean; dim?: boolean; align?: 'left' | 'right'; max_lines?: number }
export type Column<Row> = { label: string; width: number; align?: 'right'; of: (row: Row) => string; max_lines?: number }

const INK = '#1a1c1b'
const DIM = '#5f6462'
const LINE = '#d9dcda'
export const LEFT = 56
export const WIDTH = 595.28 - 2 * LEFT
const [TOP, BOTTOM, FOOT] = [56, 780, 800]

/** Opens a document. `made_at` stands in its properties and makes its bytes repeatable. */
export async function openPaper(title: string, made_at: Instant): Promise<Paper> {
  const { default: Document } = await import('pdfkit') // with the first document, not with each start
  const info = { Title: title, Producer: 'Quittance', Creator: 'Quittance', CreationDate: new Date(made_at) }
  const doc = new Document({ size: 'A4', margin: 0, info, bufferPages: true, lang: 'en' })
  return { doc, y: TOP, has: glyphsOf(doc) }
}

type WithGlyphs = { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } }

/** Whether the wide font has a sign; it is opened only when somebody asks, and is in the file only when it draws. */
function glyphsOf(doc: Doc): Paper['has'] {
  let isOpen = false
  return codePoint => {
    if (!isOpen) doc.registerFont('wide', wideFontBytes() as never)
    isOpen = true
    return (doc.font('wide') as unknown as WithGlyphs)._font.font.hasGlyphForCodePoint(codePoint)
  }
}

/** What text comes to on the page: its lines, in one font. */
type Laid = { lines: string[]; face: Lettering['face']; size: number; height: number }

function laid(paper: Paper, text: string, width: number, { size = 9, bold = false, max_lines = 400 }: Style): Laid {
  const { text: clean, face } = lettered(text, bold, paper.has)
  const { doc } = paper
  doc.font(face).fontSize(size)
  const found = wrapped(clean, width, part => doc.widthOfString(part))
  const kept = found.slice(0, max_lines)
  if (kept.length < found.length) kept[kept.length - 1] = `${(kept.at(-1) as string).slice(0, -1)}\u2026`
  return { lines: kept.map(line => inVisualOrder(line, clean)), face, size, height: kept.length * size * 1.4 }
}

function drawLines(paper: Paper, at: { x: number; y: number; width: number }, what: Laid, style: Style): void {
  const { doc } = paper
  doc
    .font(what.face)
    .fontSize(what.size)
    .fillColor(style.dim ? DIM : INK)
  what.lines.forEach((line, n) => {
    const x = style.align === 'right' ? at.x + at.width - doc.widthOfString(line) : at.x
    if (line !== '') doc.text(line, x, at.y + n * what.size * 1.4, { lineBreak: false })
  })
}

/** Draws text at a place and says how high it is; it does not move `y`. */
export function put(paper: Paper, text: string, at: { x: number; y: number; width: number }, style: Style = {}): number {
  const what = laid(paper, text, at.width, style)
  drawLines(paper, at, what, style)
  return what.height
}

/** Text under what is there already, over the whole width or a part of it; goes on over the page if need be. */
export function write(paper: Paper, text: string, style: Style = {}, width = WIDTH): void {
  for (const paragraph of text.split(/\r\n|[\r\n\u2028\u2029]/)) {
    const what = laid(paper, paragraph, width, style)
    for (const line of what.lines) {
      room(paper, what.size * 1.4)
      drawLines(paper, { x: LEFT, y: paper.y, width }, { ...what, lines: [line] }, style)
      paper.y += what.size * 1.4
    }
  }
}

/** Whether a text cannot be shown as it is written. */
export const isLossy = (paper: Paper, text: string): boolean => lettered(text, false, paper.has).is_lossy

/** Begins a page when there is not this much room; says whether it did. */
export function room(paper: Paper, height: number): boolean {
  if (paper.y + height <= BOTTOM) return false
  paper.doc.addPage()
  paper.y = TOP
  return true
}

export function rule(paper: Paper, gap = 8): void {
  const { doc, y } = paper
  doc
    .moveTo(LEFT, y)
    .lineTo(LEFT + WIDTH, y)
    .lineWidth(0.5)
    .strokeColor(LINE)
    .stroke()
  paper.y += gap
}

/** Labelled facts in columns of equal width. */
export function facts(paper: Paper, all: [label: string, value: string][], per_row = 4): void {
  const width = WIDTH / per_row
  for (let from = 0; from < all.length; from += per_row) {
    room(paper, 40)
    const heights = all.slice(from, from + per_row).map(([label, value], n) => {
      const at = { x: LEFT + n * width, y: paper.y, width: width - 10 }
      put(paper, label, at, { size: 7.5, dim: true })
      return put(paper, value, { ...at, y: paper.y + 11 }, { size: 9.5, max_lines: 4 })
    })
    paper.y += 11 + Math.max(...heights) + 8
  }
}

/** Rows under a header that is repeated on every page; a column without a width takes what is left. */
export function table<Row>(paper: Paper, columns: Column<Row>[], rows: readonly Row[]): void {
  const header = () => {
    cells(paper, columns, column => [column.label, { size: 7.5, dim: true }])
    rule(paper, 5)
  }
  room(paper, 50)
  header()
  for (const row of rows) {
    const height = Math.max(...columns.map(c => laid(paper, c.of(row), c.width - 8, { max_lines: c.max_lines ?? 12 }).height))
    if (room(paper, height + 6)) header()
    cells(paper, columns, column => [column.of(row), { max_lines: column.max_lines ?? 12 }])
  }
}

function cells<Row>(paper: Paper, columns: Column<Row>[], of: (column: Column<Row>) => [string, Style]): void {
  let x = LEFT
  const heights = columns.map(column => {
    const [text, style] = of(column)
    const height = put(paper, text, { x, y: paper.y, width: column.width - 8 }, { ...style, align: column.align })
    x += column.width
    return height
  })
  paper.y += Math.max(...heights) + 4
}

/** Numbers the pages and gives the file. */
export async function bytesOf(paper: Paper, foot: string): Promise<Uint8Array> {
  const { doc } = paper
  const { start, count } = doc.bufferedPageRange()
  for (let n = 0; n < count; n++) {
    doc.switchToPage(start + n)
    put(paper, foot, { x: LEFT, y: FOOT, width: WIDTH - 80 }, { size: 7.5, dim: true, max_lines: 1 })
    put(
      paper,
      `Page ${n + 1} of ${count}`,
      { x: LEFT + WIDTH - 80, y: FOOT, width: 80 },
      { size: 7.5, dim: true, align: 'right' },
    )
  }
  const chunks: Uint8Array[] = []
  const ended = new Promise<void>((resolve, reject) =>
    doc
      .on('data', chunk => chunks.push(chunk))
      .on('end', resolve)
      .on('error', reject),
  )
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

/** The statement of a paid payout to keep: as a PDF for people, as CSV with every line. */
import type { In } from '../../api/endpoint.ts'
import type { statements } from '../../api/statements.ts'
import { dayOf } from '../../core/calendar.ts'
import { csvLine } from '../../core/csv.ts'
import { amountText, format } from '../../core/money.ts'
import type { Ctx } from '../context.ts'
import { type FileAnswer, type FileFormat, mediaTypes } from './month-files.ts'
import { bytesOf, facts, isLossy, LEFT, openPaper, put, rule, table, WIDTH, write } from './paper.ts'
import { type Reader, type SettledLine, type SettledStatement, settledStatement } from './settled.ts'
import { bare, dayWords, shortDay } from './words.ts'

/** A PDF of more lines is no reading matter; the CSV has them all. */
const PDF_LINES = 2000

export const ofPayout = (ctx: Ctx, { params, query }: In<typeof statements.ofPayout>) =>
  settledFile(ctx, params.payout_id, query.format)

export async function settledFile(ctx: Ctx, payout_id: string, format: FileFormat, reader: Reader = {}): Promise<FileAnswer> {
  const limit = format === 'pdf' ? PDF_LINES : Number.MAX_SAFE_INTEGER
  const statement = await settledStatement(ctx, payout_id, limit, reader)
  const bytes = format === 'pdf' ? await pdfOf(ctx, statement) : Buffer.from(csvOf(statement))
  return { file_name: `payout-${statement.payout.number}.${format}`, media_type: mediaTypes[format], bytes }
}

export function csvOf({ payout: { currency, number }, lines }: SettledStatement): string {
  const rows = lines.map(({ on, kind, text, amount_cents, earning_id }) =>
    csvLine([number, on, kind, text, amountText(amount_cents, currency), currency, earning_id]),
  )
  return [csvLine(['payout', 'date', 'kind', 'description', 'amount', 'currency', 'earning_id']), ...rows].join('')
}

async function pdfOf(ctx: Ctx, { payout, lines, left_out }: SettledStatement): Promise<Uint8Array> {
  const { currency, number, partner } = payout
  const paid_on = dayOf(payout.paid_at, ctx.time_zone)
  const paper = await openPaper(`Payout ${number}`, payout.paid_at)
  put(paper, ctx.program.name, { x: LEFT, y: paper.y, width: WIDTH / 2 }, { size: 11, bold: true, max_lines: 3 })
  put(paper, `Payout ${number}`, { x: LEFT + WIDTH / 2, y: paper.y, width: WIDTH / 2 }, { size: 11, align: 'right' })
  paper.y += 56
  write(paper, partner.name, { size: 16, bold: true, max_lines: 6 })
  if (isLossy(paper, partner.name)) write(paper, `Alias: ${partner.slug}`, { dim: true })
  paper.y += 10
  facts(paper, [
    ['Paid', format(payout.amount_cents, currency)],
    ['On', dayWords(paid_on)],
    ['Method', payout.method_name ?? '\u2013'],
    ['Reference', payout.reference ?? '\u2013'],
    ['Earned from', shortDay(payout.period_start)],
    ['Until', shortDay(payout.period_end)],
    ['Conversions', String(payout.conversion_count)],
    ['Accruals', String(payout.accrual_count)],
  ])
  rule(paper)
  table<SettledLine>(
    paper,
    [
      { label: 'Date', width: 80, of: line => shortDay(line.on) },
      { label: 'What', width: WIDTH - 180, of: line => line.text },
      { label: `Amount, ${currency}`, width: 100, align: 'right', of: line => bare(line.amount_cents, currency) },
    ],
    lines,
  )
  if (left_out.count > 0)
    write(paper, `And ${left_out.count} more, ${format(left_out.amount_cents, currency)} in all; the CSV has every line.`, {
      dim: true,
    })
  rule(paper)
  put(
    paper,
    `Total ${format(payout.amount_cents, currency)}`,
    { x: LEFT, y: paper.y, width: WIDTH - 8 },
    { size: 11, bold: true, align: 'right' },
  )
  return bytesOf(paper, `${ctx.program.name}, payout ${number}`)
}

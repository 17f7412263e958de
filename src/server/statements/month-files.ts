/** A month's statement to keep: as a PDF for people, as CSV for spreadsheets. */
import type { In } from '../../api/endpoint.ts'
import type { statements } from '../../api/statements.ts'
import { csvLine } from '../../core/csv.ts'
import { amountText, format } from '../../core/money.ts'
import type { CurrencyStatement, Month, StatementEntry } from '../../core/statement.ts'
import type { Ctx } from '../context.ts'
import { type MonthStatement, monthStatement } from './month.ts'
import { bytesOf, facts, isLossy, LEFT, openPaper, type Paper, put, room, rule, table, WIDTH, write } from './paper.ts'
import { bare, dayWords, monthWords, shortDay } from './words.ts'

export type FileAnswer = { file_name: string; media_type: string; bytes: Uint8Array }
export type FileFormat = 'pdf' | 'csv'
export const mediaTypes: Record<FileFormat, string> = { pdf: 'application/pdf', csv: 'text/csv; charset=utf-8' }

export const month = (ctx: Ctx, { params, query }: In<typeof statements.month>) =>
  monthStatement(ctx, params.partner_id, query.month)
export const monthPdf = (ctx: Ctx, { params, query }: In<typeof statements.monthPdf>) =>
  monthFile(ctx, params.partner_id, query.month, 'pdf')
export const monthCsv = (ctx: Ctx, { params, query }: In<typeof statements.monthCsv>) =>
  monthFile(ctx, params.partner_id, query.month, 'csv')

export async function monthFile(
  ctx: Ctx,
  partner_id: string,
  wanted: Month | undefined,
  format: FileFormat,
): Promise<FileAnswer> {
  const statement = await monthStatement(ctx, partner_id, wanted)
  const bytes = format === 'pdf' ? await pdfOf(ctx, statement) : Buffer.from(csvOf(statement))
  return {
    file_name: `statement-${ctx.program.slug}-${statement.partner.alias}-${statement.month}.${format}`,
    media_type: mediaTypes[format],
    bytes,
  }
}

const header = ['currency', 'date', 'kind', 'description', 'count', 'amount', 'balance']

/** Every entry with the balance after it, between what the month opened and closed with. */
export function csvOf({ currencies, first_on, last_on }: MonthStatement): string {
  const rows = currencies.flatMap(account => {
    const { currency } = account
    const text = (cents: number) => amountText(cents, currency)
    return [
      csvLine([currency, first_on, 'opening', 'Opening balance', null, null, text(account.opening_cents)]),
      ...withBalance(account).map(({ on, kind, text: words, count, amount_cents, balance_cents }) =>
        csvLine([currency, on, kind, words, count, text(amount_cents), text(balance_cents)]),
      ),
      csvLine([currency, last_on, 'closing', 'Closing balance', null, null, text(account.closing_cents)]),
    ]
  })
  return [csvLine(header), ...rows].join('')
}

type Balanced = StatementEntry & { balance_cents: number }

function withBalance({ opening_cents, entries }: CurrencyStatement): Balanced[] {
  let balance_cents = opening_cents
  return entries.map(entry => {
    balance_cents += entry.amount_cents
    return { ...entry, balance_cents }
  })
}

async function pdfOf(ctx: Ctx, statement: MonthStatement): Promise<Uint8Array> {
  const { partner, month: of, currencies, is_running, until, time_zone } = statement
  const paper = await openPaper(`Statement ${of}`, until)
  put(paper, ctx.program.name, { x: LEFT, y: paper.y, width: WIDTH / 2 }, { size: 11, bold: true, max_lines: 3 })
  put(paper, `Statement, ${monthWords(of)}`, { x: LEFT + WIDTH / 2, y: paper.y, width: WIDTH / 2 }, { size: 11, align: 'right' })
  paper.y += 56
  write(paper, partner.name, { size: 16, bold: true, max_lines: 6 })
  if (isLossy(paper, partner.name)) write(paper, `Alias: ${partner.alias}`, { dim: true })
  const known = is_running ? `so far, until ${shortDay(until.slice(0, 10))}` : 'the whole month'
  write(paper, `${dayWords(statement.first_on)} to ${dayWords(statement.last_on)}, ${known}. Days in ${time_zone}.`, {
    dim: true,
  })
  for (const account of currencies) drawAccount(paper, account)
  return bytesOf(paper, `${ctx.program.name}, statement ${of}`)
}

function drawAccount(paper: Paper, account: CurrencyStatement): void {
  const { currency } = account
  paper.y += 18
  room(paper, 120)
  rule(paper, 12)
  const sums: [string, number][] = [
    ['Opening', account.opening_cents],
    ['Earned', account.earned_cents],
    ['Adjusted', account.adjusted_cents],
    ['Paid', account.paid_cents],
    ['Closing', account.closing_cents],
  ]
  facts(
    paper,
    sums.map(([label, cents]) => [label, format(cents, currency)]),
    5,
  )
  if (account.entries.length === 0) write(paper, 'Nothing moved in this month.', { dim: true })
  else drawEntries(paper, account)
}

function drawEntries(paper: Paper, account: CurrencyStatement): void {
  const { currency } = account
  table(
    paper,
    [
      { label: 'Date', width: 80, of: row => shortDay(row.on) },
      { label: 'What', width: WIDTH - 260, of: row => row.text },
      { label: `Amount, ${currency}`, width: 90, align: 'right', of: row => bare(row.amount_cents, currency) },
      { label: `Balance, ${currency}`, width: 90, align: 'right', of: row => bare(row.balance_cents, currency) },
    ],
    withBalance(account),
  )
}

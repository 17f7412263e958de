/** What an invoice says and how it looks. Pure: the same facts and stamp give the same bytes. Source: spec C9. */
import { dayOf, type Instant, later } from '../../core/calendar.ts'
import { format } from '../../core/money.ts'
import { bytesOf, facts, isLossy, LEFT, openPaper, type Paper, put, room, rule, table, WIDTH, write } from './paper.ts'
import { bare, dayWords } from './words.ts'

type Payer = { name: string; program: string; address: string | null; vat_id: string | null; billing_text: string | null }
type Payee = { name: string; alias: string } & Record<
  'company' | 'address' | 'country' | 'vat_id' | 'billing_details' | 'email',
  string | null
>
/** Everything that an invoice says, but for number and dates: when this changes, it is revised. */
export type InvoiceFacts = {
  payer: Payer & { self_billing: boolean }
  payee: Payee
  reference: string
  made_at: Instant
  amount_cents: number
  currency: string
  status: string
  note: string | null
  method: string | null
  time_zone: string
}
export type Stamp = { number: string; issued_at: Instant; revised_at: Instant | null }

const statusWords: Record<string, string> = { pending: 'Pending', paid: 'Paid' }

export async function drawInvoice(invoice: InvoiceFacts, { number, issued_at, revised_at }: Stamp): Promise<Uint8Array> {
  const day = (at: Instant) => dayWords(dayOf(at, invoice.time_zone))
  const paper = await openPaper(`Invoice ${number}`, revised_at === null ? issued_at : later(issued_at, revised_at))
  put(paper, 'Invoice', { x: LEFT, y: paper.y, width: WIDTH / 2 }, { size: 22, bold: true })
  put(paper, number, { x: LEFT + WIDTH / 2, y: paper.y + 6, width: WIDTH / 2 }, { size: 13, align: 'right' })
  paper.y += 42
  facts(
    paper,
    [
      ['Number', number],
      ['Issue date', day(issued_at)],
      ...(revised_at === null ? [] : [['Revised', `revised ${day(revised_at)}`] as [string, string]]),
      ['Status', statusWords[invoice.status] ?? invoice.status],
    ],
    4,
  )
  rule(paper, 14)
  drawParties(paper, invoice)
  rule(paper, 14)
  drawAmount(paper, invoice, day)
  drawWords(paper, invoice)
  return bytesOf(paper, `${invoice.payer.name}, invoice ${number}`)
}

function drawParties(paper: Paper, { payer, payee }: InvoiceFacts): void {
  const half = WIDTH / 2
  const alias = isLossy(paper, `${payee.name}${payee.company ?? ''}`) ? `Alias: ${payee.alias}` : null
  const right = block(paper, LEFT + half, 'Payer', [
    ...[payer.name, payer.program === payer.name ? null : payer.program, payer.address, vat(payer.vat_id)],
  ])
  const left = block(paper, LEFT, 'Payee', [
    ...[payee.name, alias, payee.company, payee.address, payee.country, vat(payee.vat_id), payee.email],
  ])
  paper.y += Math.max(left, right) + 10
}

const vat = (id: string | null) => id && `VAT ID ${id}`

/** One party: what it is, its name, the rest. Returns its height. */
function block(paper: Paper, x: number, label: string, lines: (string | null)[]): number {
  const width = WIDTH / 2 - 20
  let y = paper.y + put(paper, label, { x, y: paper.y, width }, { size: 7.5, dim: true }) + 2
  const texts = lines.flatMap(text => (text ?? '').split(/[\r\n]+/)).filter(text => text.trim() !== '')
  texts.slice(0, 16).forEach((text, n) => {
    y += put(paper, text, { x, y, width }, n === 0 ? { size: 11, bold: true, max_lines: 8 } : { max_lines: 10 })
  })
  return y - paper.y
}

function drawAmount(paper: Paper, invoice: InvoiceFacts, day: (at: Instant) => string): void {
  const { currency, amount_cents } = invoice
  table(
    paper,
    [
      { label: 'Description', width: 110, of: () => 'Partner commissions' },
      { label: 'Payout', width: 186, of: () => invoice.reference },
      { label: 'Payout date', width: 92, of: () => day(invoice.made_at) },
      { label: `Amount, ${currency}`, width: WIDTH - 388, align: 'right', of: () => bare(amount_cents, currency) },
    ],
    [invoice],
  )
  rule(paper, 8)
  put(paper, 'Total', { x: LEFT, y: paper.y, width: 100 }, { size: 11, bold: true })
  const at = { x: LEFT + 100, y: paper.y, width: WIDTH - 108 }
  paper.y += put(paper, format(amount_cents, currency), at, { size: 11, bold: true, align: 'right' }) + 16
}

function drawWords(paper: Paper, { payer, payee, note, method }: InvoiceFacts): void {
  const part = (label: string, text: string | null) => {
    if (!text?.trim()) return
    room(paper, 40)
    write(paper, label, { size: 7.5, dim: true })
    write(paper, text)
    paper.y += 8
  }
  part('Paid by', method)
  part('Billing details of the payee', payee.billing_details)
  part('Note', note)
  part(
    'Self-billing',
    payer.self_billing
      ? `Self-billing: this invoice is issued by ${payer.name} in the name and on behalf of ${payee.name}.`
      : null,
  )
  if (payer.billing_text?.trim()) {
    room(paper, 40)
    rule(paper, 10)
    write(paper, payer.billing_text, { size: 8, dim: true })
  }
}

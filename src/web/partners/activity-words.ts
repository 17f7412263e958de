/** What happened, in words: verbs of the audit as people say them, and what changed from what to what. */
import { isCurrency } from '../../core/money.ts'
import { figure } from '../shared/amount.tsx'
import type { Activity } from './queries.ts'

const verbs: Record<string, string> = {
  'partner.created': 'Added',
  'partner.changed': 'Changed',
  'partner.re_added': 'Added again',
  'partner.removed': 'Removed from the project',
  'payouts.drafted': 'Payout drafted',
  'payout.edited': 'Payout edited',
  'payout.approved': 'Payout approved',
  'payout.paid': 'Payout paid',
  'payout.cancelled': 'Payout cancelled',
  'payment.recorded': 'Payment recorded',
  'payment.edited': 'Payment edited',
  'payment.voided': 'Payment voided',
  'payment.rejected': 'Payment came back',
  'structure.assigned': 'Put on a structure',
  'structure.unassigned': 'Taken off a structure',
}

const fold = (text: string): string => text.replace(/[._]/g, ' ')

/** `Payout paid`; a verb that has no words yet is readable still. */
export function verbOf({ verb, after, before }: Activity): string {
  const [from, to] = [fieldsOf(before).status, fieldsOf(after).status]
  if (verb === 'partner.changed' && from !== to && typeof to === 'string') return `Became ${to}`
  const said = verbs[verb] ?? fold(verb).replace(/^./, first => first.toUpperCase())
  const { structure } = fieldsOf(after)
  return typeof structure === 'string' ? `${said}: ${structure}` : said
}

export type Changed = { field: string; from: string | null; to: string | null }
type Fields = Record<string, unknown>
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const HIDDEN = /^(id|.*_id|number|revision|created_at|structure|count|partner_ids)$/

/** What is another now than before; of something new, what it began with. */
export function changesOf({ before, after }: Activity): Changed[] {
  const [from, to] = [fieldsOf(before), fieldsOf(after)]
  const given = to.currency ?? from.currency
  const currency = typeof given === 'string' && isCurrency(given) ? given : null
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter(field => !HIDDEN.test(field) && field in to && JSON.stringify(from[field]) !== JSON.stringify(to[field]))
    .map(field => ({ field: fold(field), from: textOf(field, from[field], currency), to: textOf(field, to[field], currency) }))
    .filter(({ from, to }) => from !== null || to !== null)
}

function textOf(field: string, value: unknown, currency: string | null): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value) && value.length === 0) return null
  if (typeof value === 'object' && Object.keys(value).length === 0) return null
  if (field.endsWith('_cents') && typeof value === 'number' && currency) return figure(value, currency)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** A structure's terms as somebody types them, and what they come to: the same check as the server's, by core. */
import type { PeriodKind } from '../../core/calendar.ts'
import { type Cents, decimal } from '../../core/money.ts'
import type { CriteriaType } from '../../core/rules/index.ts'
import { checkTerms, type ProrationMode, type Terms } from '../../core/structure.ts'
import { type FieldErrors, fieldErrors } from '../shared/field-errors.ts'
import { centsOf } from '../shared/money-field.tsx'

/** Structures pay in this currency alone (spec B6.1). */
export const CURRENCY = 'USD'

export type Step = { key: number; views: string; amount: string }
export type Mode = 'all' | 'any' | 'n_of_m'
export type TermsDraft = {
  criteria_type: CriteriaType
  amount: string
  period: PeriodKind
  proration_mode: ProrationMode
  mode: Mode
  n: string
  partial_allowed: boolean
  partial_multiplier: string
  min_completion_pct: string
  min_views: string
  max_amount: string
  steps: Step[]
  backfill_on_assignment: boolean
}

export const blank: TermsDraft = {
  criteria_type: 'recurring',
  amount: '',
  period: 'monthly',
  proration_mode: 'prorate',
  mode: 'all',
  n: '2',
  partial_allowed: false,
  partial_multiplier: '1',
  min_completion_pct: '0',
  min_views: '',
  max_amount: '',
  steps: [{ key: 0, views: '', amount: '' }],
  backfill_on_assignment: false,
}

const steps = (...all: [views: string, amount: string][]): Step[] => all.map(([views, amount], key) => ({ key, views, amount }))

/** Ways to pay that come up again and again; choosing one fills the form, and everything can still be changed. */
export const patterns: readonly { name: string; hint: string; draft: Partial<TermsDraft> }[] = [
  {
    name: 'Monthly retainer',
    hint: 'The same amount each month, by days where a partner starts in the middle of one.',
    draft: { criteria_type: 'recurring', amount: '500', period: 'monthly', proration_mode: 'prorate' },
  },
  {
    name: 'Retainer for goals met',
    hint: 'A month pays when all goals are met, else in proportion from 50 % on.',
    draft: {
      criteria_type: 'goals',
      amount: '750',
      mode: 'all',
      partial_allowed: true,
      min_completion_pct: '50',
      proration_mode: 'skip',
    },
  },
  {
    name: 'CPM with a cap',
    hint: 'An amount per 1,000 new views, never more than the cap a month.',
    draft: { criteria_type: 'cpm', amount: '2', max_amount: '1000', period: 'monthly', proration_mode: 'prorate' },
  },
  {
    name: 'Viral bonus',
    hint: 'Each video pays once as it passes each number of views. Goes well on top of another structure.',
    draft: { criteria_type: 'view_threshold', steps: steps(['100,000', '50'], ['500,000', '200'], ['1,000,000', '500']) },
  },
]

const money = (cents: Cents | null | undefined): string => (cents == null ? '' : decimal(cents, 2))
const count = (value: number | undefined): string => (value === undefined ? '' : new Intl.NumberFormat('en').format(value))

type Params = {
  mode?: Mode
  n?: number
  partial_allowed?: boolean
  partial_multiplier?: number
  min_completion_pct?: number
  min_views?: number
  max_amount_cents?: Cents | null
  thresholds?: { views: number; amount_cents: Cents }[]
}

/** The draft that says what a version says. */
export function draftOf(terms: Terms): TermsDraft {
  const params = terms.criteria_params as Params
  return {
    ...blank,
    criteria_type: terms.criteria_type,
    amount: money(terms.amount_cents),
    period: terms.period ?? blank.period,
    proration_mode: terms.proration_mode,
    mode: params.mode ?? blank.mode,
    n: params.n === undefined ? blank.n : String(params.n),
    partial_allowed: params.partial_allowed ?? false,
    partial_multiplier: String(params.partial_multiplier ?? 1),
    min_completion_pct: String(params.min_completion_pct ?? 0),
    min_views: params.min_views ? count(params.min_views) : '',
    max_amount: money(params.max_amount_cents),
    steps:
      params.thresholds?.map((each, key) => ({ key, views: count(each.views), amount: money(each.amount_cents) })) ?? blank.steps,
    backfill_on_assignment: terms.backfill_on_assignment,
  }
}

export type Read = { terms: Terms; faults: FieldErrors } | { terms: null; faults: FieldErrors }

/** What a draft comes to, or what is wrong with each of its fields. */
export function readDraft(draft: TermsDraft): Read {
  const faults: Record<string, string> = {}
  const or = <T>(path: string, value: T | null, words: string): T | null => {
    if (value === null) faults[path] = words
    return value
  }
  const amount = (path: string, text: string): Cents | null => {
    const cents = centsOf(text, CURRENCY)
    return or(path, cents !== null && cents >= 0 ? cents : null, 'Type an amount such as 250 or 250.50')
  }
  const is_milestone = draft.criteria_type === 'view_threshold'
  const given = {
    criteria_type: draft.criteria_type,
    period: is_milestone ? null : draft.period,
    amount_cents: is_milestone ? null : amount('amount_cents', draft.amount),
    currency: CURRENCY,
    criteria_params: paramsOf(draft, amount, or),
    proration_mode: is_milestone ? ('skip' as const) : draft.proration_mode,
    backfill_on_assignment: is_milestone && draft.backfill_on_assignment,
  }
  try {
    const terms = checkTerms(given)
    return Object.keys(faults).length === 0 ? { terms, faults } : { terms: null, faults }
  } catch (error) {
    return { terms: null, faults: { ...fieldErrors(error), ...faults } }
  }
}

type Or = <T>(path: string, value: T | null, words: string) => T | null

function paramsOf(draft: TermsDraft, amount: (path: string, text: string) => Cents | null, or: Or): Record<string, unknown> {
  const at = (name: string) => `criteria_params.${name}`
  const whole = (name: string, text: string) => or(at(name), wholeIn(text), 'Type a whole number')
  if (draft.criteria_type === 'cpm') {
    return {
      min_views: draft.min_views.trim() === '' ? 0 : whole('min_views', draft.min_views),
      max_amount_cents: draft.max_amount.trim() === '' ? null : amount(at('max_amount_cents'), draft.max_amount),
    }
  }
  if (draft.criteria_type === 'view_threshold') {
    const thresholds = draft.steps.map((step, n) => ({
      views: whole(`thresholds.${n}.views`, step.views),
      amount_cents: amount(at(`thresholds.${n}.amount_cents`), step.amount),
    }))
    return { thresholds }
  }
  if (draft.criteria_type !== 'goals') return {}
  if (draft.mode !== 'all') return { mode: draft.mode, ...(draft.mode === 'n_of_m' && { n: whole('n', draft.n) }) }
  if (!draft.partial_allowed) return { mode: draft.mode }
  return {
    mode: draft.mode,
    partial_allowed: true,
    partial_multiplier: or(at('partial_multiplier'), numberIn(draft.partial_multiplier), 'Type a number such as 1 or 0.8'),
    min_completion_pct: or(at('min_completion_pct'), numberIn(draft.min_completion_pct), 'Type a percentage from 0 to 100'),
  }
}

const wholeIn = (text: string): number | null => {
  const digits = text.replace(/[,\s]/g, '')
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
const numberIn = (text: string): number | null => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : null)

/** A partner's own address, called for each approved conversion: its macros and how they are filled. Source: spec A15, C10, TR-64, RT-44. */
import { amountText, type Cents, type Currency } from './money.ts'

export const postbackMacros = [
  {
    name: '{click_id}',
    meaning: 'The click that led to the conversion, as our links append it.',
    sample: '01912b6e-7a50-7000-8000-5a3b1c2d4e5f',
  },
  {
    name: '{ref_id}',
    meaning: 'The same click, by the name that other trackers use.',
    sample: '01912b6e-7a50-7000-8000-5a3b1c2d4e5f',
  },
  {
    name: '{conversion_id}',
    meaning: 'The conversion; the same in every call about it.',
    sample: '01912b70-11d4-7000-8000-0c9f4a2b7d31',
  },
  { name: '{payout}', meaning: 'What you earn by it, for example 12.50.', sample: '12.50' },
  { name: '{amount}', meaning: 'What the conversion was worth, for example 80.00.', sample: '80.00' },
  { name: '{event}', meaning: 'The type of the conversion, for example sale.', sample: 'sale' },
  { name: '{txn_id}', meaning: 'The number of the order, where there is one.', sample: 'ORDER-1001' },
  { name: '{sub1}', meaning: 'What your link carried as sub1; the same for sub2 to sub5.', sample: 'newsletter' },
  { name: '{sub2}', meaning: 'What your link carried as sub2.', sample: 'spring' },
  { name: '{sub3}', meaning: 'What your link carried as sub3.', sample: 'banner' },
  { name: '{sub4}', meaning: 'What your link carried as sub4.', sample: 'top' },
  { name: '{sub5}', meaning: 'What your link carried as sub5.', sample: 'a/b test' },
] as const

export type MacroName = (typeof postbackMacros)[number]['name']
export type MacroValues = Record<MacroName, string>

export const sampleValues = Object.fromEntries(postbackMacros.map(({ name, sample }) => [name, sample])) as MacroValues

/** What a conversion says in its call. */
export type Announced = {
  conversion_id: string
  click_id: string | null
  external_id: string
  type: string
  revenue_cents: Cents
  currency: Currency
  earned_cents: Cents
  earned_currency: Currency
  subs: Readonly<Record<string, string>> | null
}

/** Where a source sent no number of its own, ours stands in for it and means nothing to a partner. */
const OUR_OWN = 'postback:'

export function valuesOf(c: Announced): MacroValues {
  const sub = (name: string) => c.subs?.[name] ?? ''
  return {
    '{click_id}': c.click_id ?? '',
    '{ref_id}': c.click_id ?? '',
    '{conversion_id}': c.conversion_id,
    '{payout}': amountText(c.earned_cents, c.earned_currency),
    '{amount}': amountText(c.revenue_cents, c.currency),
    '{event}': c.type,
    '{txn_id}': c.external_id.startsWith(OUR_OWN) ? '' : c.external_id,
    ...{ '{sub1}': sub('sub1'), '{sub2}': sub('sub2'), '{sub3}': sub('sub3'), '{sub4}': sub('sub4'), '{sub5}': sub('sub5') },
  }
}

const MACRO = /\{(\w+)\}|%7B(\w+)%7D/gi

/** The address with its macros filled, each value encoded; a macro that nobody knows stays as it is. */
export function filled(url: string, values: MacroValues): string {
  const known = (name: string): name is MacroName => name in values
  return url.replace(MACRO, (text, plain?: string, encoded?: string) => {
    const name = `{${(plain ?? encoded ?? '').toLowerCase()}}`
    return known(name) ? encode(values[name]) : text
  })
}

/** As in a query: nothing in a value ends it or begins another. */
const encode = (value: string): string =>
  encodeURIComponent(value.isWellFormed() ? value : '').replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** What is wrong with an address that is to be called, or `null`: macros fill a path or a query, never the host. */
export function addressFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL'
  if (/[{}]|%7b|%7d/i.test(text.slice(0, text.length - text.replace(/^[^:]+:\/\/[^/?#]*/, '').length)))
    return 'must name its host without macros'
  if (url.username !== '' || url.password !== '') return 'must hold no user name and no password'
  return null
}

/** An explanation as plain text, to be pasted into a mail. */
import type { Client } from '../../client/client.ts'
import { money } from './amount.tsx'
import { fullTime } from './dates.ts'

export type Explanation = Awaited<ReturnType<Client['earnings']['explanation']>>['data']

/** `8.00 USD: 10 % of 80.00 USD (campaign rate)`. */
export const sentenceOf = ({ amount_cents, currency, because }: Explanation): string =>
  `${money(amount_cents, currency)}: ${because}`

/** Where the money of an earning is now, in one line. */
export function placeOf({ money: { status, payout, payment } }: Explanation): string {
  if (payment) {
    const by = [payment.method_name, payment.reference].filter(Boolean).join(', ')
    return `Paid${payout ? ` by payout no. ${payout.number}` : ''}${by ? `: ${by}` : ''}`
  }
  if (payout) return `In payout no. ${payout.number}, ${payout.status}`
  return status === 'on_hold' ? 'On hold' : 'Unpaid, in no payout yet'
}

export function verdictOf({ recomputed, amount_cents, currency }: Explanation): string | null {
  if (!recomputed) return null
  if (recomputed.agrees) return `Computed again just now: ${money(amount_cents, currency)}, the same to the cent`
  return `Computed again just now: ${money(recomputed.amount_cents, currency)}, which is not what was entered. Run quittance check.`
}

export function textOf(explanation: Explanation): string {
  const { partner, steps, lost, earning_id } = explanation
  const lines = [
    sentenceOf(explanation),
    `For ${partner.name}`,
    '',
    ...steps.flatMap(({ text, at, facts }) => [
      `- ${text}${at ? ` ${fullTime(at)}` : ''}`,
      ...facts.map(fact => `    ${fact.name}: ${fact.at ? fullTime(fact.at) : fact.text}`),
    ]),
    `- ${placeOf(explanation)}`,
    ...(lost.length > 0 ? ['', 'Did not apply:', ...lost.map(({ rule, why }) => `- ${rule}: ${why}`)] : []),
    '',
    ...[verdictOf(explanation) ?? []].flat(),
    `Earning ${earning_id}`,
  ]
  return lines.join('\n')
}

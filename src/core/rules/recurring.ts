import { z } from 'zod'
import { format, scale } from '../money.ts'
import { earned, rule, unitOf } from './rule.ts'

/** The same amount each period, whatever the performance. Params are ignored. Source: spec B7.1. */
export const recurring = rule({
  kind: 'recurring',
  params: z.record(z.string(), z.unknown()).transform(() => ({})),
  describe: (amount, _params, period) => `${amount ? format(amount.cents, amount.currency) : 'An amount'} each ${unitOf(period)}`,
  earn: (_facts: object, amount, _params, { numerator, denominator }) =>
    earned(
      scale(amount.cents, numerator, denominator),
      numerator === denominator
        ? format(amount.cents, amount.currency)
        : `${format(amount.cents, amount.currency)} for ${numerator} of ${denominator} days`,
      {},
    ),
  recall: () => ({}),
})

import { z } from 'zod'
import { format, MAX_AMOUNT } from '../money.ts'
import { earned, rule } from './rule.ts'

/** A video's first observation at or above a threshold. */
export type Crossing = { video_id: string; threshold_views: number; view_count: number; snapshot_at: string; backfill: boolean }

const Threshold = z.strictObject({
  views: z.int().min(1, 'must be 1 or more'),
  amount_cents: z.int().min(1, 'must be 1 or more').max(MAX_AMOUNT),
})
const Params = z.strictObject({
  thresholds: z
    .array(Threshold)
    .min(1)
    .max(50)
    .refine(all => all.every((each, n) => n === 0 || each.views > all[n - 1]!.views), 'views must rise from one to the next'),
})

/** Each video pays each threshold once ever, whatever the version, with the amount of that threshold. Source: spec B7.4. */
export const viewThreshold = rule({
  kind: 'view_threshold',
  params: Params,
  describe: (amount, { thresholds }) =>
    `For each video: ${thresholds
      .map(each => `${format(each.amount_cents, amount?.currency ?? 'USD')} at ${number(each.views)} views`)
      .join(', ')}`,
  earn: (crossing: Crossing, _amount, { thresholds }) => {
    const shown = { ...crossing }
    const found = thresholds.find(each => each.views === crossing.threshold_views)
    if (!found) return { reason: `${number(crossing.threshold_views)} views is no threshold of this version`, shown }
    return earned(found.amount_cents, `A video reached ${number(crossing.threshold_views)} views`, shown)
  },
  recall: shown => shown as Crossing,
})

const grouped = new Intl.NumberFormat('en')
const number = (value: number) => grouped.format(value)

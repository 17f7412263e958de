import { z } from 'zod'
import { type Cents, format, MAX_AMOUNT, scale } from '../money.ts'
import { earned, rule, unitOf } from './rule.ts'

/** New views of one video within the span that counts. */
export type VideoGain = { video_id: string; start_views: number; end_views: number; gained: number }
export type CpmFacts = { videos: VideoGain[] }

const Params = z.strictObject({
  min_views: z.int().min(0).default(0),
  max_amount_cents: z.int().min(0).max(MAX_AMOUNT).nullable().default(null),
})

/** The amount is for 1,000 new views; below `min_views` nothing, never more than `max_amount_cents` a period. Source: spec B7.3. */
export const cpm = rule({
  kind: 'cpm',
  params: Params,
  describe: (amount, { min_views, max_amount_cents }, period) =>
    [
      `${amount ? format(amount.cents, amount.currency) : 'An amount'} per 1,000 new views each ${unitOf(period)}`,
      min_views > 0 && `from ${number(min_views)} views`,
      max_amount_cents !== null && `at most ${format(max_amount_cents, amount?.currency ?? 'USD')}`,
    ]
      .filter(part => part !== false)
      .join(', '),
  earn: ({ videos }: CpmFacts, amount, { min_views, max_amount_cents }) => {
    const views = videos.reduce((sum, video) => sum + video.gained, 0)
    const shown = { views, videos, rate_cents: amount.cents }
    if (views < min_views) return { reason: `${number(views)} new views are fewer than ${number(min_views)}`, shown }
    const uncapped = scale(amount.cents, views, 1_000)
    const words = `${number(views)} new views at ${format(amount.cents, amount.currency)} per 1,000`
    return earned(
      cap(uncapped, max_amount_cents),
      uncapped === cap(uncapped, max_amount_cents) ? words : `${words}, capped`,
      shown,
    )
  },
  recall: shown => ({ videos: shown.videos as VideoGain[] }),
})

const cap = (cents: Cents, max: Cents | null): Cents => (max === null ? cents : Math.min(cents, max))
const grouped = new Intl.NumberFormat('en')
const number = (value: number) => grouped.format(value)

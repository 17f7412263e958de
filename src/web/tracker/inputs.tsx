import type { ReactNode } from 'react'
import { money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Facts } from '../shared/rail.tsx'
import { Scrolls } from './scrolls.tsx'
import css from './tracker.module.css'

/** As an accrual kept them; each kind of structure has its own. Source: spec B10. */
type Inputs = {
  criteria_type?: string
  period?: string | null
  base_amount_cents?: number | null
  proration?: { mode: string; active_days: number; total_days: number; factor: number }
  evaluated_at?: string
  views?: number
  rate_cents?: number
  videos?: { video_id: string; start_views: number; end_views: number; gained: number }[]
  goals?: { goal_id: string; type: string; target: number; actual?: number; completion?: number | string; met?: boolean }[]
  mode?: string
  n?: number | null
  completion_pct?: number | string
  partial?: { allowed: boolean; multiplier: number; min_pct: number; applied: boolean }
  threshold_views?: number
  view_count?: number
  snapshot_at?: string
  backfill?: boolean
}

const kinds: Record<string, string> = {
  recurring: 'A fixed amount for each period',
  goals: 'Goals',
  cpm: 'Views, per thousand',
  view_threshold: 'Milestones of views',
}
const number = (value: number) => value.toLocaleString('en')

/** The facts that an amount was computed from, enough to compute it again by hand. */
export function Inputs({ inputs, currency }: { inputs: Inputs; currency: string }) {
  const { proration, base_amount_cents, evaluated_at, videos, goals } = inputs
  const facts: (readonly [string, ReactNode])[] = [
    ['Kind', kinds[inputs.criteria_type ?? ''] ?? inputs.criteria_type],
    ['Amount', base_amount_cents != null && inputs.criteria_type !== 'cpm' && money(base_amount_cents, currency)],
    ['Days', proration && inputs.criteria_type !== 'view_threshold' && daysOf(proration)],
    ['New views', inputs.views !== undefined && number(inputs.views)],
    ['Rate', inputs.rate_cents !== undefined && `${money(inputs.rate_cents, currency)} per 1,000 views`],
    ['Threshold', inputs.threshold_views !== undefined && `${number(inputs.threshold_views)} views`],
    ['Seen', inputs.view_count !== undefined && `${number(inputs.view_count)} views`],
    ['Seen on', inputs.snapshot_at && <DateText at={inputs.snapshot_at} />],
    ['Goals', inputs.mode && modeOf(inputs)],
    ['Completion', inputs.completion_pct !== undefined && String(inputs.completion_pct)],
    ['Computed', evaluated_at && <DateText at={evaluated_at} />],
  ]
  return (
    <>
      <Facts facts={facts.map(([name, value]) => [name, value === false ? null : value] as const)} />
      {videos && videos.length > 0 && <Videos videos={videos} />}
      {goals && goals.length > 0 && <Goals goals={goals} />}
    </>
  )
}

function daysOf({ mode, active_days, total_days, factor }: NonNullable<Inputs['proration']>): string {
  const days = `on it ${active_days} of ${total_days} days`
  if (active_days === total_days) return `${days}: whole`
  return mode === 'prorate' ? `${days}, paid in proportion (× ${factor})` : `${days}, paid in full`
}

function modeOf({ mode, n, partial }: Inputs): string {
  const words = mode === 'all' ? 'all must be met' : mode === 'any' ? 'one is enough' : `at least ${n} must be met`
  return partial?.applied ? `${words}; met in part, paid in part (× ${partial.multiplier})` : words
}

const Videos = ({ videos }: { videos: NonNullable<Inputs['videos']> }) => (
  <Scrolls label="Videos">
    <table className={css.small}>
      <thead>
        <tr>
          <th scope="col">Video</th>
          <th scope="col">Views before</th>
          <th scope="col">Views after</th>
          <th scope="col">New views</th>
        </tr>
      </thead>
      <tbody>
        {videos.slice(0, SHOWN).map(each => (
          <tr key={each.video_id}>
            <th scope="row" title={each.video_id}>
              …{each.video_id.slice(-8)}
            </th>
            <td>{number(each.start_views)}</td>
            <td>{number(each.end_views)}</td>
            <td>{number(each.gained)}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {videos.length > SHOWN && <p className={css.quiet}>and {number(videos.length - SHOWN)} more</p>}
  </Scrolls>
)
const SHOWN = 50

const Goals = ({ goals }: { goals: NonNullable<Inputs['goals']> }) => (
  <Scrolls label="Goals">
    <table className={css.small}>
      <thead>
        <tr>
          <th scope="col">Goal</th>
          <th scope="col">Target</th>
          <th scope="col">Reached</th>
          <th scope="col">Met</th>
        </tr>
      </thead>
      <tbody>
        {goals.map(each => (
          <tr key={each.goal_id}>
            <th scope="row">{each.type}</th>
            <td>{number(each.target)}</td>
            <td>{each.actual === undefined ? '–' : number(each.actual)}</td>
            <td>{each.met ? 'yes' : 'no'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scrolls>
)

type Rejected = { date: number; video_id: number; count: number; no_count: number }
/** What became of the rows of the file. */
export type Fates = { rows: number; taken: number; duplicate: number; conflict: number; rejected: Rejected }
/** Its counts are views, likes and comments; null where one was not known. */
export type Sight = { at: number; views: number | null; counts: (number | null)[] }
export type SeenVideo = { id: string; channel: string; seen: Sight[] }
export type DayOfViews = { day: string; end: string; views: number; cents: number; night: string }
export type Milestone = {
  video_id: string
  threshold_views: number
  at: string
  view_count: number
  cents: number
  night: string
}
export type ChannelEarned = {
  channel: string
  videos: number
  cpm: DayOfViews[]
  milestones: Milestone[]
  cpm_cents: number
  milestone_cents: number
  total_cents: number
}
export type RecountTerms = {
  channels: string[]
  cpm?: { rate_cents: number; min_views?: number; max_amount_cents?: number | null; period: 'daily' } | null
  thresholds?: { views: number; amount_cents: number }[]
  assigned_at: string
  nights: string[]
}
export function endOfDay(cell: string): number | null
export function observe(file: string): Fates & { videos: Map<string, SeenVideo> }
export function recount(file: string, terms: RecountTerms): Fates & { channels: ChannelEarned[]; total_cents: number }

/**
 * What youtube-trending.csv comes to, worked out anew from the file: nothing of src/, so that two ways must agree.
 *
 * Each row is what was seen of a video at the end of its day. A day is `dd.mm` of 2017, where the tenth month has lost its
 * zero (`1.1` is 1 October). A row with a broken day, no video id, broken counts or none is rejected, never guessed.
 */
import fs from 'node:fs'
import { parse } from 'csv-parse/sync'

const DAY = 86_400_000
const midnight = day => new Date(day).toISOString()

/** The instant at which the day of a cell has ended, or null when the cell is no day. */
export function endOfDay(cell) {
  const found = /^(\d{1,2})\.(\d{1,2})$/.exec(cell)
  if (!found) return null
  const [day, month] = [Number(found[1]), found[2] === '1' ? 10 : Number(found[2])]
  const begin = new Date(Date.UTC(2017, month - 1, day))
  return begin.getUTCMonth() === month - 1 && begin.getUTCDate() === day ? begin.getTime() + DAY : null
}

/** A count; null where it was not known, NaN where it is broken. */
const countOf = cell => (cell.trim() === '' ? null : /^\d{1,15}$/.test(cell.trim()) ? Number(cell) : Number.NaN)

/**
 * Every row's fate, and each video with what was seen of it in order of time.
 *
 * The same video twice on a day: the first wins; with the same counts the second is a duplicate, else a conflict.
 */
export function observe(file) {
  const rows = parse(fs.readFileSync(file), { columns: true, bom: true, skip_empty_lines: true })
  const fates = { taken: 0, duplicate: 0, conflict: 0 }
  const rejected = { date: 0, video_id: 0, count: 0, no_count: 0 }
  const videos = new Map()
  for (const row of rows) {
    const [end, id, counts] = [endOfDay(row.date.trim()), row.video_id.trim(), countsOf(row)]
    const fault = faultOf(end, id, counts)
    if (fault) rejected[fault]++
    else fates[place(videos, { id, channel: row.channel_title.trim(), end, counts })]++
  }
  for (const video of videos.values()) video.seen.sort((a, b) => a.at - b.at)
  return { rows: rows.length, ...fates, rejected, videos }
}

const countsOf = row => [row.views, row.likes, row.comment_total].map(countOf)

function faultOf(end, id, counts) {
  if (id === '') return 'video_id'
  if (end === null) return 'date'
  if (counts.some(Number.isNaN)) return 'count'
  return counts.every(count => count === null) ? 'no_count' : null
}

/** A video stays with the channel of its first row: channels are renamed. */
function place(videos, { id, channel, end, counts }) {
  if (!videos.has(id)) videos.set(id, { id, channel, seen: [] })
  const { seen } = videos.get(id)
  const before = seen.find(each => each.at === end)
  if (before) return before.counts.every((count, n) => count === counts[n]) ? 'duplicate' : 'conflict'
  seen.push({ at: end, counts, views: counts[0] })
  return 'taken'
}

/** `cents × views ÷ 1,000`, rounded half away from zero; both are 0 or more. */
const perThousand = (cents, views) => Number((2n * BigInt(cents) * BigInt(views) + 1000n) / 2000n)

/** What a video gained from the start to the end of a day: nothing on the day on which it was first seen. */
function gainedOn(video, start, end) {
  const known = video.seen.filter(each => each.views !== null && each.at <= end)
  const before = known.filter(each => each.at <= start)
  if (before.length === 0) return 0
  return Math.max(0, known.at(-1).views - before.at(-1).views)
}

function cpmOf(videos, { rate_cents, min_views = 0, max_amount_cents = null, assigned, until }) {
  const accruals = []
  for (let start = Math.floor(assigned / DAY) * DAY; start + DAY <= until; start += DAY) {
    const views = videos.reduce((sum, video) => sum + gainedOn(video, start, start + DAY), 0)
    const uncapped = views < min_views ? 0 : perThousand(rate_cents, views)
    const cents = max_amount_cents === null ? uncapped : Math.min(uncapped, max_amount_cents)
    if (cents > 0) accruals.push({ day: midnight(start).slice(0, 10), end: midnight(start + DAY), views, cents })
  }
  return accruals
}

/** A video's first sight ever at or above a threshold pays when the channel was on the structure by then. */
function milestonesOf(videos, { thresholds, assigned, until }) {
  const crossings = videos.flatMap(video =>
    thresholds.flatMap(({ views, amount_cents }) => {
      const first = video.seen.find(each => each.views !== null && each.views >= views)
      const pays = first !== undefined && assigned <= first.at && first.at <= until
      return pays
        ? [{ video_id: video.id, threshold_views: views, at: midnight(first.at), view_count: first.views, cents: amount_cents }]
        : []
    }),
  )
  return crossings.sort(
    (a, b) => a.at.localeCompare(b.at) || a.video_id.localeCompare(b.video_id) || a.threshold_views - b.threshold_views,
  )
}

const sum = all => all.reduce((cents, each) => cents + each.cents, 0)
const madeIn = (nights, at) => nights.find(night => Date.parse(night) >= Date.parse(at))

/**
 * What each channel earns by views a day and by milestones, and in which night each is made.
 *
 * A channel is assigned at `assigned_at` and stays; the day of assignment counts whole. An instant is UTC. Nights come in
 * order; the last one says how far it goes, and a night sees what was observed up to it.
 */
export function recount(file, { channels, cpm = null, thresholds = [], assigned_at, nights }) {
  const { videos, ...fates } = observe(file)
  const [assigned, until] = [Date.parse(assigned_at), Date.parse(nights.at(-1))]
  const own = [...videos.values()]
  const byChannel = channels.map(channel => {
    const mine = own.filter(video => video.channel === channel)
    const days = cpm ? cpmOf(mine, { ...cpm, assigned, until }) : []
    const milestones = milestonesOf(mine, { thresholds, assigned, until })
    const cpm_cents = sum(days)
    const milestone_cents = sum(milestones)
    return {
      ...{ channel, videos: mine.length },
      cpm: days.map(each => ({ ...each, night: madeIn(nights, each.end) })),
      milestones: milestones.map(each => ({ ...each, night: madeIn(nights, each.at) })),
      ...{ cpm_cents, milestone_cents, total_cents: cpm_cents + milestone_cents },
    }
  })
  return { ...fates, channels: byChannel, total_cents: byChannel.reduce((cents, each) => cents + each.total_cents, 0) }
}

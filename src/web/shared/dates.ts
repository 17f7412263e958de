/** Dates as people read them: a short day in the organization's zone, the whole instant in UTC. */

const isDay = (text: string): boolean => text.length === 10

/** `1 Mar 2026`; of a day as it is, of an instant in the zone. */
export function shortDay(at: string, time_zone: string): string {
  const options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: isDay(at) ? 'UTC' : time_zone } as const
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(at))
}

/** `1 Mar`, with the year only when it is not that of `beside`. */
export function shortRange(start: string, end: string, time_zone: string): string {
  const [left, right] = [shortDay(start, time_zone), shortDay(end, time_zone)]
  if (left === right) return right
  return left.slice(-4) === right.slice(-4) ? `${left.slice(0, -5)} – ${right}` : `${left} – ${right}`
}

/** `1 Mar 2026, 11:00`, of an instant in the zone. */
export const shortTime = (at: string, time_zone: string): string =>
  `${shortDay(at, time_zone)}, ${new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: time_zone }).format(new Date(at))}`

/** `2026-03-01 10:00:00 UTC`. */
export const fullTime = (at: string): string =>
  isDay(at) ? at : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** Ranges of days that people ask for, on the product's own clock. */
export type Range = { label: string; from: string; to: string }

const DAY = 86_400_000
const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const shifted = (day: string, days: number): string => dayText(Date.parse(day) + days * DAY)

/** The ranges that end today, or with the last month, in the program's zone. */
export function rangesAt(now: string, time_zone: string): Range[] {
  const options = { timeZone: time_zone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const today = new Intl.DateTimeFormat('en-CA', options).format(new Date(now))
  const month = `${today.slice(0, 7)}-01`
  const last_of_before = shifted(month, -1)
  return [
    { label: '7 days', from: shifted(today, -6), to: today },
    { label: '30 days', from: shifted(today, -29), to: today },
    { label: 'This month', from: month, to: today },
    { label: 'Last month', from: `${last_of_before.slice(0, 7)}-01`, to: last_of_before },
    { label: 'This year', from: `${today.slice(0, 4)}-01-01`, to: today },
  ]
}

/** The month after another one, or the one before it: `2026-12` and 1 make `2027-01`. */
export function monthBeside(month: string, by: 1 | -1): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

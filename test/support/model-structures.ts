/**
 * Structures in memory: who is on them, and what they earn by day; beside the model of the money. Source: spec B7.1, B8, B9.
 */
import { type Code, type Partner, ratio, type State } from './model.ts'

type Assignment = { partner: Partner; from: number; to: number }
export type Structure = {
  id: string
  period: 'daily' | 'weekly'
  proration: 'skip' | 'prorate' | 'full'
  versions: { at: number; cents: number }[]
  archived_at: number
  assignments: Assignment[]
  evaluated: Set<string>
}
/** The money, and the structures that make some of it. */
export type Terms = State & { structures: Structure[] }

export const DAY = 86_400_000

export function assign(s: Terms, at: Structure, partner: Partner): Code {
  if (at.archived_at <= s.now) return 'structure_archived'
  if (at.assignments.some(a => a.partner === partner && a.to === Infinity)) return 'already_assigned'
  at.assignments.push({ partner, from: s.now, to: Infinity })
  return 'assigned'
}

export function unassign(s: Terms, at: Structure, partner: Partner): Code {
  const current = at.assignments.find(a => a.partner === partner && a.to === Infinity)
  if (!current) return 'not_assigned'
  current.to = s.now
  return 'unassigned'
}

/** Every period that ended, once, for everybody who was on the structure for a part of it. */
export function accrue(s: Terms): void {
  for (const at of s.structures) {
    const days = at.period === 'daily' ? 1 : 7
    for (const partner of new Set(at.assignments.map(a => a.partner))) {
      const mine = at.assignments.filter(a => a.partner === partner && a.from < a.to)
      const begin = Math.floor(Math.min(...mine.map(a => a.from)) / DAY)
      const first = days === 1 ? begin : begin - ((begin + 3) % 7) // the first of January 1970 was a Thursday
      for (let day = first; (day + days) * DAY <= Math.min(s.now, at.archived_at); day += days) {
        accruePeriod(s, at, partner, day, days)
      }
    }
  }
}

function accruePeriod(s: Terms, at: Structure, partner: Partner, first: number, days: number): void {
  const key = `${at.id} ${partner.id} ${new Date(first * DAY).toISOString()}`
  const version = at.versions.findLast(v => v.at <= (first + days) * DAY)
  if (at.evaluated.has(key) || !version) return
  at.evaluated.add(key)
  const isOn = (day: number) =>
    at.assignments.some(a => a.partner === partner && a.from < a.to && a.from < (day + 1) * DAY && a.to > day * DAY)
  const active = Array.from({ length: days }, (_, n) => first + n).filter(isOn).length
  const part = at.proration === 'prorate' ? active : at.proration === 'full' && active > 0 ? days : active === days ? days : 0
  const cents = ratio(version.cents, part, days)
  const earning = { partner, cents, held_until: 0, payout: null, payment: null }
  if (cents > 0) s.accruals.push({ ...earning, id: '', key, amount_cents: cents, mark: null })
}

/** What the fault tests share: their size, a seed that replays them, and one calm line of figures each. */
import type { World } from '../support/world.ts'

/** CI size; with FAULTS=nightly many times that, with FAULTS=0.1 a tenth. */
export function sized(ci: number, nightly = ci * 20): number {
  const { FAULTS: size } = process.env
  return size === 'nightly' ? nightly : Math.max(1, Math.round(ci * Number(size || 1)))
}

/** FAULTS_SEED replays a run; without it every run is another one. */
export const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000)

export type Random = {
  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  chance(share: number): boolean
  shuffled<T>(from: readonly T[]): T[]
}

/** Numbers that follow from the seed and a name alone (mulberry32). */
export function random(name: string): Random {
  let state = [...name].reduce((sum, c) => Math.imul(sum ^ c.charCodeAt(0), 16_777_619), SEED | 0)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    pick: from => from[below(from.length)]!,
    chance: share => next() < share,
    shuffled: from => {
      const all = [...from]
      for (let n = all.length - 1; n > 0; n--) {
        const other = below(n + 1)
        ;[all[n], all[other]] = [all[other]!, all[n]!]
      }
      return all
    },
  }
}

/** Straight to the terminal: one line, with the seed that replays it. */
export function figures(line: string): void {
  process.stdout.write(`${line} (FAULTS_SEED=${SEED})\n`)
}

export const thousands = (n: number): string => n.toLocaleString('en')

/** Counts how often each word comes, and says it from the most frequent down: `200 × 12, 409 × 3`. */
export function tally(): { add(word: string): void; of(word: string): number; total(): number; words(): string } {
  const seen = new Map<string, number>()
  return {
    add: word => void seen.set(word, (seen.get(word) ?? 0) + 1),
    of: word => seen.get(word) ?? 0,
    total: () => [...seen.values()].reduce((sum, n) => sum + n, 0),
    words: () =>
      [...seen]
        .sort((a, b) => b[1] - a[1])
        .map(([word, n]) => `${word} × ${thousands(n)}`)
        .join(', '),
  }
}

/** Waiting for the disk would only slow a race down; that nothing is lost is what kills.test.ts asks. */
export async function relax(shop: Pick<World, 'sql'>): Promise<void> {
  await shop.sql(`do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
}

/** As Postgres counted them; who was chosen to lose may have been served all the same, by a retry. */
export async function deadlocks(shop: Pick<World, 'sql'>): Promise<number> {
  // a session reports what it saw when it ends
  await shop.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await new Promise(resolve => setTimeout(resolve, 200))
  const [row] = await shop.sql<{ deadlocks: number }>('select deadlocks from pg_stat_database where datname = current_database()')
  return Number(row!.deadlocks)
}

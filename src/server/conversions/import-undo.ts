/**
 * Undoes an import: takes its conversions back, and gives back what its reversals took elsewhere.
 *
 * Nothing is deleted. What is unpaid gets a reversal beside it, what was paid meanwhile becomes a clawback. Undoing again
 * finds nothing and writes nothing. Source: spec G.
 */
import { dayOf } from '../../core/calendar.ts'
import type { RowKind } from '../../core/mapping.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { enterOnOpen, NO_HOLD } from '../earnings/tabs.sql.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import * as sql from './import.sql.ts'
import { earnedBy, type InTransaction, takenBack } from './import-run.ts'
import { type Reversed, reverseAll } from './reversals.ts'

const PAGE = 500

/** `amount_cents` is how much partners' earnings change, by currency, below zero where something is taken; `clawed_back_cents` the part that was paid. */
export type Undone = {
  import_id: string
  reversed: number
  failed: number
  given_back: number
  amount_cents: Record<string, number>
  clawed_back_cents: Record<string, number>
}
/** Without an actor it is the command line's. */
export type UndoRequest = { import_id: string; dry_run: boolean; actor?: string }
type OnProgress = (progress: { read: number }) => void

/** Refuses `not_found`. With `dry_run` it says what it would do and does nothing. */
export async function undoImport(app: App, { import_id, dry_run, actor }: UndoRequest, onProgress: OnProgress): Promise<Undone> {
  const { org_id, program_id } = await findImport(app, import_id)
  const caller = systemCaller(org_id, 'import undo', actor)
  const inTransaction: InTransaction = act => work(app, caller, { program_id }, act)
  if (dry_run) return takenBack(inTransaction, ctx => undoAll(act => act(ctx), import_id, onProgress))
  return undoAll(inTransaction, import_id, onProgress)
}

/** Where an import lies, and of what kind it is. Refuses `not_found`. */
export async function findImport(app: App, import_id: string): Promise<{ org_id: string; program_id: string; kind: RowKind }> {
  for (const org_id of await organizationIds(app.db.kysely)) {
    const found = await transaction(app.db, { org_id, readonly: true }, tx => sql.one(tx, org_id, import_id))
    if (found) return { org_id, program_id: found.program_id, kind: found.kind }
  }
  return refuse('not_found', `There is no import ${import_id}.`)
}

type Page = Omit<Undone, 'import_id'> & { last: string | null }

async function undoAll(inTransaction: InTransaction, import_id: string, onProgress: OnProgress): Promise<Undone> {
  let undone: Undone = { import_id, reversed: 0, failed: 0, given_back: 0, amount_cents: {}, clawed_back_cents: {} }
  let after: string | null = null
  do {
    const page: Page = await inTransaction(ctx => undoPage(ctx, import_id, after))
    undone = added(undone, page)
    after = page.last
    onProgress({ read: undone.reversed })
  } while (after !== null)
  return inTransaction(ctx => finish(ctx, undone))
}

const added = (undone: Undone, page: Page): Undone => ({
  ...undone,
  reversed: undone.reversed + page.reversed,
  failed: undone.failed + page.failed,
  amount_cents: sum(undone.amount_cents, page.amount_cents),
  clawed_back_cents: sum(undone.clawed_back_cents, page.clawed_back_cents),
})

const sum = (a: Record<string, number>, b: Record<string, number>) =>
  earnedBy(
    a,
    Object.entries(b).map(([currency, amount_cents]) => ({ earned: { currency, amount_cents } })),
  )

/** Takes back the next of the import's conversions that still stand. */
async function undoPage(ctx: Ctx, import_id: string, after: string | null): Promise<Page> {
  const ids = await sql.standing(ctx, import_id, after, PAGE)
  const wishes = ids.map(conversion_id => ({
    conversion_id,
    revenue_cents: null,
    reason: 'import undone',
    external_id: `undo:${import_id}`,
  }))
  const done = ids.length === 0 ? [] : await reverseAll(ctx, wishes, null)
  const reversed = done.filter((d): d is Reversed => !(d instanceof Refusal))
  const counts = { reversed: reversed.length, failed: done.length - reversed.length, given_back: 0 }
  const clawed_back_cents = earnedBy(
    {},
    reversed.filter(each => each.is_clawback),
  )
  return { ...counts, amount_cents: earnedBy({}, reversed), clawed_back_cents, last: ids.at(-1) ?? null }
}

/** Marks the import as undone, once. */
async function finish(ctx: Ctx, so_far: Undone): Promise<Undone> {
  const { import_id } = so_far
  const given = await giveBack(ctx, import_id)
  const undone = { ...so_far, given_back: given.count, amount_cents: sum(so_far.amount_cents, given.amount_cents) }
  const before = await sql.one(ctx.tx, ctx.org_id, import_id)
  if (before?.status === 'undone' && undone.reversed === 0 && undone.given_back === 0) return undone
  await sql.update(ctx, import_id, { status: 'undone', undone_at: ctx.now })
  ctx.tell('import.undone', import_id, { program_id: ctx.program.id, after: undone })
  return undone
}

/** What the import's reversals took from conversions that it did not make is entered again, as a bonus that says so. */
async function giveBack(ctx: Ctx, import_id: string): Promise<{ count: number; amount_cents: Record<string, number> }> {
  const taken = await sql.foreignReversals(ctx, import_id)
  const day = dayOf(ctx.now, ctx.time_zone)
  const entries = taken.map(t => ({
    id: ctx.newId(),
    partner_id: t.partner_id,
    currency: t.currency,
    stream: 'conversions' as const,
    held_until: NO_HOLD,
    kind: 'bonus' as const,
    amount_cents: t.amount_cents === 0 ? 0 : -t.amount_cents,
    item_count: 0,
    revenue_cents: t.revenue_cents === 0 ? 0 : -t.revenue_cents,
    earned_on: day,
    source_key: `undo:${t.reversal_id}`,
    reverses_id: null,
    mark: null,
    because: 'Given back: the import that reversed this was undone',
    inputs: { import_id, reversal_id: t.reversal_id },
  }))
  await enterOnOpen(ctx, entries)
  return {
    count: taken.length,
    amount_cents: earnedBy(
      {},
      entries.map(earned => ({ earned })),
    ),
  }
}

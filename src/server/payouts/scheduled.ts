/**
 * Drafts what is due by schedule: on the 1st of the month, or every 14 days from the anchor day. Never approves.
 *
 * Covers what was earned before the day of the run, in the organization's zone. Running again finds nothing left, so a
 * missed or repeated hour does no harm. Source: spec A5, TR-61.
 */
import { addDays, type Day, dayOf, type Instant } from '../../core/calendar.ts'
import { isDue } from '../../core/schedule.ts'
import { type App, work } from '../app.ts'
import { type Caller, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { organization, programs } from '../organizations/organizations.sql.ts'
import { organizationIds } from '../organizations/programs.sql.ts'
import { draftRest, type Order, runAhead } from './draft.ts'

export type Scheduled = { drafts: number; skipped: number; amount_cents: Record<string, number> }

export async function runScheduled(app: App, now?: Instant): Promise<Scheduled> {
  const at = now ?? app.clock.now()
  const done: Scheduled = { drafts: 0, skipped: 0, amount_cents: {} }
  for (const org_id of await organizationIds(app.db.kysely)) {
    const [org, all] = await transaction(
      app.db,
      { org_id, readonly: true },
      async tx => [await organization(tx, org_id), await programs(tx, org_id)] as const,
    )
    const today = dayOf(at, org.time_zone)
    for (const program of all)
      if (isDue(program, today)) await draftProgram(app, systemCaller(org_id, 'run-scheduled'), program.id, { at, today, done })
  }
  return done
}

async function draftProgram(
  app: App,
  caller: Caller,
  program_id: string,
  { at, today, done }: { at: Instant; today: Day; done: Scheduled },
) {
  const order: Order = {
    ...{ partner_ids: null, except_partner_ids: [], currency: null },
    ...{ cut_off: addDays(today, -1), notes: null, force: false },
  }
  const ahead = await runAhead(app, caller, program_id, order, at)
  const tally = await work(app, caller, { program_id, now: at }, ctx => draftRest(ctx, order, ahead))
  done.drafts += tally.created
  done.skipped += tally.skipped_count
  for (const [currency, cents] of Object.entries(tally.totals))
    done.amount_cents[currency] = (done.amount_cents[currency] ?? 0) + cents
}

/**
 * What the command line can do, in one table: the server runs these for a command that finds the embedded database taken,
 * the command itself when it opens the database. Files are named by absolute path, on the same machine.
 */
import { z } from 'zod'
import { Currency, InstantText, Name, TimeZone, text } from '../api/shapes.ts'
import { instant, ms } from '../core/calendar.ts'
import { faultsOf } from '../core/faults.ts'
import { plans } from '../core/plan.ts'
import { refuse } from '../core/refusal.ts'
import { type App, work } from './app.ts'
import { backup, restore } from './backup.ts'
import { runChecks } from './checks/check.ts'
import { type Ctx, systemCaller } from './context.ts'
import { importConversions } from './conversions/import.ts'
import { findImport, undoImport } from './conversions/import-undo.ts'
import { migrateToLatest } from './db/migrate.ts'
import { loadDemo } from './demo.ts'
import { importMetrics } from './metrics/import.ts'
import { undoMetrics } from './metrics/import-undo.ts'
import * as keys from './organizations/keys.sql.ts'
import { createKey, revokeKey } from './organizations/keys.ts'
import { ownerFor } from './organizations/members.sql.ts'
import { createOrganization } from './organizations/organizations.ts'
import { signInUrl } from './organizations/people.ts'
import { organizationIds } from './organizations/programs.sql.ts'
import { sendDue } from './partners/postbacks.ts'
import { runScheduled } from './payouts/scheduled.ts'
import { accrue } from './structures/accrue.ts'

type OnProgress = (progress: unknown) => void
type Operation<S extends z.ZodType> = { input: S; run(app: App, input: z.output<S>, onProgress: OnProgress): Promise<unknown> }

const operation = <S extends z.ZodType>(input: S, run: Operation<S>['run']): Operation<S> => ({ input, run })

const Nothing = z.strictObject({})
const Id = z.uuid('must be an id').transform(id => id.toLowerCase())
const File = text(4096, 1)
const NewOrganization = z.strictObject({
  name: Name,
  plan: z.enum(plans).optional(),
  time_zone: TimeZone.optional(),
  email: text(320, 3).optional(),
  password: z.string().optional(),
  currency: Currency.optional(),
  program_name: Name.optional(),
})
const NewKey = z.strictObject({
  org_id: Id,
  brand_id: Id.optional(),
  scopes: z
    .array(z.enum(['read', 'write']))
    .min(1)
    .default(['read', 'write']),
  expires_in: z
    .string()
    .regex(/^[1-9]\d{0,4}[dh]$/, 'must be days or hours, for example 30d or 12h')
    .optional(),
  owner: z.string().optional(),
})
const Import = z.strictObject({
  file: File,
  brand_id: Id,
  map: z.record(z.string(), z.unknown()).optional(),
  dry_run: z.boolean().default(false),
})
const Undo = z.strictObject({ import_id: Id, dry_run: z.boolean().default(false) })

export const operations = {
  migrate: operation(Nothing, async app => ({ applied: await migrateToLatest(app.db) })),
  'org.create': operation(NewOrganization, (app, input) => createOrganization(app, input)),
  'sign-in': operation(z.strictObject({ email: text(320, 1) }), async (app, { email }) => ({
    sign_in_url: await signInUrl(app, email),
  })),
  'key.create': operation(NewKey, makeKey),
  'key.list': operation(z.strictObject({ org_id: Id }), (app, { org_id }) =>
    inOrganization(app, org_id, 'key list', ctx => keys.list(ctx.tx, org_id)),
  ),
  'key.revoke': operation(z.strictObject({ key_id: Id }), (app, { key_id }) => endKey(app, key_id)),
  'import.conversions': operation(Import.extend({ campaign: text(100, 1) }), (app, input, onProgress) =>
    importConversions(app, input, onProgress),
  ),
  'import.metrics': operation(Import, (app, input, onProgress) => importMetrics(app, input, onProgress)),
  'import.undo': operation(Undo, async (app, input, onProgress) => {
    const { kind } = await findImport(app, input.import_id)
    return kind === 'metrics' ? undoMetrics(app, input, onProgress) : undoImport(app, input, onProgress)
  }),
  'run-scheduled': operation(z.strictObject({ now: InstantText.optional() }), async (app, { now }) => {
    const at = now ?? app.clock.now()
    const done = await runScheduled(app, at)
    await sendDue(app, at)
    return done
  }),
  accrue: operation(z.strictObject({ now: InstantText.optional() }), (app, { now }) => accrue(app, now ?? app.clock.now())),
  check: operation(Nothing, app => runChecks(app)),
  backup: operation(z.strictObject({ file: File }), (app, { file }, onProgress) => backup(app, file, onProgress)),
  restore: operation(z.strictObject({ file: File }), (app, { file }, onProgress) => restore(app, file, onProgress)),
  demo: operation(Nothing, app => loadDemo(app)),
}

export type OperationName = keyof typeof operations
export type Input<N extends OperationName> = z.input<(typeof operations)[N]['input']>

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)

/** Runs an operation. Refuses `invalid_body` for input that is not as its command says. */
export async function operate(app: App, name: OperationName, input: unknown, onProgress: OnProgress): Promise<unknown> {
  const { input: schema, run } = operations[name] as unknown as Operation<z.ZodType>
  const parsed = schema.safeParse(input ?? {})
  if (!parsed.success)
    refuse(
      'invalid_body',
      `${faultsOf(parsed.error)
        .map(fault => `${fault.path} ${fault.message}`.trim())
        .join('; ')}.`,
    )
  return run(app, parsed.data, onProgress)
}

async function inOrganization<T>(
  app: App,
  org_id: string,
  command: string,
  act: (ctx: Ctx) => Promise<T>,
  program_id?: string,
): Promise<T> {
  if (!(await organizationIds(app.db.kysely)).includes(org_id)) refuse('not_found', `There is no organization ${org_id}.`)
  return work(app, systemCaller(org_id, command), { program_id }, act)
}

function makeKey(app: App, { org_id, brand_id, scopes, expires_in, owner: email }: z.output<typeof NewKey>) {
  const make = async (ctx: Ctx) => {
    const owner = await ownerFor(ctx, email)
    if (!owner) refuse('not_found', `Nobody in this organization has the e-mail ${email}.`)
    const expires_at = expires_in === undefined ? null : instant(ms(ctx.now) + lengthOf(expires_in))
    return createKey(ctx, { program_id: brand_id ?? null, scopes: [...new Set(scopes)], owner_id: owner.user_id, expires_at })
  }
  return inOrganization(app, org_id, 'key create', make, brand_id)
}

const lengthOf = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('d') ? 24 : 1) * 3_600_000

async function endKey(app: App, key_id: string): Promise<{ key_id: string; revoked: true }> {
  for (const org_id of await organizationIds(app.db.kysely)) {
    const revoked = await inOrganization(app, org_id, 'key revoke', async ctx => {
      const found = (await keys.list(ctx.tx, org_id)).some(key => key.id === key_id)
      if (found) await revokeKey(ctx, key_id)
      return found
    })
    if (revoked) return { key_id, revoked: true }
  }
  return refuse('not_found', `There is no key ${key_id}; quittance key list shows those there are.`)
}

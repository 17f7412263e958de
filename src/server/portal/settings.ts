/** What a program's portal looks like and shows. Source: spec C11. */
import type { In, Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import { given } from '../../core/collect.ts'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import type { Ctx } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { addressOfIcon, checkIcon } from '../organizations/icons.ts'
import { ownersOf } from '../organizations/organizations.sql.ts'
import * as sql from './settings.sql.ts'

type Settings = Out<typeof portal.settings>

const present = (ctx: Ctx, row: sql.PortalRow, mails: boolean): Settings => ({
  ...row,
  logo_path: addressOfIcon(row.logo_path),
  portal_url: `${ctx.address}/portal?program=${encodeURIComponent(ctx.program.slug)}`,
  sign_up_url: `${ctx.address}/portal/sign-up?program=${encodeURIComponent(ctx.program.slug)}`,
  mails,
})

/** Whether this installation sends mail is known outside: `mails` is brought along. */
export const settings = async (ctx: Ctx, _: unknown, mails: boolean): Promise<Settings> =>
  present(ctx, await sql.read(ctx), mails)

/** Refuses `invalid_body` for a logo that is no picture of this organization. */
export async function changeSettings(ctx: Ctx, { body }: In<typeof portal.changeSettings>, mails: boolean): Promise<Settings> {
  const before = await sql.read(ctx)
  const { logo_path, title, ...toggles } = body
  const wish = logo_path === undefined ? {} : { logo_path: logo_path?.replace(/^\//, '') ?? null }
  if (wish.logo_path !== before.logo_path) await checkIcon(ctx, wish.logo_path ?? null)
  const named = title === undefined ? {} : { title: title?.trim() || null }
  const after = { ...before, ...given(toggles), ...named, ...wish } as sql.PortalRow
  await sql.write(ctx, after)
  ctx.tell('portal.changed', ctx.program.id, { program_id: ctx.program.id, before, after })
  return present(ctx, after, mails)
}

/** The front of a program's portal, for whoever knows its slug. Refuses `not_found`. */
export async function frontOf(app: App, slug: string): Promise<sql.Front & { org_id: string }> {
  const [org_id] = await transaction(app.db, { readonly: true }, tx => ownersOf(tx, 'program_slug', slug.toLowerCase()))
  const found = org_id && (await transaction(app.db, { org_id, readonly: true }, tx => sql.front(tx, org_id, slug)))
  return org_id && found ? { ...found, org_id } : refuse('not_found', 'There is no such program; check the address.')
}

export async function front(app: App, { params }: In<typeof portal.brand>): Promise<Out<typeof portal.brand>> {
  const { slug, name, title, logo_path, allow_sign_up } = await frontOf(app, params.slug)
  return { slug, title: title ?? name, logo_path: addressOfIcon(logo_path), allow_sign_up }
}

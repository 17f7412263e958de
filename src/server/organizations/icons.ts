/**
 * Icons of payout methods: uploaded first, then named by their path.
 *
 * An icon is shown by an `<img>` to whoever knows its address, which nobody can guess; it is no secret, and never changes.
 * Source: spec B5.
 */
import type { In, Out } from '../../api/endpoint.ts'
import type { methods } from '../../api/methods.ts'
import { instant, ms } from '../../core/calendar.ts'
import { isId } from '../../core/ids.ts'
import { imageTypes, isImage, isImageType } from '../../core/image.ts'
import { refuse } from '../../core/refusal.ts'
import type { App } from '../app.ts'
import type { Ctx } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import * as sql from './icons.sql.ts'
import { refuseKeyOfProgram } from './keys.ts'

const DAY = 86_400_000

const pathOf = (org_id: string, id: string): string => `icons/${org_id}/${id}`
export const addressOfIcon = (icon_path: string | null): string | null => (icon_path === null ? null : `/${icon_path}`)

/** Keeps an image. Refuses `unsupported_media_type`, and `invalid_body` for bytes that are no image of the type they are sent as. */
export async function upload(ctx: Ctx, { body }: In<typeof methods.uploadIcon>): Promise<Out<typeof methods.uploadIcon>> {
  refuseKeyOfProgram(ctx)
  const { media_type, bytes } = body
  if (!isImageType(media_type))
    refuse('unsupported_media_type', `Send the image itself, its Content-Type one of ${imageTypes.join(', ')}.`)
  if (!isImage(bytes, media_type)) {
    const errors = [{ path: '', message: `must be ${media_type}` }]
    refuse('invalid_body', `These bytes are no ${media_type}; send the file as it is, with its own type.`, { errors })
  }
  await sql.removeUnused(ctx, instant(ms(ctx.now) - DAY))
  const id = ctx.newId()
  await sql.insert(ctx, id, { media_type, bytes })
  return { icon_path: pathOf(ctx.org_id, id) }
}

/** Refuses `invalid_body` for a path that is no icon of this organization. */
export async function checkIcon(ctx: Ctx, icon_path: string | null): Promise<void> {
  if (icon_path === null) return
  const id = icon_path.split('/').at(-1) as string
  if (isId(id) && icon_path === pathOf(ctx.org_id, id) && (await sql.exists(ctx, id))) return
  refuse(
    'invalid_body',
    'There is no such icon; upload it with POST /api/v1/payout-icons and send the icon_path of the answer.',
    {
      errors: [{ path: 'icon_path', message: 'must be the path of an icon that was uploaded' }],
    },
  )
}

/** The icon at an address, for whoever asks. */
export async function iconAt(app: App, org_id: string, id: string): Promise<sql.Icon | undefined> {
  if (!isId(org_id) || !isId(id)) return undefined
  return transaction(app.db, { org_id, readonly: true }, tx => sql.icon(tx, org_id, id))
}

/** Who pays for a program, as its invoices say it. Source: spec C9. */
import type { In, Out } from '../../api/endpoint.ts'
import type { invoices } from '../../api/statements.ts'
import type { Ctx } from '../context.ts'
import * as sql from './payer.sql.ts'

type Settings = Out<typeof invoices.settings>

export async function invoiceSettings(ctx: Ctx): Promise<Settings> {
  const { organization: _, ...settings } = await sql.payer(ctx)
  return settings
}

/** Blank text is none. */
export async function changeInvoiceSettings(ctx: Ctx, { body }: In<typeof invoices.changeSettings>): Promise<Settings> {
  const before = await invoiceSettings(ctx)
  const given = Object.entries(body).filter(([, value]) => value !== undefined)
  const clean = given.map(([key, value]) => [key, typeof value === 'string' ? value.trim() || null : value])
  await sql.updatePayer(ctx, Object.fromEntries(clean))
  const after = await invoiceSettings(ctx)
  ctx.tell('invoice_settings.changed', ctx.program.id, { program_id: ctx.program.id, before, after })
  return after
}

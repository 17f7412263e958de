/** What follows when a partner's status or e-mail changes: who may enter, and what they are told by mail. Source: spec A15, C5. */
import { type App, work } from '../app.ts'
import { type Ctx, systemCaller } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { canMail, type Mail, sendMail } from '../mail.ts'
import * as access from '../organizations/access.sql.ts'
import { type Invited, portalLink } from '../organizations/access.ts'
import { approvedLetter, declinedLetter } from './letters.ts'
import type { PartnerRow } from './partners.sql.ts'

type Who = Pick<PartnerRow, 'id' | 'email' | 'status'>

/** To be called with each change of a partner, in its transaction. */
export async function follow(ctx: Ctx, before: Who, after: Who): Promise<void> {
  if (before.email !== after.email) await access.keepOut(ctx.tx, ctx.org_id, after.id, after.email)
  const was_out = before.status === 'pending' || before.status === 'declined'
  const { org_id } = ctx
  if (after.status === 'approved' && was_out)
    ctx.afterCommit('a partner was not told that it is approved', app => write(app, org_id, after.id, approved))
  if (after.status === 'declined' && before.status === 'pending')
    ctx.afterCommit('a partner was not told that it is declined', app => write(app, org_id, after.id, declined))
}

type Wording = (app: App, org_id: string, to: Invited, program: string) => Promise<Mail>
const approved: Wording = async (app, org_id, to, program) => approvedLetter(to, program, await portalLink(app, org_id, to))
const declined: Wording = async (_app, _org_id, to, program) => declinedLetter(to, program)

async function write(app: App, org_id: string, partner_id: string, word: Wording): Promise<void> {
  if (!canMail(app)) return
  const entry = await transaction(app.db, { org_id, readonly: true }, tx => access.entryFor(tx, org_id, partner_id))
  if (!entry || entry.partner.email === null) return
  const to = { id: partner_id, name: entry.partner.name, email: entry.partner.email }
  await post(app, org_id, partner_id, await word(app, org_id, to, entry.portal.title ?? entry.program.name))
}

/** Mails a partner and keeps in the record that it was, or that it could not be. */
export async function post(app: App, org_id: string, partner_id: string, mail: Mail): Promise<boolean> {
  const sent = await sendMail(app, mail)
  const after = { to: mail.to, subject: mail.subject }
  await work(app, systemCaller(org_id, 'mail'), {}, async ctx =>
    ctx.tell(sent ? 'partner.mailed' : 'partner.mail_failed', partner_id, { after }),
  )
  return sent
}

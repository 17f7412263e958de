/**
 * Mail, where this installation has a mail server (`SMTP_URL`); without one nothing is sent and links are shown instead.
 *
 * It is never sent inside a transaction: what fails here has been committed and stays. Source: spec G1, A15.
 */
import type { Transporter } from 'nodemailer'
import { addressOf } from './address.ts'
import type { App } from './app.ts'

export type Mail = { to: string; subject: string; text: string }

/** A mail server that does not answer must not hold anybody up. */
const TIMES = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }
const transports = new WeakMap<App, Promise<Transporter>>()

export const canMail = (app: App): boolean => app.config.smtp_url !== undefined

/** Sends a mail and says whether the mail server took it. It never throws: a failure is reported to the log. */
export async function sendMail(app: App, { to, subject, text }: Mail): Promise<boolean> {
  if (!canMail(app)) return false
  try {
    const transport = await transportOf(app)
    await transport.sendMail({ from: senderOf(app), to: { name: '', address: to }, subject: oneLine(subject), text })
    return true
  } catch (error) {
    app.report(error, `mail "${oneLine(subject)}" was not sent`)
    return false
  }
}

/** Loaded with the first mail, since most starts send none. */
function transportOf(app: App): Promise<Transporter> {
  const known = transports.get(app)
  if (known) return known
  const made = import('nodemailer').then(({ createTransport }) =>
    createTransport({ ...TIMES, url: app.config.smtp_url as string, disableFileAccess: true, disableUrlAccess: true }),
  )
  transports.set(app, made)
  return made
}

/** `MAIL_FROM`, else an address of the host that people know us by. */
const senderOf = (app: App): string => app.config.mail_from ?? `Quittance <no-reply@${new URL(addressOf(app)).hostname}>`

/** A line break in a header would begin another one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200)

/** A real mail server for tests: it keeps what arrives, and can refuse everything. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Letter = { from: string; to: string[]; subject: string; headers: string; text: string }
export type Mailbox = {
  url: string
  letters: Letter[]
  /** From now on every mail is refused. */
  refuse(): void
  close(): Promise<void>
}

export async function mailbox(): Promise<Mailbox> {
  const letters: Letter[] = []
  let refusing = false
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refusing ? new Error('no mail today') : null),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        letters.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...parsed(Buffer.concat(chunks).toString()) })
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    ...{ url: `smtp://127.0.0.1:${port}`, letters },
    refuse: () => {
      refusing = true
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** Enough of MIME for a plain letter: unfolded headers, quoted-printable or as it is. */
function parsed(raw: string): { subject: string; headers: string; text: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers = head.replace(/\r\n[ \t]+/g, ' ')
  const body = rest.join('\r\n\r\n').replace(/\r\n/g, '\n').trimEnd()
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? ''
  const encoding = header('content-transfer-encoding').toLowerCase()
  const text =
    encoding === 'quoted-printable' ? fromQuoted(body) : encoding === 'base64' ? Buffer.from(body, 'base64').toString() : body
  return { subject: decoded(header('subject')), headers, text }
}

const fromQuoted = (text: string): string =>
  Buffer.from(
    text.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()

/** `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=`. */
const decoded = (text: string): string =>
  text.replace(/=\?utf-8\?([QB])\?([^?]*)\?=\s*/gi, (_, kind, inner) =>
    kind.toUpperCase() === 'B' ? Buffer.from(inner, 'base64').toString() : fromQuoted(inner.replace(/_/g, ' ')),
  )

/** The one-time link in a letter. */
export const linkIn = ({ text }: Pick<Letter, 'text'>): string => /https?:\/\/\S+magic-link\S+/.exec(text)?.[0] ?? ''

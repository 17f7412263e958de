/** What partners are written to. Plain text: it reads everywhere and hides nothing. */
import type { Mail } from '../mail.ts'

type To = { name: string; email: string }

const letter = (to: To, subject: string, lines: string[]): Mail => ({
  to: to.email,
  subject,
  text: [`Hello ${oneLine(to.name)},`, '', ...lines, ''].join('\n'),
})

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 100)

const linkLines = (url: string, hours: number): string[] => [
  url,
  '',
  `The link signs you in once, within ${hours} hours. You can set a password there; or ask for another link on the same page.`,
]

export const linkLetter = (to: To, program: string, { url, hours }: { url: string; hours: number }): Mail =>
  letter(to, `Your sign-in link for ${oneLine(program)}`, [
    `here is your way in to the partner portal of ${oneLine(program)}:`,
    '',
    ...linkLines(url, hours),
    '',
    'If you did not ask for it, you need do nothing.',
  ])

export const approvedLetter = (to: To, program: string, { url, hours }: { url: string; hours: number }): Mail =>
  letter(to, `${oneLine(program)}: you are a partner now`, [
    `you were approved as a partner of ${oneLine(program)}. Your links, earnings and payments are in the portal:`,
    '',
    ...linkLines(url, hours),
  ])

export const declinedLetter = (to: To, program: string): Mail =>
  letter(to, `${oneLine(program)}: your application`, [
    `your application as a partner of ${oneLine(program)} was declined. Its team can tell you more.`,
  ])

export const receivedLetter = (to: To, program: string): Mail =>
  letter(to, `${oneLine(program)}: we have your application`, [
    `thank you for applying as a partner of ${oneLine(program)}. The team will look at it; you get another mail once you are approved.`,
  ])

/** Mail through a real mail server: what arrives, what a failure does, and that no header can be smuggled in. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/server/config.ts'
import { sendMail } from '../../../src/server/mail.ts'
import { type Mailbox, mailbox } from '../../support/mailbox.ts'
import { type Place, place } from '../../support/world.ts'

let box: Mailbox
let at: Place
const reported: string[] = []

beforeAll(async () => {
  box = await mailbox()
  at = await place({ config: { smtp_url: box.url, public_url: 'https://pay.example.org', mail_from: undefined } })
  at.app.report = (_error, what) => void reported.push(what)
})
beforeEach(() => {
  reported.length = 0
  box.letters.length = 0
})
afterAll(async () => {
  await at.close()
  await box.close()
})

const letter = {
  to: 'ada@example.org',
  subject: 'Your link',
  text: 'Hello Ada,\n\nhere it is: https://pay.example.org/x?a=1&b=2\n',
}

test('a mail arrives as it was written, from an address of our own host', async () => {
  expect(await sendMail(at.app, letter)).toBe(true)
  expect(box.letters).toHaveLength(1)
  expect(box.letters[0]).toMatchObject({ from: 'no-reply@pay.example.org', to: ['ada@example.org'], subject: 'Your link' })
  expect(box.letters[0]?.text).toBe(letter.text.trimEnd())
  expect(reported).toEqual([])
})

test('MAIL_FROM is the sender, and words in any script survive', async () => {
  const app = { ...at.app, config: { ...at.app.config, mail_from: 'Café Payouts <pay@cafe.example>' } }
  const text = 'Zoë 🦊 مرحبا = <script>alert(1)</script>'
  expect(await sendMail(app, { ...letter, subject: 'Größe 🦊', text })).toBe(true)
  expect(box.letters[0]).toMatchObject({ from: 'pay@cafe.example', subject: 'Größe 🦊', text })
})

test('a line break in a subject or an address begins no other header and no other recipient', async () => {
  await sendMail(at.app, { ...letter, subject: 'Hi\r\nBcc: eve@example.org', to: 'ada@example.org' })
  await sendMail(at.app, { ...letter, to: 'ada@example.org, eve@example.org' })
  await sendMail(at.app, { ...letter, to: 'ada@example.org\r\nBcc: eve@example.org' })
  expect(box.letters.flatMap(each => each.to)).not.toContain('eve@example.org')
  expect(box.letters[0]?.headers).not.toMatch(/^bcc:/im)
})

test('a mail server that refuses, or is not there, is reported and throws nothing', async () => {
  const gone = await mailbox()
  await gone.close()
  expect(await sendMail({ ...at.app, config: { ...at.app.config, smtp_url: gone.url } }, letter)).toBe(false)
  box.refuse()
  expect(await sendMail(at.app, letter)).toBe(false)
  expect(reported).toEqual(['mail "Your link" was not sent', 'mail "Your link" was not sent'])
})

test('without SMTP_URL nothing is sent and nothing is wrong', async () => {
  expect(await sendMail({ ...at.app, config: { ...at.app.config, smtp_url: undefined } }, letter)).toBe(false)
  expect([box.letters, reported]).toEqual([[], []])
})

test('the settings name a wrong SMTP_URL', () => {
  expect(() => readConfig({ SMTP_URL: 'mail.example.org' })).toThrow(/SMTP_URL: must be smtp:\/\//)
  expect(readConfig({ SMTP_URL: 'smtps://me:secret@mail.example.org:465', MAIL_FROM: 'a@b.c' })).toMatchObject({
    ...{ smtp_url: 'smtps://me:secret@mail.example.org:465', mail_from: 'a@b.c', postback_allow_private: false },
  })
})

/** Who may enter the portal and how: links, passwords, applications; approval and its end. Source: spec A15, C5, C11. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { settled } from '../../../src/server/app.ts'
import { createPerson, signInUrl } from '../../../src/server/organizations/people.ts'
import { linkIn, type Mailbox, mailbox } from '../../support/mailbox.ts'
import { addMember, cookieOf, openLink, signedIn } from '../../support/people.ts'
import { headersOf, linkFor, partnerSession, portalOf } from '../../support/portal.ts'
import { type World, world } from '../../support/world.ts'

let w: World
let box: Mailbox
beforeAll(async () => {
  box = await mailbox()
  w = await world({ today: '2026-03-10', config: { smtp_url: box.url } })
})
afterAll(async () => {
  await w.close()
  await box.close()
})
beforeEach(() => {
  box.letters.length = 0
})

let n = 0
const someone = (name: string) => ({ email: `${name.toLowerCase()}${++n}@example.org` })
const patch = (id: string, body: object) => w.request('PATCH', w.path(`/partners/${id}`), body)
const anonymous = { key: null }
const publicly = (method: string, path: string, body?: unknown) => w.request(method, `/api/portal${path}`, body, anonymous)

/** The newest letter to an address, once everything that goes on has ended. */
async function letterTo(email: string) {
  await settled(w.app)
  return box.letters.findLast(letter => letter.to.includes(email))
}

describe('approval', () => {
  test('a new publisher can not log in until Approved; Declined can not [RT-33]', async () => {
    const { email } = someone('Nick')
    const nick = await w.partner('Nick', { email, status: 'pending' })
    await createPerson(w.app, { email, name: 'Nick', password: 'correct horse battery' })
    await w.sql('insert into partner_people values ($1, $2, (select id from people where email = $3), $3, now())', [
      w.org_id,
      nick.id,
      email,
    ])
    await w.sql(`insert into lookups values ('partner', (select id from people where email = $1), $2)`, [email, w.org_id])
    const signIn = () => w.request('POST', '/api/auth/sign-in/email', { email, password: 'correct horse battery' }, anonymous)
    const byLink = async () => openLink(w, await signInUrl(w.app, email))

    expect((await signIn()).error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('being looked at') })
    const link = await byLink()
    expect([link.status, link.headers.location, cookieOf(link)]).toEqual([302, '/portal?error=NOT_APPROVED', ''])

    await patch(nick.id, { status: 'approved' })
    const entered = await signIn()
    expect(entered.status, entered.text).toBe(200)
    const me = portalOf(w, headersOf(entered))
    expect((await me('GET', '/me')).data).toMatchObject({ partner: { id: nick.id, status: 'approved' } })

    await patch(nick.id, { status: 'declined' })
    expect((await me('GET', '/me')).error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('declined') })
    expect((await signIn()).error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('declined') })
    expect((await byLink()).headers.location).toBe('/portal?error=NOT_APPROVED')
    const sessions = await w.sql('select s.id from person_sessions s join people p on p.id = s.person_id where p.email = $1', [
      email,
    ])
    expect(sessions).toHaveLength(1)
  })

  test('a wrong password tells nothing of it', async () => {
    const answer = await w.request(
      'POST',
      '/api/auth/sign-in/email',
      { email: `nick1@example.org`, password: 'wrong wrong wrong' },
      anonymous,
    )
    expect([answer.status, answer.error.code]).toEqual([401, 'unauthorized'])
    expect(answer.text).not.toMatch(/declined|approved|looked at/)
  })

  test('a paused partner still sees its balance; a removed one nothing, from the next request on', async () => {
    const ada = await w.partner('Ada', someone('Ada'))
    const me = portalOf(w, await partnerSession(w, ada.id))
    await patch(ada.id, { status: 'paused' })
    expect((await me('GET', '/me')).data.partner.status).toBe('paused')
    expect((await me('GET', '/home')).data.balances[0].next_payout).toBeNull()
    await w.request('DELETE', `/api/v1/creators/${ada.id}`)
    expect((await me('GET', '/me')).error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('no partner') })
  })

  test('is mailed with a link that works once and leads to the portal; declining is mailed too', async () => {
    const { email } = someone('Eve')
    const eve = await w.partner('Eve', { email, status: 'pending' })
    await patch(eve.id, { status: 'approved' })
    const letter = await letterTo(email)
    expect(letter).toMatchObject({ subject: 'Acme: you are a partner now' })
    const first = await openLink(w, linkIn(letter!))
    expect([first.status, first.headers.location]).toEqual([302, '/portal'])
    expect((await portalOf(w, headersOf(first))('GET', '/me')).data.partner.name).toBe('Eve')
    expect((await openLink(w, linkIn(letter!))).headers.location).toMatch(/^\/portal\?error=/)
    await patch(eve.id, { status: 'pending' })
    await patch(eve.id, { status: 'declined' })
    expect(await letterTo(email)).toMatchObject({ subject: 'Acme: your application' })
    const told = await w.sql(`select verb from events where object_id = $1 and verb like 'partner.mail%'`, [eve.id])
    expect(told.map(each => each.verb)).toEqual(['partner.mailed', 'partner.mailed'])
  })

  test('another change of a partner mails nothing', async () => {
    const { email } = someone('Eve')
    const eve = await w.partner('Eve', { email })
    await patch(eve.id, { company: 'Eve Ltd' })
    await patch(eve.id, { status: 'paused' })
    await patch(eve.id, { status: 'approved' })
    expect(await letterTo(email)).toBeUndefined()
  })

  test('with another e-mail the one who had the first is out', async () => {
    const ada = await w.partner('Ada', someone('Ada'))
    const headers = await partnerSession(w, ada.id)
    await patch(ada.id, { email: someone('Bob').email })
    expect((await portalOf(w, headers)('GET', '/me')).status).toBe(403)
  })
})

describe('a link', () => {
  test('of an admin is shown once and mailed, lasts 72 hours and says when it has expired', async () => {
    const { email } = someone('Lin')
    const lin = await w.partner('Lin', { email })
    const { data } = await w.request('POST', w.path(`/partners/${lin.id}/portal-link`), {})
    expect(data).toMatchObject({ mailed: true, expires_at: expect.stringMatching(/^2026-03-13T/) })
    expect(linkIn((await letterTo(email))!)).toBe(data.url)
    await w.travelTo('2026-03-14')
    expect((await openLink(w, data.url)).headers.location).toBe('/portal?error=LINK_EXPIRED')
    await w.travelTo('2026-03-10')
  })

  test('is not made for one who could not use it', async () => {
    const nobody = await w.partner('Nobody')
    const pending = await w.partner('Pending', { ...someone('Pending'), status: 'pending' })
    for (const { id } of [nobody, pending]) {
      const answer = await w.request('POST', w.path(`/partners/${id}/portal-link`), {})
      expect([answer.status, answer.error.code]).toEqual([409, 'invalid_transition'])
    }
    const unknown = await w.request('POST', w.path('/partners/01900000-0000-7000-8000-000000000000/portal-link'), {})
    expect(unknown.status).toBe(404)
    expect(await w.sql('select 1 from people where name in ($1, $2)', ['Nobody', 'Pending'])).toEqual([])
  })

  test('is not made by a member', async () => {
    await addMember(w, 'mel@example.org', 'member')
    const lin = await w.partner('Lin', someone('Lin'))
    const headers = await signedIn(w, 'mel@example.org')
    const answer = await w.request('POST', w.path(`/partners/${lin.id}/portal-link`), {}, { key: null, headers })
    expect([answer.status, answer.error.code]).toEqual([403, 'forbidden'])
  })

  test('by mail is for whoever is known, with one answer for everybody', async () => {
    const { email } = someone('Mia')
    await w.partner('Mia', { email })
    const known = await publicly('POST', '/sign-in-link', { email })
    const stranger = await publicly('POST', '/sign-in-link', { email: 'stranger@example.org' })
    const waiting = someone('Wait')
    await w.partner('Wait', { ...waiting, status: 'pending' })
    const pending = await publicly('POST', '/sign-in-link', waiting)
    for (const answer of [known, stranger, pending])
      expect([answer.status, answer.data]).toEqual([200, { ok: true, mails: true }])
    const letter = await letterTo(email)
    expect(letter?.subject).toBe('Your sign-in link for Acme')
    expect((await portalOf(w, headersOf(await openLink(w, linkIn(letter!))))('GET', '/me')).status).toBe(200)
    expect(box.letters.flatMap(each => each.to)).toEqual([email])
  })

  test('by mail leads somebody who works here to the workspace', async () => {
    await publicly('POST', '/sign-in-link', { email: w.admin_email })
    const opened = await openLink(w, linkIn((await letterTo(w.admin_email))!))
    expect(opened.headers.location).toBe('/')
  })

  test('by mail comes at most five times in a quarter of an hour', async () => {
    const { email } = someone('Mia')
    await w.partner('Mia', { email })
    for (let time = 0; time < 8; time++) expect((await publicly('POST', '/sign-in-link', { email })).status).toBe(200)
    await letterTo(email)
    expect(box.letters.filter(letter => letter.to.includes(email))).toHaveLength(5)
  })
})

describe('several programs', () => {
  test('one person chooses which partner to be, and is nobody else', async () => {
    const { email } = someone('Sam')
    const other = (await w.api.organizations.createProgram({ body: { name: 'Second' } })).data
    const here = await w.partner('Sam', { email })
    const there = (await w.api.partners.create({ params: { brand_id: other.id }, body: { name: 'Sam Two', email } })).data
    const stranger = await w.partner('Stranger', someone('Stranger'))
    await linkFor(w, here.id)
    const me = portalOf(w, await partnerSession(w, there.id, other.id))
    const { data } = await me('GET', '/me')
    expect(data.partners.map((each: { id: string }) => each.id).sort()).toEqual([here.id, there.id].sort())
    expect((await me('GET', `/me?partner_id=${there.id}`)).data.program.id).toBe(other.id)
    expect((await me('GET', `/me?partner_id=${here.id}`)).data.program.id).toBe(w.brand_id)
    expect((await me('GET', `/me?partner_id=${stranger.id}`)).status).toBe(404)
    expect((await me('GET', '/me?partner_id=nonsense')).status).toBe(400)
  })
})

describe('a password', () => {
  test('is set after a link, signs in, and replaces the sessions elsewhere', async () => {
    const { email } = someone('Pam')
    const pam = await w.partner('Pam', { email })
    const [first, second] = [portalOf(w, await partnerSession(w, pam.id)), portalOf(w, await partnerSession(w, pam.id))]
    expect((await first('GET', '/me')).data).toMatchObject({ has_password: false })
    expect((await first('POST', '/password', { password: 'short' })).status).toBe(400)
    expect((await first('POST', '/password', { password: 'a good long password' })).data).toEqual({ ok: true })
    expect((await first('GET', '/me')).data).toMatchObject({ has_password: true })
    expect((await second('GET', '/me')).status).toBe(401)
    const signed = await w.request('POST', '/api/auth/sign-in/email', { email, password: 'a good long password' }, anonymous)
    expect((await portalOf(w, headersOf(signed))('GET', '/me')).data.partner.name).toBe('Pam')
  })

  test('that is there is asked for, unless one signed in a moment ago', async () => {
    const { email } = someone('Pam')
    const pam = await w.partner('Pam', { email })
    const me = portalOf(w, await partnerSession(w, pam.id))
    await me('POST', '/password', { password: 'the first password' })
    expect((await me('POST', '/password', { password: 'the second password' })).status).toBe(200)
    await w.sql(
      `update person_sessions set created_at = now() - interval '1 hour'
      where person_id = (select id from people where email = $1)`,
      [email],
    )
    const without = await me('POST', '/password', { password: 'the third password' })
    expect([without.status, without.meta.errors]).toMatchObject([400, [{ path: 'current_password' }]])
    expect(
      (await me('POST', '/password', { password: 'the third password', current_password: 'the first password' })).status,
    ).toBe(400)
    expect(
      (await me('POST', '/password', { password: 'the third password', current_password: 'the second password' })).status,
    ).toBe(200)
  })
})

describe('an application', () => {
  const settings = (body: object) => w.request('PATCH', w.path('/settings/portal'), body)
  const apply = (body: object) => publicly('POST', '/sign-up', { program: w.brand_slug, name: 'Zoe', ...body })

  test('is taken only where the program says so', async () => {
    await settings({ allow_sign_up: false })
    expect((await apply(someone('Zoe'))).error.code).toBe('forbidden')
    expect((await publicly('POST', '/sign-up', { program: 'no-such', name: 'Zoe', ...someone('Zoe') })).status).toBe(404)
    expect((await publicly('GET', `/programs/${w.brand_slug}`)).data).toMatchObject({ title: 'Acme', allow_sign_up: false })
    expect((await publicly('GET', '/programs/no-such')).status).toBe(404)
  })

  test('makes a pending partner, once, with one answer whether the e-mail is known', async () => {
    await settings({ allow_sign_up: true, approved_by_default: false, title: 'Acme Partners' })
    const { email } = someone('Zoe')
    const body = { email, company: 'Zoe Ltd', country: 'de', message: '<script>alert(1)</script> =1+1' }
    const answers = [await apply(body), await apply({ ...body, email: email.toUpperCase() }), await apply(body)]
    for (const answer of answers)
      expect([answer.status, answer.data]).toEqual([200, { ok: true, needs_approval: true, mails: true }])
    const { data } = await w.request('GET', w.path(`/partners?q=${email}`))
    expect(data).toMatchObject([
      { status: 'pending', company: 'Zoe Ltd', country: 'DE', metadata: { application: body.message } },
    ])
    expect(await letterTo(email)).toMatchObject({ subject: 'Acme Partners: we have your application' })
    const [event] = await w.sql(`select actor from events where verb = 'partner.created' and object_id = $1`, [data[0].id])
    expect(event.actor).toBe('portal:sign-up')
  })

  test('is approved at once where the program approves by default', async () => {
    await settings({ allow_sign_up: true, approved_by_default: true })
    const { email } = someone('Zoe')
    expect((await apply({ email })).data).toMatchObject({ needs_approval: false })
    const opened = await openLink(w, linkIn((await letterTo(email))!))
    expect((await portalOf(w, headersOf(opened))('GET', '/me')).data.partner).toMatchObject({ name: 'Zoe', status: 'approved' })
  })

  test('of one who is a partner already mails them a link and makes nobody', async () => {
    const { email } = someone('Zoe')
    await w.partner('Zoe', { email })
    const { rows } = { rows: await w.sql('select count(*) as n from partners') }
    await apply({ email })
    expect(await letterTo(email)).toMatchObject({ subject: 'Your sign-in link for Acme Partners' })
    expect(await w.sql('select count(*) as n from partners')).toEqual(rows)
  })
})

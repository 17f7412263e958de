/** The organization's own page: name, time zone, plan and what is used of it. Source: spec B1, B4. */
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../support/keys.ts'
import { addMember, signedIn } from '../../support/people.ts'
import { type Answered, type World, type WorldOptions, world } from '../../support/world.ts'

const PATH = '/api/organization'
const refusal = (answer: Answered) => [answer.status, answer.error?.code]

async function inWorld(options: WorldOptions, tell: (w: World, send: Send) => Promise<void>): Promise<void> {
  const w = await world({ today: '2026-03-25T10:00:00Z', ...options })
  const headers = await signedIn(w, w.admin_email)
  await tell(w, (method, path, body, more) => w.request(method, path, body, { key: null, headers: { ...headers, ...more } }))
  await w.close()
}
type Send = (method: string, path: string, body?: unknown, more?: Record<string, string>) => Promise<Answered>

const monthly = (project_id: string) => ({
  ...{ project_id, name: 'Base', period: 'monthly', amount_cents: 5000, currency: 'USD' },
  ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'full' },
})

describe('usage', () => {
  test('counts what there is beside what the plan allows, structures in each project', () =>
    inWorld({ plan: 'starter' }, async (w, send) => {
      const { data: second } = await send('POST', '/api/v1/projects', { name: 'Second' })
      for (const name of ['Ada', 'Bob']) await send('POST', w.path('/partners'), { name })
      const { data: made } = await send('POST', '/api/v1/payout-structures', monthly(w.brand_id))
      await send('POST', '/api/v1/payout-structures', monthly(w.brand_id))
      await send('DELETE', `/api/v1/payout-structures/${made.structure_id}`)
      const { data: method } = await send('POST', '/api/v1/payout-methods', { name: 'Zelle' })
      await send('PATCH', `/api/v1/payout-methods/${method.id}`, { is_active: false })
      await w.request('GET', '/api/me')
      const { data } = await send('GET', PATH)
      expect(data).toMatchObject({ id: w.org_id, name: 'Acme', time_zone: 'UTC', time_zone_stands: null, plan: 'starter' })
      const of = (limit_key: string, current: number, max: number, project_id: string | null = null) => ({
        ...{ limit_key, project_id, current, max },
      })
      expect(data.limits).toEqual([
        of('creators', 2, 50),
        of('projects', 2, 3),
        of('members', 1, 5),
        of('max_payout_methods_per_org', 3, 10),
        of('max_api_requests_per_day', 1, 1_000),
        of('max_payout_structures_per_project', 1, 10, w.brand_id),
        of('max_payout_structures_per_project', 0, 10, second.id),
      ])
    }))

  test('of a plan without limits has no maximum, and of a key of one brand shows that brand alone', () =>
    inWorld({}, async (w, send) => {
      await send('POST', '/api/v1/projects', { name: 'Second' })
      const { data } = await w.request('GET', PATH, undefined, { key: await keyOf(w, { brand_id: w.brand_id }) })
      expect(data.limits.map((each: { max: number | null }) => each.max)).toEqual([null, null, null, null, null, null])
      expect(data.limits.at(-1)).toMatchObject({ project_id: w.brand_id })
    }))
})

describe('a change', () => {
  test('of name and plan is told with what was before, and the plan binds at once', () =>
    inWorld({}, async (w, send) => {
      const { data } = await send('PATCH', PATH, { name: 'Acme Two', plan: 'free' })
      expect(data).toMatchObject({ name: 'Acme Two', plan: 'free', time_zone: 'UTC' })
      const [event] = await w.sql(`select actor, before, after from events where verb = 'organization.changed'`)
      expect(event).toEqual({
        actor: `person:${w.admin_email}`,
        before: { name: 'Acme', time_zone: 'UTC', plan: 'unlimited' },
        after: { name: 'Acme Two', time_zone: 'UTC', plan: 'free' },
      })
      const refused = await send('POST', '/api/v1/projects', { name: 'Second' })
      expect([...refusal(refused), refused.meta.limit_key]).toEqual([402, 'limit_reached', 'projects'])
      await send('PATCH', PATH, { plan: 'unlimited' })
      expect((await send('POST', '/api/v1/projects', { name: 'Second' })).status).toBe(201)
    }))

  test('to a smaller plan takes nothing away from what there is', () =>
    inWorld({}, async (w, send) => {
      for (let n = 0; n < 7; n++) await send('POST', w.path('/partners'), { name: `Partner ${n}` })
      expect((await send('PATCH', PATH, { plan: 'free' })).status).toBe(200)
      const { data } = await send('GET', PATH)
      expect(data.limits[0]).toMatchObject({ limit_key: 'creators', current: 7, max: 5 })
      expect((await send('GET', w.path('/partners'))).data).toHaveLength(7)
    }))

  test('that names nothing, or what there is not, is refused by the name of its field', () =>
    inWorld({}, async (_, send) => {
      const faulty = [
        [{}, ''],
        [{ plan: 'gold' }, 'plan'],
        [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
        [{ name: ' ' }, 'name'],
      ] as const
      for (const [body, path] of faulty) {
        const answer = await send('PATCH', PATH, body)
        expect([...refusal(answer), answer.meta.errors[0].path]).toEqual([400, 'invalid_body', path])
      }
      expect((await send('PATCH', PATH, { plan: 'unlimited' }, { 'idempotency-key': 'again' })).status).toBe(200)
    }))

  test('is for admins, and for no key of one brand', () =>
    inWorld({}, async w => {
      await addMember(w, 'member@example.org', 'member')
      const headers = await signedIn(w, 'member@example.org')
      const before = await w.fingerprint()
      expect((await w.request('GET', PATH, undefined, { key: null, headers })).status).toBe(200)
      expect(refusal(await w.request('PATCH', PATH, { name: 'Eve' }, { key: null, headers }))).toEqual([403, 'forbidden'])
      expect(await w.fingerprint()).toBe(before)
      const key = await keyOf(w, { brand_id: w.brand_id })
      expect(refusal(await w.request('PATCH', PATH, { name: 'Eve' }, { key }))).toEqual([403, 'forbidden'])
    }))
})

describe('the time zone', () => {
  const zone = { time_zone: 'America/New_York' }

  test('changes while nothing lies on its days, and the next days are of the new one', () =>
    inWorld({ today: '2026-03-01T02:00:00Z' }, async (w, send) => {
      expect((await send('PATCH', PATH, zone)).data.time_zone).toBe('America/New_York')
      await w.conversion({ partner: await w.partner(), campaign: await w.campaign(), occurred_at: '2026-03-01T02:00:00Z' })
      const [{ earned_on }] = await w.sql('select earned_on::text from earnings')
      expect(earned_on).toBe('2026-02-28')
    }))

  test('stands once something was earned, and says why', () =>
    inWorld({}, async (w, send) => {
      await w.conversion({ partner: await w.partner(), campaign: await w.campaign() })
      const { data } = await send('GET', PATH)
      expect(data.time_zone_stands).toContain('Every earning lies on a day of this zone')
      const before = await w.fingerprint()
      const refused = await send('PATCH', PATH, { ...zone, name: 'Not this either' })
      expect(refusal(refused)).toEqual([409, 'invalid_transition'])
      expect(refused.error.message).toContain('The time zone stays UTC.')
      expect(await w.fingerprint()).toBe(before)
      expect((await send('PATCH', PATH, { time_zone: 'UTC', name: 'Acme' })).status).toBe(200)
    }))

  test('stands once a partner was put on a structure, taken off again or not', () =>
    inWorld({}, async (w, send) => {
      const { id } = await w.partner()
      const { data } = await send('POST', '/api/v1/payout-structures', monthly(w.brand_id))
      expect((await send('PATCH', PATH, { time_zone: 'Europe/Berlin' })).status).toBe(200)
      const path = `/api/v1/payout-structures/${data.structure_id}/assignments`
      await send('POST', path, { creator_ids: [id] })
      await send('DELETE', path, { creator_ids: [id] })
      expect(refusal(await send('PATCH', PATH, zone))).toEqual([409, 'invalid_transition'])
    }))

  test('changed while partners are put on structures, 64 ways at once: whoever came first, the other knew it', () =>
    inWorld({}, async (w, send) => {
      const { id } = await w.partner()
      const made = await Promise.all(
        Array.from({ length: 16 }, () => send('POST', '/api/v1/payout-structures', monthly(w.brand_id))),
      )
      const assign = (n: number) =>
        send('POST', `/api/v1/payout-structures/${made[n % 16]?.data.structure_id}/assignments`, { creator_ids: [id] })
      const change = (n: number) => send('PATCH', PATH, { time_zone: ['Asia/Tokyo', 'UTC'][n % 2] })
      const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => (n % 4 === 0 ? change(n / 4) : assign(n))))
      expect(new Set(answers.map(each => each.status))).toEqual(new Set(answers.some(a => a.status === 409) ? [200, 409] : [200]))
      const assigned = answers.filter((_, n) => n % 4 !== 0)
      expect(assigned.map(each => each.status)).toEqual(assigned.map(() => 200))
      expect(refusal(await send('PATCH', PATH, { time_zone: 'Africa/Lagos' }))).toEqual([409, 'invalid_transition'])
    }))
})

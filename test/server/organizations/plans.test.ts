/** The plan's limits of how many there may be, each under requests that come at the same time. Source: spec B4. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { work } from '../../../src/server/app.ts'
import { systemCaller } from '../../../src/server/context.ts'
import { checkLimit } from '../../../src/server/organizations/plans.ts'
import { addMember, signedIn } from '../../support/people.ts'
import { type World, type WorldOptions, world } from '../../support/world.ts'

/** A world whose admin sits in the workspace, since a Free organization's keys may ask nothing. */
async function workspace(options: WorldOptions) {
  const w = await world({ today: '2026-03-01', ...options })
  const headers = await signedIn(w, w.admin_email)
  const send = (method: string, path: string, body?: unknown) => w.request(method, path, body, { key: null, headers })
  return { w, send }
}

const check = (w: World, ...asked: [Parameters<typeof checkLimit>[1], number?]) =>
  work(w.app, systemCaller(w.org_id, 'test'), { program_id: w.brand_id }, ctx => checkLimit(ctx, ...asked))

test('Free has room for five partners, even for requests at the same time [ON-17]', async () => {
  const { w, send } = await workspace({ plan: 'free' })
  const make = (n: number) => send('POST', w.path('/partners'), { name: `Partner ${n}` })
  const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(make))
  expect(answers.map(a => a.status).sort()).toEqual([201, 201, 201, 201, 201, 402, 402, 402])
  const refused = answers.find(a => a.status === 402)
  expect(refused?.error).toEqual({ code: 'limit_reached', message: 'Limit reached: creators' })
  expect(refused?.meta).toMatchObject({ code: 'limit_reached', limit_key: 'creators', current: 5, max: 5 })
  await w.sql(`update partners set removed_at = '2026-03-01' where id = (select id from partners limit 1)`)
  expect([(await make(9)).status, (await make(10)).status]).toEqual([201, 402])
  await w.close()
})

test('Free has room for one project [ON-17]', async () => {
  const { w, send } = await workspace({ plan: 'free' })
  const answer = await send('POST', '/api/v1/projects', { name: 'Second' })
  expect([answer.status, answer.meta]).toMatchObject([402, { limit_key: 'projects', current: 1, max: 1 }])
  await w.close()
})

test('Free has room for three structures a project that are not archived [ON-17]', async () => {
  const { w, send } = await workspace({ plan: 'free' })
  const body = {
    ...{ project_id: w.brand_id, period: 'monthly', amount_cents: 5000, currency: 'USD' },
    ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'skip' },
  }
  const make = (n: number) => send('POST', '/api/v1/payout-structures', { ...body, name: `Structure ${n}` })
  const answers = await Promise.all([1, 2, 3, 4, 5].map(make))
  expect(answers.map(a => a.status).sort()).toEqual([201, 201, 201, 402, 402])
  const limit_key = 'max_payout_structures_per_project'
  expect(answers.find(a => a.status === 402)?.meta).toMatchObject({ code: 'limit_reached', limit_key, current: 3, max: 3 })
  const [{ structure_id }] = answers.filter(a => a.status === 201).map(a => a.data)
  expect((await send('DELETE', `/api/v1/payout-structures/${structure_id}`)).status).toBe(200)
  expect([(await make(6)).status, (await make(7)).status]).toEqual([201, 402])
  await w.close()
})

test('several are refused together when there is no room for all', async () => {
  const { w } = await workspace({ plan: 'free' })
  await check(w, 'creators', 5)
  await check(w, 'creators', 0)
  await expect(check(w, 'creators', 6)).rejects.toMatchObject({ code: 'limit_reached', detail: { current: 0, max: 5 } })
  await check(w, 'members')
  await addMember(w, 'second@example.org', 'member')
  await expect(check(w, 'members')).rejects.toMatchObject({ detail: { limit_key: 'members', current: 2, max: 2 } })
  await w.close()
})

test('the default plan has no limits, and holds nothing while it looks [ON-17]', async () => {
  const { w, send } = await workspace({})
  expect((await send('GET', '/api/me')).data.organization.plan).toBe('unlimited')
  for (let n = 1; n <= 8; n++) {
    expect((await send('POST', '/api/v1/payout-methods', { name: `Method ${n}` })).status).toBe(201)
    expect((await send('POST', w.path('/partners'), { name: `Partner ${n}` })).status).toBe(201)
  }
  for (let n = 1; n <= 11; n++) expect((await send('POST', '/api/v1/projects', { name: `Project ${n}` })).status).toBe(201)
  const locks = await work(w.app, systemCaller(w.org_id, 'test'), {}, async ctx => {
    await checkLimit(ctx, 'creators', 1_000_000)
    const { rows } =
      await sql`select mode from pg_locks where relation = 'organizations'::regclass and pid = pg_backend_pid()`.execute(ctx.tx)
    return rows
  })
  expect(locks).toEqual([{ mode: 'AccessShareLock' }])
  await w.close()
})

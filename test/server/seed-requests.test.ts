/** The requests of spec B17 as they are, against a server that listens: only host, key and ids are others. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../src/api/contract.ts'
import { accrue } from '../../src/server/structures/accrue.ts'
import { curl, fetched, type Told } from '../support/curl.ts'
import { type World, world } from '../support/world.ts'

let w: World
let host: string
const told: Told[] = []
/** What the requests are about; each is filled in by the request that makes it. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  w = await world({ today: '2026-01-01' })
  host = await w.server.listen({ host: '127.0.0.1', port: 0 })
  ids.project = w.brand_id
  for (const name of ['uuid1', 'uuid2']) ids[name] = (await w.partner(name)).id
})
afterAll(() => w.close())

type More = { body?: string; headers?: Record<string, string>; key?: string | null; by?: typeof curl }

/** Asks as the seed writes it: `V` for the path, `<name>` for an id. */
async function ask(line: string, { body, headers = {}, key = w.key, by = curl }: More = {}): Promise<Told> {
  const filled = (text: string) => text.replace(/<(\w+)>/g, (_, name: string) => ids[name] as string)
  const [method = '', path = ''] = line.split(/\s+/)
  const answer = await by({
    method,
    url: `${host}${filled(path).replace(/^V/, '/api/v1')}`,
    headers: {
      ...(key !== null && { Authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: filled(body) }),
  })
  told.push(answer)
  return answer
}

/** Asks and expects a success; gives its data. */
async function must(status: number, line: string, body?: string, headers?: Record<string, string>): Promise<Told['data']> {
  const answer = await ask(line, { ...(body !== undefined && { body }), ...(headers && { headers }) })
  expect([answer.status, answer.error], JSON.stringify(answer.body)).toEqual([status, null])
  return answer.data
}

const methodFields = ['created_at', 'icon_url', 'id', 'is_active', 'is_default', 'metadata', 'name', 'org_id', 'readme']
const monthlyBase = `{"project_id": "<project>", "name": "Monthly base", "period": "monthly", "amount_cents": 5000,
  "currency": "USD", "criteria_type": "recurring", "criteria_params": {}, "proration_mode": "skip"}`

describe('methods', () => {
  test('GET V/payout-methods, with and without include_disabled', async () => {
    for (const line of ['GET V/payout-methods', 'GET V/payout-methods?include_disabled=1']) {
      const data = await must(200, line)
      expect(data.map((method: { name: string }) => method.name).sort()).toEqual(['Cash App', 'PayPal', 'Venmo'])
      for (const method of data) expect(Object.keys(method).sort()).toEqual(methodFields)
      ids.venmo = data.find((method: { name: string }) => method.name === 'Venmo').id
    }
  })

  test('POST V/payout-methods', async () => {
    const zelle = await must(201, 'POST V/payout-methods', '{"name": "Zelle"}')
    expect(zelle).toMatchObject({ name: 'Zelle', is_default: false, is_active: true, metadata: {}, readme: null })
    ids.zelle = zelle.id
  })

  test('PATCH V/payout-methods/<uuid> hides it from the list, not from an admin who asks', async () => {
    const zelle = await must(200, 'PATCH V/payout-methods/<zelle>', '{"is_active": false}')
    expect(zelle).toMatchObject({ id: ids.zelle, is_active: false })
    expect(await must(200, 'GET V/payout-methods')).toHaveLength(3)
    expect(await must(200, 'GET V/payout-methods?include_disabled=1')).toHaveLength(4)
  })
})

describe('structures', () => {
  test('POST V/payout-structures', async () => {
    const made = await must(201, 'POST V/payout-structures', monthlyBase)
    expect(made).toEqual({ structure_id: expect.any(String), version_id: expect.any(String) })
    ids.structure = made.structure_id
  })

  test('GET V/payout-structures?project_id=<uuid>', async () => {
    const listed = await must(200, 'GET V/payout-structures?project_id=<project>')
    expect(listed).toMatchObject([{ id: ids.structure, name: 'Monthly base', is_active: true, archived_at: null }])
    expect(listed[0].current_version).toMatchObject({ version_number: 1, amount_cents: 50_00, criteria_params: {} })
  })

  test('PATCH V/payout-structures/<uuid>, cosmetic', async () => {
    const body = '{"kind": "cosmetic", "name": "Monthly base v2", "metadata": {"owner": "growth-team"}}'
    const changed = await must(200, 'PATCH V/payout-structures/<structure>', body)
    expect(changed).toMatchObject({ id: ids.structure, name: 'Monthly base v2', metadata: { owner: 'growth-team' } })
    expect(changed.current_version.version_number).toBe(1)
  })

  test('PATCH V/payout-structures/<uuid>, rule: what the seed cut off is taken from the current version', async () => {
    const body = '{"kind": "rule", "period": "monthly"}'
    const version = await must(200, 'PATCH V/payout-structures/<structure>', body)
    expect(version).toEqual({ version_id: expect.any(String), version_number: 2 })
    const { current_version, versions } = await must(200, 'GET V/payout-structures/<structure>')
    expect(current_version).toMatchObject({ id: version.version_id, period: 'monthly', amount_cents: 50_00 })
    expect(versions.map((each: { version_number: number }) => each.version_number)).toEqual([2, 1])
    const cut = await ask('PATCH V/payout-structures/<structure>', { body: '{"kind": "rule", "period": "monthly", ...}' })
    expect([cut.status, cut.meta.code]).toEqual([400, 'invalid_body'])
  })

  test('POST, GET and DELETE V/payout-structures/<uuid>/assignments', async () => {
    const path = 'V/payout-structures/<structure>/assignments'
    expect(await must(200, `POST ${path}`, '{"creator_ids": ["<uuid1>", "<uuid2>"]}')).toMatchObject({
      ...{ assigned: 2, already_assigned: 0, not_in_project: 0 },
      results: [ids.uuid1, ids.uuid2].map(creator_id => ({ creator_id, status: 'assigned' })),
    })
    expect(await must(200, `DELETE ${path}`, '{"creator_ids": ["<uuid1>"]}')).toMatchObject({ unassigned: 1, not_assigned: 0 })
    const listed = await must(200, `GET ${path}`)
    expect(listed).toMatchObject([{ structure_id: ids.structure, creator_id: ids.uuid2, unassigned_at: null }])
  })

  test('a DELETE that needs a body says so when it has none', async () => {
    const answer = await ask('DELETE V/payout-structures/<structure>/assignments')
    expect([answer.status, answer.meta.code]).toEqual([400, 'invalid_body'])
  })
})

describe('accruals and payments', () => {
  const payment = `{"project_id": "<project>", "creator_id": "<uuid2>", "method_id": "<venmo>", "total_amount_cents": 15000,
    "currency": "USD", "auto_apply_outstanding": true, "note": "April batch payment"}`

  test('GET V/payout-accruals?project_id=<uuid>&status=earned', async () => {
    await w.travelTo('2026-05-01')
    await accrue(w.app, w.app.clock.now())
    const earned = await must(200, 'GET V/payout-accruals?project_id=<project>&status=earned')
    expect(earned.map((each: { period_end_at: string }) => each.period_end_at)).toEqual(
      ['05', '04', '03', '02'].map(month => `2026-${month}-01T00:00:00.000Z`),
    )
    for (const each of earned) expect(each).toMatchObject({ creator_id: ids.uuid2, amount_cents: 50_00, status: 'earned' })
    ids.accrual = earned[3].id
  })

  test('PATCH V/payout-accruals/<uuid>', async () => {
    expect(await must(200, 'PATCH V/payout-accruals/<accrual>', '{"status": "rejected"}')).toMatchObject({
      ...{ id: ids.accrual, status: 'rejected' },
      inputs_snapshot: expect.objectContaining({ criteria_type: 'recurring', base_amount_cents: 50_00, result_cents: 50_00 }),
    })
  })

  test('POST V/payout-payments, and the same again with the same key', async () => {
    const headers = { 'Idempotency-Key': randomUUID() }
    const paid = await must(201, 'POST V/payout-payments', payment, headers)
    expect(paid).toMatchObject({ status: 'paid', method_name: 'Venmo', total_amount_cents: 150_00, note: 'April batch payment' })
    expect(paid.payout_payment_lines).toHaveLength(3)
    expect(paid.payout_adjustments).toEqual([])
    expect((await must(201, 'POST V/payout-payments', payment, headers)).id).toBe(paid.id)
    ids.payment = paid.id
  })

  test('GET V/payout-payments?project_id=<uuid>&status=paid', async () => {
    const listed = await must(200, 'GET V/payout-payments?project_id=<project>&status=paid')
    expect(listed).toMatchObject([{ id: ids.payment, creator_id: ids.uuid2, origin: 'direct' }])
    expect(listed[0].payout_payment_lines).toHaveLength(3)
  })

  test('PATCH V/payout-payments/<uuid> gives the accruals back', async () => {
    const voided = await must(200, 'PATCH V/payout-payments/<payment>', '{"status": "voided"}')
    expect(voided).toMatchObject({ id: ids.payment, status: 'voided', voided_at: expect.any(String) })
    expect(await must(200, 'GET V/payout-accruals?project_id=<project>&status=earned')).toHaveLength(3)
  })
})

describe('deleting', () => {
  test('DELETE V/payout-structures/<uuid> archives; with mode=hard it refuses where there are accruals', async () => {
    expect(await must(200, 'DELETE V/payout-structures/<structure>')).toEqual({ id: ids.structure, archived: true })
    const refused = await ask('DELETE V/payout-structures/<structure>?mode=hard')
    expect([refused.status, refused.data, refused.meta.code]).toEqual([409, null, 'has_accruals'])
  })

  test('DELETE V/payout-structures/<uuid>?mode=hard deletes, with a body of nothing, of {} or with none', async () => {
    const bodies: More[] = [{}, { body: '' }, { body: '{}' }, { headers: { 'Content-Type': 'application/json' } }]
    for (const more of bodies) {
      ids.unused = (await must(201, 'POST V/payout-structures', monthlyBase)).structure_id
      const { status, data } = await ask('DELETE V/payout-structures/<unused>?mode=hard', more)
      expect([status, data]).toEqual([200, { id: ids.unused, deleted: true }])
      expect((await ask('GET V/payout-structures/<unused>')).status).toBe(404)
    }
  })

  test('DELETE V/payout-methods/<uuid> deletes a custom method and refuses a default one', async () => {
    expect(await must(200, 'DELETE V/payout-methods/<zelle>')).toEqual({ id: ids.zelle, deleted: true })
    const refused = await ask('DELETE V/payout-methods/<venmo>')
    expect([refused.status, refused.meta.code]).toEqual([409, 'default_method'])
  })
})

test('every endpoint refuses a missing and a wrong key, also over the wire [TG-01]', async () => {
  const v1 = endpoints.filter(({ endpoint }) => endpoint.path.startsWith('/api/v1'))
  for (const { name, endpoint } of v1) {
    const path = endpoint.path.replace(/\{\w+\}/g, ids.project as string)
    for (const key of [null, `tga_${'0'.repeat(64)}`]) {
      const { status, body } = await ask(`${endpoint.method} ${path}`, { key, by: fetched })
      expect([status, body.data, body.error.code, body.meta.code], name).toEqual([
        401,
        null,
        'invalid_api_key',
        'invalid_api_key',
      ])
    }
  }
})

describe('every answer of this file', () => {
  test('is the envelope: data, or an error with the same code twice [TG-02]', () => {
    expect(told.length).toBeGreaterThan(100)
    for (const { status, body } of told) {
      expect(Object.keys(body).sort()).toEqual(['data', 'error', 'meta'])
      const { data, error, meta } = body
      if (status < 300) expect([error, data === null]).toEqual([null, false])
      else {
        expect([data, meta.code]).toEqual([null, error.code])
        expect(Object.keys(error).sort()).toEqual(['code', 'message'])
      }
    }
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200, 201, 400, 401, 404, 409]))
  })

  test('has whole cents and instants that end in Z [TG-03]', () => {
    const named = (value: unknown, name = ''): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, each]) => named(each, key))
        : [[name, value]]
    const values = told.flatMap(({ data }) => named(data))
    const cents = values.filter(([name]) => name.endsWith('_cents'))
    const instants = values.filter(([name, value]) => name.endsWith('_at') && value !== null)
    expect(cents.filter(([, value]) => !Number.isSafeInteger(value))).toEqual([])
    expect(instants.filter(([, value]) => !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(value)))).toEqual([])
    expect([cents.length > 30, instants.length > 60]).toEqual([true, true])
  })
})

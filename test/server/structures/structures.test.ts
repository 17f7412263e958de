import { describe, expect } from 'vitest'
import { type Json, milestones, monthly, stories, UNKNOWN } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const goals = { ...monthly, criteria_type: 'goals' }

describe('create', () => {
  story('a recurring structure is made with its first version [TG-19]', async shop => {
    const { status, data } = await shop.create()
    expect(status).toBe(201)
    expect(Object.keys(data)).toEqual(['structure_id', 'version_id'])
    const found = await shop.detail({ id: data.structure_id })
    expect(found).toMatchObject({ id: data.structure_id, project_id: shop.brand_id, name: 'Monthly base', is_active: true })
    expect(found).toMatchObject({
      archived_at: null,
      metadata: {},
      readme: null,
      created_at: expect.stringMatching(/^2026-03-10T12:00:0\d\.\d{3}Z$/),
    })
    const version = { ...monthly, id: data.version_id, structure_id: data.structure_id, version_number: 1 }
    expect(found.current_version).toMatchObject({
      ...version,
      backfill_on_assignment: false,
      description: '50.00 USD each month',
    })
    expect(found.versions).toEqual([found.current_version])
  })

  story('each required field is required [TG-20]', async shop => {
    const body = { project_id: shop.brand_id, name: 'Base', ...monthly }
    for (const field of Object.keys(body)) {
      const { [field]: _, ...rest } = body as Record<string, unknown>
      const { status, meta } = await shop.v1('POST', '/payout-structures', rest)
      expect([field, status, meta.code, meta.errors[0].path]).toEqual([field, 400, 'invalid_body', field])
    }
    expect((await shop.listed()).data).toEqual([])
  })

  story('the currency is USD, and names have 1 to 100 characters [TG-21]', async shop => {
    for (const fields of [{ currency: 'EUR' }, { name: '' }, { name: ' ' }, { name: 'x'.repeat(101) }, { colour: 'red' }])
      await shop.refused(() => shop.create(fields), 400, 'invalid_body')
    expect((await shop.create({ name: ` ${'x'.repeat(100)} ` })).status).toBe(400)
    expect((await shop.create({ name: ` ${'x'.repeat(98)} ` })).status).toBe(201)
  })

  story('milestones have neither period nor amount, all else has both [TG-22]', async shop => {
    const wrong = [
      { ...milestones, period: 'monthly' },
      { ...milestones, amount_cents: 100 },
      { ...monthly, period: null },
      { ...monthly, amount_cents: null },
      { ...monthly, amount_cents: -1 },
      { ...monthly, backfill_on_assignment: true },
    ]
    for (const fields of wrong) await shop.refused(() => shop.create(fields), 400, 'invalid_body')
    expect((await shop.create(milestones)).status).toBe(201)
  })

  story('the params of goals fit together, and are stored with what was left out [TG-23]', async shop => {
    const wrong = [
      { mode: 'n_of_m' },
      { mode: 'all', n: 2 },
      { mode: 'any', partial_allowed: true },
      { mode: 'all', min_completion_pct: 101 },
      { mode: 'some' },
      {},
    ]
    for (const criteria_params of wrong) await shop.refused(() => shop.create({ ...goals, criteria_params }), 400, 'invalid_body')
    const at = await shop.structure({ ...goals, criteria_params: { mode: 'all' } })
    expect((await shop.detail(at)).current_version.criteria_params).toEqual({
      ...{ mode: 'all', partial_allowed: false, partial_multiplier: 1, min_completion_pct: 0 },
    })
  })

  story('a milestone is never prorated, whatever is sent [TG-24]', async shop => {
    const at = await shop.structure({ ...milestones, proration_mode: 'full', backfill_on_assignment: true })
    expect((await shop.detail(at)).current_version).toMatchObject({ proration_mode: 'skip', backfill_on_assignment: true })
  })

  story('each fault of a rule is named with its place', async shop => {
    const thresholds = [
      { views: 10, amount_cents: 1 },
      { views: 10, amount_cents: 0 },
    ]
    const { meta } = await shop.create({ ...milestones, period: 'daily', criteria_params: { thresholds } })
    expect(meta.errors.map((e: Json) => e.path)).toEqual([
      'period',
      'criteria_params.thresholds.1.amount_cents',
      'criteria_params.thresholds',
    ])
  })

  story('a project that is not there has no structures', async shop => {
    await shop.refused(() => shop.create({ project_id: UNKNOWN }), 404, 'not_found')
  })
})

describe('read', () => {
  story('the list filters by project and activity, and pages without loss [TG-25]', async shop => {
    const made: string[] = []
    for (let n = 0; n < 5; n++) made.unshift((await shop.structure({ name: `S${n}` })).id)
    await shop.erase({ id: made[1] as string })
    const ids = (rows: Json[]) => rows.map(row => row.id)
    expect(ids((await shop.listed()).data)).toEqual(made)
    expect(ids((await shop.listed('is_active=false')).data)).toEqual([made[1]])
    expect(ids((await shop.listed('is_active=true')).data)).toEqual(made.filter((_, n) => n !== 1))
    const first = await shop.listed('limit=2')
    const second = await shop.listed(`limit=2&cursor=${first.meta.next_cursor}`)
    const third = await shop.listed(`limit=2&cursor=${second.meta.next_cursor}`)
    expect([first, second, third].flatMap(page => ids(page.data))).toEqual(made)
    expect([first, second, third].map(page => page.data.length)).toEqual([2, 2, 1])
    expect(third.meta.next_cursor).toBeNull()
    for (const query of ['limit=101', 'limit=x', 'is_active=1', 'cursor=x', 'colour=red'])
      await shop.refused(() => shop.listed(query), 400, 'invalid_query')
    const everywhere = await shop.v1('GET', '/payout-structures?limit=100')
    expect(ids(everywhere.data)).toEqual(expect.arrayContaining(made))
    expect((await shop.v1('GET', `/payout-structures?project_id=${UNKNOWN}`)).data).toEqual([])
    expect((await shop.v1('GET', `/payout-structures?project_id=${await shop.another()}`)).data).toEqual([])
  })

  story('a structure shows its current version, all of them and how many creators are on it [TG-26]', async shop => {
    const at = await shop.structure()
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    await shop.assign(at, ada, bob)
    await shop.unassign(at, bob)
    await shop.must(shop.patch(at, { kind: 'rule', amount_cents: 60_00 }))
    const found = await shop.detail(at)
    expect(found).toMatchObject({ assignment_count: 1, current_version: { version_number: 2, amount_cents: 60_00 } })
    expect(found.versions.map((v: Json) => [v.version_number, v.amount_cents])).toEqual([
      [2, 60_00],
      [1, 50_00],
    ])
    expect((await shop.listed()).data[0].current_version).toEqual(found.current_version)
  })

  story('ids that are none are refused, and unknown ones are not found [TG-83]', async shop => {
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { kind: 'cosmetic', name: 'X' }],
      ['DELETE', ''],
      ['GET', '/assignments'],
      ['POST', '/assignments', { creator_ids: [UNKNOWN] }],
      ['DELETE', '/assignments', { creator_ids: [UNKNOWN] }],
    ] as const) {
      await shop.refused(() => shop.v1(method, `/payout-structures/abc${path}`, body), 400, 'invalid_params')
      await shop.refused(() => shop.v1(method, `/payout-structures/${UNKNOWN}${path}`, body), 404, 'not_found')
    }
    await shop.refused(() => shop.v1('GET', '/payout-accruals/abc'), 400, 'invalid_params')
    await shop.refused(() => shop.v1('GET', `/payout-accruals/${UNKNOWN}`), 404, 'not_found')
    for (const query of [
      'status=foo',
      'from=yesterday',
      'to=2026-02-30',
      'project_id=abc',
      'creator_id=abc',
      'cursor=abc',
      'limit=0',
    ])
      await shop.refused(() => shop.v1('GET', `/payout-accruals?${query}`), 400, 'invalid_query')
  })
})

describe('change', () => {
  story('a cosmetic patch changes what it is called, and makes no version [TG-27]', async shop => {
    const at = await shop.structure()
    const before = await shop.detail(at)
    const { status, data } = await shop.patch(at, {
      kind: 'cosmetic',
      name: 'Monthly base v2',
      metadata: { owner: 'growth-team' },
    })
    const { versions, ...row } = before
    expect(status).toBe(200)
    expect(data).toEqual({ ...row, name: 'Monthly base v2', metadata: { owner: 'growth-team' } })
    expect(await shop.detail(at)).toEqual({ ...data, versions })
    expect((await shop.patch(at, { kind: 'cosmetic', readme: '# Why' })).data).toMatchObject({ readme: '# Why', name: data.name })
    expect((await shop.patch(at, { kind: 'cosmetic', readme: null })).data.readme).toBeNull()
  })

  story('a patch is of one kind and says something', async shop => {
    const at = await shop.structure()
    const wrong = [
      {},
      { name: 'X' },
      { kind: 'cosmetic' },
      { kind: 'rule' },
      { kind: 'cosmetic', amount_cents: 1 },
      { kind: 'rule', name: 'X', amount_cents: 1 },
      { kind: 'other', name: 'X' },
    ]
    for (const body of wrong) await shop.refused(() => shop.patch(at, body), 400, 'invalid_body')
  })

  story('a rule patch makes the next version, and accruals keep theirs [TG-28]', async shop => {
    const { structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
    const { status, data } = await shop.patch(at, { kind: 'rule', period: 'monthly', amount_cents: 75_00 })
    expect(status).toBe(200)
    expect(data).toEqual({ version_id: expect.any(String), version_number: 2 })
    const { versions } = await shop.detail(at)
    expect(versions[0]).toEqual({
      ...versions[1],
      ...{ id: data.version_id, version_number: 2, amount_cents: 75_00, description: '75.00 USD each month' },
      created_at: expect.stringMatching(/^2026-05-01T00:00:0/),
    })
    expect(await shop.get(`/payout-accruals/${accrual.id}`)).toMatchObject({
      structure_version_id: at.version_id,
      inputs_snapshot: { version_number: 1 },
    })
  })

  story('a version is immutable: by request, and in the database [TG-29]', async shop => {
    const at = await shop.structure()
    const [first] = (await shop.detail(at)).versions
    await shop.must(shop.patch(at, { kind: 'rule', amount_cents: 60_00, proration_mode: 'full' }))
    expect((await shop.detail(at)).versions[1]).toEqual(first)
    await expect(
      shop.w.sql('update structure_versions set amount_cents = 1 where id = $1', [at.version_id]),
    ).rejects.toMatchObject({ code: '23001', message: expect.stringMatching(/immutable/) })
  })

  story('what is left out of a rule stays, params are replaced whole, and the whole is checked', async shop => {
    const criteria_params = { mode: 'all', partial_allowed: true, partial_multiplier: 1.2 }
    const at = await shop.structure({ ...goals, criteria_params })
    await shop.must(shop.patch(at, { kind: 'rule', criteria_params: { mode: 'any' } }))
    expect((await shop.detail(at)).current_version.criteria_params).toMatchObject({ mode: 'any', partial_multiplier: 1 })
    await shop.refused(() => shop.patch(at, { kind: 'rule', period: null }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(at, { kind: 'rule', criteria_type: 'cpm' }), 400, 'invalid_body')
    await shop.refused(() => shop.patch(at, { kind: 'rule', backfill_on_assignment: true }), 400, 'invalid_body')
    const { project_id: _, ...rule } = { ...milestones, project_id: 0 }
    expect((await shop.patch(at, { kind: 'rule', ...rule })).data.version_number).toBe(3)
  })

  story('versions made at the same time take turns', async shop => {
    const at = await shop.structure()
    const made = await Promise.all([1, 2, 3, 4].map(n => shop.patch(at, { kind: 'rule', amount_cents: n })))
    expect(made.map(answer => answer.data.version_number).sort()).toEqual([2, 3, 4, 5])
  })
})

describe('end', () => {
  story('an archived structure keeps its accruals and makes no more [TG-31]', async shop => {
    const { structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
    await shop.w.travelTo('2026-05-10')
    const { status, data } = await shop.erase(at)
    expect([status, data]).toEqual([200, { id: at.id, archived: true }])
    expect(await shop.detail(at)).toMatchObject({ is_active: false, archived_at: expect.stringMatching(/^2026-05-10T00:00:0/) })
    await shop.night('2026-07-01')
    expect((await shop.accruals()).map(row => row.id)).toEqual([accrual.id])
    const before = await shop.w.fingerprint()
    expect((await shop.erase(at)).data).toEqual(data)
    expect(await shop.w.fingerprint()).toBe(before)
  })

  story('an archived structure can be called otherwise, not pay otherwise', async shop => {
    const at = await shop.structure()
    await shop.must(shop.erase(at))
    expect((await shop.patch(at, { kind: 'cosmetic', name: 'Old base' })).data).toMatchObject({
      name: 'Old base',
      is_active: false,
    })
    await shop.refused(() => shop.patch(at, { kind: 'rule', amount_cents: 1 }), 409, 'structure_archived')
  })

  story('a structure without accruals is deleted with all of its own, one with accruals is not [TG-32]', async shop => {
    const { structure: used } = await shop.earned(50_00, { until: '2026-05-01' })
    await shop.refused(() => shop.erase(used, '?mode=hard'), 409, 'has_accruals')
    const at = await shop.structure({ amount_cents: 0 })
    const ada = await shop.partner()
    await shop.assign(at, ada)
    await shop.night('2026-07-01')
    await shop.must(shop.patch(at, { kind: 'rule', amount_cents: 2 }))
    const { status, data } = await shop.erase(at, '?mode=hard')
    expect([status, data]).toEqual([200, { id: at.id, deleted: true }])
    await shop.refused(() => shop.v1('GET', `/payout-structures/${at.id}`), 404, 'not_found')
    for (const table of ['structure_versions', 'assignments', 'unearned_periods', 'accrual_progress'])
      expect(await shop.w.sql(`select 1 from ${table} where structure_id = $1`, [at.id]), table).toEqual([])
    await shop.refused(() => shop.erase(used, '?mode=soft'), 400, 'invalid_query')
  })
})

describe('at the same time', () => {
  story('a structure is deleted, or it has accruals: never both', async shop => {
    const ada = await shop.partner()
    const video = { project_id: shop.brand_id, creator_id: ada.id, external_id: 'v', posted_at: '2026-03-09T00:00:00Z' }
    const { id } = await shop.must(shop.v1('POST', '/videos', video))
    for (let n = 0; n < 6; n++) {
      const at = await shop.structure(n % 2 ? milestones : { period: 'daily' })
      await shop.assign(at, ada)
      await shop.w.travelTo(`2026-04-0${n + 1}T12:00:00Z`)
      const seen = { captured_at: `2026-04-0${n + 1}T12:00:00Z`, view_count: 10_000 + n }
      await shop.must(shop.v1('POST', `/videos/${id}/snapshots`, seen))
      const [, { status }] = await Promise.all([shop.night(`2026-04-0${n + 2}`), shop.erase(at, '?mode=hard')])
      const found = await shop.accruals(`structure_id=${at.id}`)
      expect([status, found.length > 0]).toEqual(status === 200 ? [200, false] : [409, true])
    }
  })
})

describe('the plan', () => {
  const limited = stories({ today: '2026-03-10', plan: 'starter' })

  limited('allows so many active structures in a project, and archiving one frees a place [TG-33]', async shop => {
    const made = []
    for (let n = 0; n < 9; n++) made.push(await shop.structure({ name: `S${n}` }))
    const together = await Promise.all([1, 2, 3].map(() => shop.create({ name: 'S9' })))
    expect(together.map(answer => answer.status).sort()).toEqual([201, 402, 402])
    const { status, meta } = await shop.create({ name: 'S10' })
    expect([status, meta]).toMatchObject([
      402,
      { code: 'limit_reached', limit_key: 'max_payout_structures_per_project', current: 10, max: 10 },
    ])
    expect((await shop.create({ project_id: await shop.another() })).status).toBe(201)
    await shop.must(shop.erase(made[0] as { id: string }))
    expect((await shop.create()).status).toBe(201)
  })
})

import { describe, expect } from 'vitest'
import { accrueAgain } from '../../../src/core/accrue.ts'
import { type Json, milestones, type StructureShop, stories } from './support.ts'

const story = stories({ today: '2026-03-31T12:00:00Z' })
const ids = (rows: Json[]) => rows.map(row => row.id)

/** Follows the cursors to the end; every page has at most so many. */
async function pages(shop: StructureShop, query: string, limit: number): Promise<Json[][]> {
  const found: Json[][] = []
  for (let cursor = ''; ; ) {
    const { data, meta } = await shop.v1('GET', `/payout-accruals?${query}&limit=${limit}${cursor}`)
    found.push(data)
    if (meta.next_cursor === null) return found
    expect(meta.next_cursor).toBe(`${data.at(-1).period_end_at}_${data.at(-1).id}`)
    cursor = `&cursor=${meta.next_cursor}`
  }
}

/** A video of a partner that was seen with so many views. */
async function seen(shop: StructureShop, partner: { id: string }, captured_at: string, view_count: number) {
  const video = {
    project_id: shop.brand_id,
    creator_id: partner.id,
    posted_at: '2026-03-20T00:00:00Z',
    external_id: `v-${partner.id}-${captured_at}`,
  }
  const { id } = await shop.must(shop.v1('POST', '/videos', video))
  await shop.must(shop.v1('POST', `/videos/${id}/snapshots`, { captured_at, view_count }))
  return id
}

describe('list', () => {
  story('an accrual says whose it is, what for, how much and by which version', async shop => {
    const { partner: ada, structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-02' })
    const [assignment] = await shop.assigned(at)
    expect(accrual).toEqual({
      ...{ id: expect.any(String), org_id: shop.w.org_id, project_id: shop.brand_id, creator_id: ada.id, structure_id: at.id },
      ...{ structure_version_id: at.version_id, assignment_id: assignment.id, currency: 'USD', amount_cents: 50_00 },
      ...{ period_start_at: '2026-04-01T00:00:00.000Z', period_end_at: '2026-05-01T00:00:00.000Z', status: 'earned' },
      ...{ because: '50.00 USD', video_id: null, threshold_views: null, payout_id: null, payment_id: null },
      ...{ created_at: accrual.updated_at, updated_at: expect.stringMatching(/^2026-05-02T00:00:0/) },
    })
  })

  story('each filter finds its own, alone and together [TG-52]', async shop => {
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    const [base, extra] = [await shop.structure(), await shop.structure({ amount_cents: 7_00 })]
    await shop.assign(base, ada, bob)
    await shop.assign(extra, ada)
    await shop.night('2026-06-01')
    const all = await shop.accruals()
    expect(all).toHaveLength(6)
    const where = (test: (row: Json) => boolean) => ids(all.filter(test))
    await shop.must(shop.set(all[0], 'rejected'))
    await shop.must(shop.set(all[4], 'voided'))
    const has: [query: string, expected: string[]][] = [
      [`creator_id=${bob.id}`, where(row => row.creator_id === bob.id)],
      [`structure_id=${extra.id}`, where(row => row.structure_id === extra.id)],
      ['status=rejected', [all[0].id]],
      ['status=voided', [all[4].id]],
      ['status=earned', where(row => row !== all[0] && row !== all[4])],
      ['status=paid', []],
      ['from=2026-05-01', where(row => row.period_start_at >= '2026-05-01')],
      ['from=2026-05-02', []],
      ['to=2026-04-30', where(row => row.period_end_at <= '2026-05-01T00:00:00.000Z')],
      ['to=2026-04-29', []],
      ['from=2026-04-01&to=2026-04-30', where(row => row.period_end_at <= '2026-05-01T00:00:00.000Z')],
      [`creator_id=${ada.id}&structure_id=${base.id}`, where(row => row.creator_id === ada.id && row.structure_id === base.id)],
      [
        `structure_id=${base.id}&status=earned&from=2026-05-01`,
        where(row => row.structure_id === base.id && row.period_start_at >= '2026-05-01' && row !== all[0]),
      ],
      [`creator_id=${ada.id}&status=rejected`, all[0].creator_id === ada.id ? [all[0].id] : []],
      [`structure_id=${all[4].structure_id}&status=voided`, [all[4].id]],
    ]
    expect(where(row => row.period_end_at <= '2026-05-01T00:00:00.000Z')).toHaveLength(3)
    for (const [query, expected] of has) expect([query, ids(await shop.accruals(query))]).toEqual([query, expected])
    await shop.paid(bob)
    expect(ids(await shop.accruals('status=paid'))).toEqual(
      where(row => row.creator_id === bob.id && row !== all[0] && row !== all[4]),
    )
  })

  story('without a project all within reach are listed, the latest period first', async shop => {
    const other = await shop.another()
    const ada = await shop.partner()
    const theirs = (await shop.w.api.partners.create({ params: { brand_id: other }, body: { name: 'Bob' } })).data
    const [mine, yours] = [await shop.structure(), await shop.structure({ project_id: other, amount_cents: 7_00 })]
    await shop.assign(mine, ada)
    await shop.assign(yours, theirs)
    await shop.night('2026-06-01')
    const { data } = await shop.v1('GET', '/payout-accruals')
    const here = data.filter((row: Json) => [mine.id, yours.id].includes(row.structure_id))
    expect(here.map((row: Json) => row.period_end_at.slice(0, 10))).toEqual([
      '2026-06-01',
      '2026-06-01',
      '2026-05-01',
      '2026-05-01',
    ])
    expect(await shop.accruals()).toHaveLength(2)
    expect(await shop.accruals(`structure_id=${yours.id}`)).toEqual([])
    expect(await shop.accruals(`creator_id=${theirs.id}`)).toEqual([])
    expect((await shop.v1('GET', `/payout-accruals?structure_id=${yours.id}`)).data).toHaveLength(2)
    expect((await shop.v1('GET', `/payout-accruals?creator_id=${theirs.id}&status=earned`)).data).toHaveLength(2)
  })

  story(
    '120 accruals of one month are three pages of 50, 50 and 20, all different [TG-53]',
    async shop => {
      const at = await shop.structure()
      const partners = []
      for (let n = 0; n < 120; n++) partners.push(await shop.partner(`P${n}`))
      await shop.assign(at, ...partners)
      await shop.night('2026-05-01')
      for (const query of [`project_id=${shop.brand_id}`, `structure_id=${at.id}`, `project_id=${shop.brand_id}&status=earned`]) {
        const found = await pages(shop, query, 50)
        expect([query, found.map(page => page.length)]).toEqual([query, [50, 50, 20]])
        expect(new Set(found.flat().map(row => row.id)).size).toBe(120)
      }
    },
    60_000,
  )

  story('a cursor may be a bare instant: what ended before it', async shop => {
    const { accrual } = await shop.earned(50_00, { until: '2026-06-01' })
    expect(accrual.period_end_at).toBe('2026-06-01T00:00:00.000Z')
    const before = await shop.accruals('cursor=2026-06-01T00:00:00Z')
    expect(before.map(row => row.period_end_at)).toEqual(['2026-05-01T00:00:00.000Z'])
    await shop.refused(() => shop.v1('GET', '/payout-accruals?cursor=2026-06-01T00:00:00Z_abc'), 400, 'invalid_query')
  })

  story('a milestone belongs to the day of its crossing', async shop => {
    const [at, ada] = [await shop.structure(milestones), await shop.partner()]
    await shop.assign(at, ada)
    await shop.w.travelTo('2026-04-10T12:00:00Z')
    const midnight = await seen(shop, ada, '2026-04-10T00:00:00Z', 10_000)
    const late = await seen(shop, ada, '2026-04-09T23:59:59.999Z', 10_000)
    await shop.night('2026-04-11')
    const videos = async (query: string) => (await shop.accruals(query)).map(row => row.video_id)
    expect(await videos('')).toEqual([midnight, late])
    expect(await videos('to=2026-04-09')).toEqual([late])
    expect(await videos('from=2026-04-10')).toEqual([midnight])
    expect(await videos('from=2026-04-10&to=2026-04-10')).toEqual([midnight])
    expect((await shop.accruals())[0]).toMatchObject({
      ...{ period_start_at: '2026-04-10T00:00:00.000Z', period_end_at: '2026-04-10T00:00:00.000Z', threshold_views: 10_000 },
    })
  })

  story('an accrual is made by the night alone [TG-38]', async shop => {
    const { status, error } = await shop.v1('POST', '/payout-accruals', { amount_cents: 1 })
    expect([status, error.code]).toEqual([405, 'method_not_allowed'])
  })
})

describe('in a zone of its own', () => {
  const away = stories({ today: '2026-03-31T12:00:00Z', time_zone: 'America/New_York' })

  away('days of a filter are days of the organization', async shop => {
    const { accrual } = await shop.earned(50_00, { until: '2026-05-02T00:00:00Z' })
    expect(accrual).toMatchObject({ period_start_at: '2026-04-01T04:00:00.000Z', period_end_at: '2026-05-01T04:00:00.000Z' })
    expect(await shop.accruals('from=2026-04-01&to=2026-04-30')).toHaveLength(1)
    expect(await shop.accruals('from=2026-04-02')).toEqual([])
    expect(await shop.accruals('to=2026-04-29')).toEqual([])
  })
})

describe('one', () => {
  story('its inputs are enough to compute the amount again [TG-54]', async shop => {
    const at = await shop.structure({ proration_mode: 'prorate' })
    const ada = await shop.partner()
    await shop.w.travelTo('2026-04-11T10:00:00Z')
    await shop.assign(at, ada)
    await shop.night('2026-05-01')
    const [row] = await shop.accruals()
    const found = await shop.get(`/payout-accruals/${row.id}`)
    const { inputs_snapshot, ...rest } = found
    expect(rest).toEqual(row)
    expect(inputs_snapshot).toMatchObject({
      ...{ criteria_type: 'recurring', version_number: 1, period: 'monthly', tz: 'UTC', base_amount_cents: 50_00 },
      ...{ period_start: '2026-04-01T00:00:00.000Z', period_end: '2026-05-01T00:00:00.000Z', unassigned_at: null },
      proration: { mode: 'prorate', active_days: 20, total_days: 30, factor: 0.666666 },
      ...{ result_cents: 33_33, assigned_at: expect.stringMatching(/^2026-04-11T10/) },
    })
    expect(Math.round((50_00 * 20) / 30)).toBe(row.amount_cents)
    const { current_version } = await shop.detail(at)
    expect(accrueAgain(current_version, inputs_snapshot)).toEqual({ cents: 33_33, because: row.because })
  })
})

describe('change', () => {
  const month = { until: '2026-05-01' }

  for (const status of ['rejected', 'voided'] as const)
    story(`an earned accrual that is ${status} leaves the balance and is not made again [TG-55]`, async shop => {
      const { partner: ada, accrual } = await shop.earned(50_00, month)
      await shop.earned(7_00, { ...month, name: 'Bob' })
      await shop.w.travelTo('2026-05-03')
      const { status: answered, data } = await shop.set(accrual, status)
      expect(answered).toBe(200)
      const { inputs_snapshot, ...row } = data
      expect(row).toEqual({ ...accrual, status, updated_at: expect.stringMatching(/^2026-05-03/) })
      expect(inputs_snapshot.result_cents).toBe(50_00)
      expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 0, owed_cents: 0 })
      await shop.night('2026-05-04')
      expect((await shop.accruals(`creator_id=${ada.id}`)).map(each => [each.id, each.status])).toEqual([[accrual.id, status]])
      const told = await shop.w.sql('select verb, before, after from events where object_id = $1', [accrual.id])
      expect(told).toEqual([{ verb: `accrual.${status}`, before: { status: 'earned' }, after: { status } }])
      const before = await shop.w.fingerprint()
      expect((await shop.set(accrual, status)).data).toEqual(data)
      expect(await shop.w.fingerprint()).toBe(before)
      const other = status === 'voided' ? 'rejected' : 'voided'
      for (const to of [other, 'earned']) await shop.refused(() => shop.set(accrual, to), 409, 'invalid_transition')
      await shop.refused(() => shop.set(accrual, 'paid'), 400, 'cannot_set_paid_directly')
    })

  story('a paid accrual is taken back only after its payment is voided [TG-56]', async shop => {
    const { partner: ada, accrual } = await shop.earned(50_00, month)
    const payout = await shop.paid(ada)
    expect(await shop.get(`/payout-accruals/${accrual.id}`)).toMatchObject({
      ...{ status: 'paid', payout_id: payout.id, payment_id: payout.payment_id },
    })
    for (const to of ['rejected', 'voided'])
      await shop.refused(() => shop.set(accrual, to), 409, 'cannot_set_status_on_paid_accrual')
    await shop.refused(() => shop.set(accrual, 'earned'), 409, 'invalid_transition')
    await shop.refused(() => shop.set(accrual, 'paid'), 400, 'cannot_set_paid_directly')
  })

  story('no accrual is set to paid directly [TG-57]', async shop => {
    const { accrual } = await shop.earned(50_00, month)
    await shop.refused(() => shop.set(accrual, 'paid'), 400, 'cannot_set_paid_directly')
    await shop.refused(() => shop.set(accrual, 'lost'), 400, 'invalid_body')
    expect((await shop.set(accrual, 'earned')).data.status).toBe('earned')
  })

  story('an accrual in a draft leaves it first, and the draft pays the rest', async shop => {
    const [ada, base, extra] = [await shop.partner(), await shop.structure(), await shop.structure({ amount_cents: 7_00 })]
    await shop.assign(base, ada)
    await shop.assign(extra, ada)
    await shop.night('2026-05-01')
    const payout = await shop.draft(ada)
    expect(payout).toMatchObject({ amount_cents: 57_00, accrual_count: 2 })
    const [accrual] = await shop.accruals(`structure_id=${base.id}`)
    expect(accrual).toMatchObject({ status: 'earned', payout_id: payout.id })
    expect((await shop.set(accrual, 'rejected')).data).toMatchObject({ status: 'rejected', payout_id: null })
    expect(await shop.one(payout.id)).toMatchObject({ amount_cents: 7_00, accrual_count: 1, lines: [{ amount_cents: 7_00 }] })
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 7_00, in_payouts_cents: 7_00, owed_cents: 0 })
    await shop.approve(payout)
    const [rest] = await shop.accruals(`structure_id=${extra.id}`)
    await shop.refused(() => shop.set(rest, 'voided'), 409, 'invalid_transition')
    await shop.pay(payout)
    expect(ids(await shop.accruals('status=paid'))).toEqual([rest.id])
    expect(ids(await shop.accruals('status=rejected'))).toEqual([accrual.id])
  })

  story('a draft that would fall below zero keeps its accrual; once cancelled it lets go', async shop => {
    const { partner: ada, accrual } = await shop.earned(50_00, month)
    const payout = await shop.draft(ada)
    const adjustments = [{ amount_cents: -1_00, reason: 'advance' }]
    await shop.must(shop.send('PATCH', `/payouts/${payout.id}`, { adjustments }))
    await shop.refused(() => shop.set(accrual, 'voided'), 409, 'invalid_transition')
    await shop.cancel(payout)
    expect((await shop.set(accrual, 'voided')).data).toMatchObject({ status: 'voided', payout_id: null })
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 0 })
  })

  story('one taken back twice at once is taken back once, and a draft made meanwhile never pays it', async shop => {
    const { partner: ada, accrual } = await shop.earned(50_00, month)
    const answers = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(n =>
        n % 3 === 2 ? shop.run({ partner_id: ada.id }) : shop.set(accrual, n % 3 ? 'voided' : 'rejected'),
      ),
    )
    const statuses = answers.map(answer => answer.status)
    expect(
      statuses.every(status => [200, 201, 409].includes(status)),
      JSON.stringify(answers.map(a => a.text)),
    ).toBe(true)
    expect(await shop.w.sql(`select 1 from earnings where reverses_id = $1`, [accrual.id])).toHaveLength(1)
    expect(await shop.balance(ada)).toMatchObject({ unpaid_cents: 0, in_payouts_cents: 0 })
  })

  story(
    'rejections, payments, drafts and their ends at once: each accrual has one fate',
    async shop => {
      const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
      const daily = await shop.structure({ period: 'daily', amount_cents: 1_00 })
      await shop.assign(daily, ada, bob)
      await shop.night('2026-04-13')
      const made = await shop.accruals()
      expect(made).toHaveLength(26)
      const pay = (accrual: Json, n: number) => {
        const body = { project_id: shop.brand_id, accrual_ids: [accrual.id], total_amount_cents: 1_00 }
        return shop.v1('POST', '/payout-payments', body, { headers: { 'idempotency-key': `${accrual.id}-${n}` } })
      }
      const draftAndCancel = async (who: { id: string }) => {
        const answer = await shop.run({ partner_id: who.id })
        for (const payout of answer.data?.payouts ?? []) await shop.cancel(payout)
        return answer
      }
      const acts = made.flatMap((accrual, n) => [
        () => shop.set(accrual, n % 2 ? 'rejected' : 'voided'),
        () => (n % 4 === 0 ? draftAndCancel(n % 8 ? ada : bob) : pay(accrual, 1)),
        () => (n % 3 === 0 ? shop.set(accrual, 'voided') : pay(accrual, 2)),
      ])
      const answers = await Promise.all(acts.map(act => act()))
      const odd = answers.filter(answer => ![200, 201, 409].includes(answer.status)).map(answer => answer.text)
      expect(odd).toEqual([])
      const after = await shop.accruals()
      const paid = after.filter(row => row.status === 'paid')
      const [{ sum }] = await shop.w.sql(`select sum(total_amount_cents)::bigint as sum from payments where program_id = $1`, [
        shop.brand_id,
      ])
      expect([after.length, after.filter(row => row.status === 'earned')]).toEqual([26, []])
      expect(sum ?? 0).toBe(paid.length * 1_00)
    },
    60_000,
  )
})

import { describe, expect } from 'vitest'
import { type Json, milestones, stories, UNKNOWN } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const who = (rows: Json[]) => rows.map(row => row.creator_id)

describe('assign', () => {
  story('each creator is answered on its own: new, already assigned, foreign [TG-34]', async shop => {
    const at = await shop.structure()
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    await shop.assign(at, bob)
    const foreign = await shop.w.partner('Of another project')
    const { status, data } = await shop.assigning(at, ada, bob, foreign)
    expect([status, data]).toEqual([
      200,
      {
        ...{ assigned: 1, already_assigned: 1, not_in_project: 1 },
        results: [
          { creator_id: ada.id, status: 'assigned' },
          { creator_id: bob.id, status: 'already_assigned' },
          { creator_id: foreign.id, status: 'not_in_project' },
        ],
      },
    ])
    expect(who(await shop.assigned(at))).toEqual([ada.id, bob.id])
  })

  story('an id named twice counts once, an unknown or removed one is not in the project', async shop => {
    const at = await shop.structure()
    const [ada, gone] = [await shop.partner(), await shop.partner('Gone')]
    await shop.must(shop.v1('DELETE', `/creators/${gone.id}`))
    const counts = await shop.assign(at, ada, ada, gone, { id: UNKNOWN }, { id: ada.id.toUpperCase() })
    expect(counts).toMatchObject({ assigned: 1, already_assigned: 0, not_in_project: 2, results: { length: 3 } })
  })

  story('an archived structure takes nobody [TG-35]', async shop => {
    const [at, ada] = [await shop.structure(), await shop.partner()]
    await shop.must(shop.erase(at))
    await shop.refused(() => shop.assigning(at, ada), 409, 'structure_archived')
  })

  story('one to 500 creators are named', async shop => {
    const at = await shop.structure()
    await shop.refused(() => shop.assigning(at), 400, 'invalid_body')
    await shop.refused(() => shop.assigning(at, ...Array(501).fill({ id: UNKNOWN })), 400, 'invalid_body')
    expect(await shop.assign(at, ...Array(500).fill({ id: UNKNOWN }))).toMatchObject({ not_in_project: 1 })
  })

  story('two requests at once assign a creator once, and one in several structures earns in each', async shop => {
    const [at, other, ada] = [await shop.structure(), await shop.structure({ amount_cents: 7_00 }), await shop.partner()]
    const answers = await Promise.all([1, 2, 3, 4].map(() => shop.assign(at, ada)))
    expect(answers.map(a => a.assigned).sort()).toEqual([0, 0, 0, 1])
    await shop.assign(other, ada)
    await shop.night('2026-05-01')
    expect((await shop.accruals()).map(row => row.amount_cents).sort()).toEqual([50_00, 7_00])
  })

  story('an assignment and a removal at once leave nobody assigned who is not there', async shop => {
    for (let n = 0; n < 5; n++) {
      const [at, ada] = [await shop.structure(), await shop.partner(`Ada ${n}`)]
      await Promise.all([shop.assigning(at, ada), shop.v1('DELETE', `/creators/${ada.id}`)])
      expect(await shop.assigned(at)).toEqual([])
    }
  })

  story('with backfill the answer comes after what was crossed is earned', async shop => {
    const [at, ada] = [await shop.structure({ ...milestones, backfill_on_assignment: true }), await shop.partner()]
    const video = await shop.must(
      shop.v1('POST', '/videos', {
        project_id: shop.brand_id,
        creator_id: ada.id,
        external_id: 'v1',
        posted_at: '2026-03-09T00:00:00Z',
      }),
    )
    const seen = { captured_at: '2026-03-10T11:00:00Z', view_count: 12_000 }
    await shop.must(shop.v1('POST', `/videos/${video.id}/snapshots`, seen))
    await shop.assign(at, ada)
    expect(await shop.accruals()).toMatchObject([{ amount_cents: 5_00, video_id: video.id, threshold_views: 10_000 }])
  })
})

describe('list', () => {
  story('those assigned now are listed, and with include_inactive those who were [TG-36]', async shop => {
    const at = await shop.structure()
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    await shop.assign(at, bob)
    await shop.assign(at, ada)
    await shop.unassign(at, bob)
    const [row, ...rest] = await shop.assigned(at)
    expect(rest).toEqual([])
    expect(row).toEqual({
      ...{ id: expect.any(String), structure_id: at.id, creator_id: ada.id, unassigned_at: null },
      creator: { id: ada.id, display_name: 'Ada', handle: null },
      assigned_at: expect.stringMatching(/^2026-03-10T12:00:0\d\.\d{3}Z$/),
      assigned_by: expect.stringMatching(/^key:tga_…/),
    })
    for (const value of ['1', 'true']) {
      const all = await shop.assigned(at, `?include_inactive=${value}`)
      expect(who(all)).toEqual([ada.id, bob.id])
      expect(all[1].unassigned_at).toMatch(/^2026-03-10T12/)
    }
    await shop.refused(() => shop.v1('GET', `/payout-structures/${at.id}/assignments?include_inactive=0`), 400, 'invalid_query')
  })

  story('pages lose nobody', async shop => {
    const at = await shop.structure()
    const partners: { id: string }[] = []
    for (let n = 0; n < 5; n++) partners.push(await shop.partner(`P${n}`))
    await shop.assign(at, ...partners)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const { data, meta } = await shop.v1('GET', `/payout-structures/${at.id}/assignments?limit=2${cursor}`)
      seen.push(...who(data))
      if (meta.next_cursor === null) break
      cursor = `&cursor=${meta.next_cursor}`
    }
    expect(seen.sort()).toEqual(partners.map(p => p.id).sort())
  })
})

describe('unassign', () => {
  story('who is taken off is listed no more, and what it earned stays payable [TG-37]', async shop => {
    const { partner: ada, structure: at, accrual } = await shop.earned(50_00, { until: '2026-05-01' })
    const bob = await shop.partner('Bob')
    expect(await shop.unassign(at, ada, bob, ada)).toEqual({
      ...{ unassigned: 1, not_assigned: 1 },
      results: [
        { creator_id: ada.id, status: 'unassigned' },
        { creator_id: bob.id, status: 'not_assigned' },
      ],
    })
    expect(await shop.assigned(at)).toEqual([])
    await shop.night('2026-07-01')
    expect(await shop.accruals()).toMatchObject([{ id: accrual.id, status: 'earned' }])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 50_00 })
    await shop.paid(ada)
    expect(await shop.accruals()).toMatchObject([{ id: accrual.id, status: 'paid' }])
  })

  story('who comes back has a second assignment, and a period that both cover in part is paid once', async shop => {
    const [at, ada] = [await shop.structure({ proration_mode: 'full' }), await shop.partner()]
    await shop.assign(at, ada)
    await shop.unassign(at, ada)
    await shop.assign(at, ada)
    expect(await shop.assigned(at, '?include_inactive=1')).toHaveLength(2)
    expect(await shop.night('2026-04-01')).toMatchObject({ created: 1 })
    expect((await shop.accruals()).map(row => row.amount_cents)).toEqual([50_00])
  })

  story('the database lets no two assignments overlap, nor one end twice', async shop => {
    const [at, ada] = [await shop.structure(), await shop.partner()]
    await shop.assign(at, ada)
    await shop.unassign(at, ada)
    const [{ id }] = await shop.assigned(at, '?include_inactive=1')
    const again = `insert into assignments select org_id, gen_random_uuid(), structure_id, partner_id,
      assigned_at - interval '1 hour', assigned_by from assignments where id = $1`
    await expect(shop.w.sql(again, [id])).rejects.toMatchObject({ code: '23P01' })
    await expect(shop.w.sql('update assignments set unassigned_at = null where id = $1', [id])).rejects.toThrow(/ends, once/)
  })
})

describe('leave', () => {
  story('a creator that is removed is on no structure from then on, and what it earned stays', async shop => {
    const { partner: ada, structure: at } = await shop.earned(50_00, { until: '2026-05-01' })
    const other = await shop.structure({ period: 'daily', amount_cents: 1_00 })
    await shop.assign(other, ada)
    const { status, data } = await shop.v1('DELETE', `/creators/${ada.id}`)
    expect([status, data]).toEqual([200, { id: ada.id, deleted: true }])
    expect([await shop.assigned(at), await shop.assigned(other)]).toEqual([[], []])
    const [past] = await shop.assigned(at, '?include_inactive=1')
    expect(past.unassigned_at).toMatch(/^2026-05-01T00:00/)
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 50_00 })
    await shop.refused(() => shop.v1('DELETE', `/creators/${ada.id}`), 404, 'not_found')
    await shop.refused(() => shop.v1('DELETE', `/creators/${UNKNOWN}`), 404, 'not_found')
  })

  story('several are removed at once, each answered on its own', async shop => {
    const at = await shop.structure()
    const [ada, bob] = [await shop.partner(), await shop.partner('Bob')]
    const foreign = await shop.w.partner('Of another project')
    await shop.assign(at, ada, bob)
    const remove = (...ids: string[]) => shop.v1('DELETE', `/projects/${shop.brand_id}/creators`, { creator_ids: ids })
    expect((await remove(ada.id, foreign.id, ada.id)).data).toEqual({
      ...{ removed: 1, not_in_project: 1 },
      results: [
        { creator_id: ada.id, status: 'removed' },
        { creator_id: foreign.id, status: 'not_in_project' },
      ],
    })
    expect(who(await shop.assigned(at))).toEqual([bob.id])
    const told = await shop.w.sql(`select after from events where verb = 'partner.removed' and object_id = $1`, [ada.id])
    expect(told).toMatchObject([{ after: { structure_ids: [at.id] } }])
    expect((await remove(ada.id)).data).toMatchObject({ removed: 0, not_in_project: 1 })
  })
})

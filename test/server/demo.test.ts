import { expect, test } from 'vitest'
import { runChecks } from '../../src/server/checks/check.ts'
import { loadDemo } from '../../src/server/demo.ts'
import { openLink } from '../support/people.ts'
import { place } from '../support/world.ts'

test('the demo has resellers, real sales and payouts in every state; loading it again changes nothing but the link', async () => {
  const at = await place()
  const began = performance.now()
  const demo = await loadDemo(at.app)
  console.log(`the demo took ${Math.round(performance.now() - began)} ms`)
  expect(performance.now() - began).toBeLessThan(30_000)
  const states = await at.sql('select status, count(*)::int as count from payouts group by 1 order by 1')
  expect(states).toEqual([
    { status: 'approved', count: 5 },
    { status: 'cancelled', count: 3 },
    { status: 'draft', count: 10 },
    { status: 'paid', count: 10 },
  ])
  const [counted] =
    await at.sql(`select (select count(*)::int from partners) as partners, (select count(*)::int from conversions) as conversions,
    (select count(*)::int from reversals) as reversals, (select count(*)::int from imports where status = 'done') as imports`)
  expect(counted).toMatchObject({ conversions: 7_609 + 2, reversals: 10, imports: 2 })
  const [channels] = await at.sql(`select (select count(*)::int from assignments) as assignments,
    (select count(*)::int from earnings where kind = 'accrual') as accruals, (select count(*)::int from payments where origin = 'direct') as paid,
    (select count(*)::int from partners where platform = 'youtube') as partners`)
  expect(channels).toMatchObject({ assignments: 80, paid: 8 })
  expect(channels.accruals).toBeGreaterThan(150)
  expect(channels.partners).toBe(counted.partners - 303)
  expect((await runChecks(at.app)).checks.filter(check => check.violations > 0)).toEqual([])

  const signedIn = await openLink(at, demo.sign_in_url)
  const cookie = [signedIn.headers['set-cookie'] ?? []]
    .flat()
    .map(c => c.split(';')[0])
    .join('; ')
  const path = `/api/brands/${demo.brand_id}/payouts/balances?limit=100`
  const { data, meta } = await at.request('GET', path, undefined, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  expect(meta.totals).toMatchObject([
    { currency: 'GBP', draft_count: 10, pending_cents: 25_00 * 2, paid_this_month_cents: expect.any(Number) },
  ])
  expect(meta.totals[0].paid_this_month_cents).toBeGreaterThan(0)
  expect(data[0].partner_name).toMatch(/^Reseller \d{5}$/)
  const below = `/api/brands/${demo.brand_id}/payouts/balances?q=15823`
  expect(
    (await at.request('GET', below, undefined, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).data,
  ).toMatchObject([{ partner_name: 'Reseller 15823', owed_cents: 1_50, below_threshold: true }])

  const links = ['person_verifications']
  const before = await at.fingerprint({ without: links })
  const again = await loadDemo(at.app)
  expect(await at.fingerprint({ without: links })).toBe(before)
  expect(again).toMatchObject({ org_id: demo.org_id, brand_id: demo.brand_id })
  expect(again.sign_in_url).not.toBe(demo.sign_in_url)
  await at.close()
}, 60_000)

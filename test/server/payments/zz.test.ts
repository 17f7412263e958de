import { expect, test } from 'vitest'
import { accrual } from '../../support/accruals.ts'
import { world } from '../../support/world.ts'
test('perf', { timeout: 500_000 }, async () => {
  const shop = await world({ today: '2026-05-01T12:00:00Z', kind: 'postgres' })
  const ada = await shop.partner()
  const first = await accrual(shop, ada, 1)
  const t0 = performance.now()
  await shop.sql(`alter table earnings disable trigger user`)
  await shop.sql(`insert into earnings (org_id,id,program_id,partner_id,currency,tab_id,kind,amount_cents,item_count,earned_on,recorded_at,source_key,structure_version_id,period_start_at,period_end_at,because,inputs)
    select org_id, ('019e0000-0000-7000-8000-' || lpad(to_hex(n),12,'0'))::uuid, program_id,partner_id,currency,tab_id,kind,1,1,earned_on,recorded_at,'period:x:'||n,structure_version_id,period_start_at,period_end_at,because,inputs from earnings, generate_series(1,999999) n where id = $1`, [first])
  await shop.sql(`alter table earnings enable trigger user`)
  await shop.sql(`update tabs set amount_cents = 1000000, item_count = 1000000 where partner_id = $1`, [ada.id])
  await shop.sql('analyze')
  console.log('made', Math.round(performance.now() - t0))
  const timed = async (name: string, act: () => Promise<any>) => {
    const t = performance.now(); const a = await act(); console.log(name, Math.round((performance.now() - t) * 10) / 10, a.status, a.text?.length); return a
  }
  const V = '/api/v1/payout-payments'
  const key = (k: string) => ({ headers: { 'idempotency-key': k } })
  const body = { project_id: shop.brand_id, creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 5, adjustment_reason: 'x' }
  await timed('400', () => shop.request('POST', V, { ...body, adjustment_reason: '' }, key('a')))
  await timed('ad hoc', () => shop.request('POST', V, { project_id: shop.brand_id, total_amount_cents: 5 }, key('q')))
  const p = await timed('settle all', () => shop.request('POST', V, { ...body, total_amount_cents: 1000000 }, key('b')))
  await timed('one', () => shop.request('GET', `${V}/${p.data.id}?limit=100`))
  await timed('one deep', () => shop.request('GET', `${V}/${p.data.id}?limit=100&cursor=019e0000-0000-7000-8000-0000000c3500`))
  await timed('list', () => shop.request('GET', V))
  await timed('void', () => shop.request('PATCH', `${V}/${p.data.id}`, { status: 'voided' }))
  await timed('list voided', () => shop.request('GET', V))
  const ids = (await shop.sql(`select id from earnings limit 1000`)).map((r: any) => r.id)
  await timed('named 1000', () => shop.request('POST', V, { project_id: shop.brand_id, accrual_ids: ids, total_amount_cents: 1000 }, key('c')))
  const ids2 = (await shop.sql(`select e.id from earnings e join tabs t on t.id = e.tab_id where t.payment_id is null offset 5000 limit 1000`)).map((r: any) => r.id)
  await timed('named 1000', () => shop.request('POST', V, { project_id: shop.brand_id, accrual_ids: ids2, total_amount_cents: 1000 }, key('d')))
  expect(p.status).toBe(201)
  await shop.close({ checks: false })
})

import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { migrationsFolder } from '../../src/server/db/migrate.ts'
import { operate } from '../../src/server/operations.ts'
import { rejectsOf } from '../server/conversions/files.ts'
import { recompute } from '../support/online-retail.ts'
import { world } from '../support/world.ts'

const examples = path.join(path.dirname(migrationsFolder()), 'examples')
const file = path.join(examples, 'online-retail.csv')
const map = JSON.parse(fs.readFileSync(path.join(examples, 'online-retail.map.json'), 'utf8'))

test("10,000 lines of a real wholesaler's file become commissions and payments, and a recount of the file gives every partner the same pence", async () => {
  const shop = await world({ today: '2010-12-31', currency: 'GBP', time_zone: 'Europe/London' })
  const params = { brand_id: shop.brand_id }
  await shop.partner('Reseller 14911', { alias: '14911' })
  const campaign = await shop.campaign({ name: 'Wholesale', cost_model: 'revshare', percent: '10' })
  const tables = { geo: 'DE, 12.5\nFR, 12.5', type_conversion_sub: 'Purchase, sub1, 71053, 20', publisher: '14911, 15' }
  await shop.api.campaigns.changeCustomPayouts({ params: { ...params, campaign_id: campaign.id }, body: { tables } })

  const input = { file, brand_id: shop.brand_id, campaign: campaign.slug, map }
  const imported = (await operate(shop.app, 'import.conversions', input, () => {})) as Parameters<typeof rejectsOf>[0]
  expect(imported).toMatchObject({
    read: 10_000,
    created: 7_619,
    duplicates: 0,
    rejected: 2_381,
    amount_cents: { GBP: 15_128_48 },
  })
  const reasons = rejectsOf(imported).map(row => row.reason.split(':')[0])
  expect(reasons.filter(reason => reason === 'partner is empty')).toHaveLength(2_291)
  expect(reasons.filter(reason => reason === 'no_conversion_to_reverse')).toHaveLength(90)

  const recount = recompute(file)
  expect(recount).toMatchObject({
    sales: 7_609,
    reversed: 10,
    rejected: { 'partner is empty': 2_291, no_conversion_to_reverse: 90 },
  })
  expect(recount.pence.size).toBe(303)
  const partners = await shop.sql<{ id: string; alias: string }>('select id, alias from partners')
  const aliasOf = new Map(partners.map(p => [p.id, p.alias]))
  const earned = await shop.sql('select partner_id, sum(amount_cents)::bigint as pence from earnings group by 1')
  expect(new Map(earned.map(e => [aliasOf.get(e.partner_id), e.pence]))).toEqual(recount.pence)

  const { data: run } = await shop.api.payouts.create({ params, body: {} as never })
  expect(run).toMatchObject({ created: 303, totals: [{ currency: 'GBP', amount_cents: 15_128_48 }] })
  const drafted = await shop.sql<{ id: string; partner_id: string; amount_cents: number }>(
    'select id, partner_id, amount_cents from payouts',
  )
  for (const payout of drafted) {
    expect(payout.amount_cents).toBe(recount.pence.get(aliasOf.get(payout.partner_id) as string))
    await shop.approve(payout)
    await shop.pay(payout)
  }
  const [paid] = await shop.sql('select count(*)::int as payments, sum(total_amount_cents)::bigint as pence from payments')
  expect(paid).toEqual({ payments: 303, pence: 15_128_48 })
  expect(await operate(shop.app, 'import.conversions', input, () => {})).toMatchObject({
    created: 0,
    duplicates: 7_619,
    rejected: 2_381,
  })
  await shop.close() // every check of the books holds
}, 120_000)

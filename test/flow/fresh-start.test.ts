/** From an empty database to money paid, by conversions and by a structure. Source: spec E4 ON-18. */
import { expect, test } from 'vitest'
import { type Client, makeClient } from '../../src/client/client.ts'
import { makeApp } from '../../src/server/app.ts'
import { runChecks } from '../../src/server/checks/check.ts'
import { readConfig } from '../../src/server/config.ts'
import { openDatabase } from '../../src/server/db/database.ts'
import { migrateToLatest } from '../../src/server/db/migrate.ts'
import type { Tables } from '../../src/server/db/tables.ts'
import { buildServer } from '../../src/server/http/server.ts'
import { createOrganization } from '../../src/server/organizations/organizations.ts'
import { accrue } from '../../src/server/structures/accrue.ts'
import { freshDatabase } from '../support/databases.ts'

/** What somebody has after the first start: no template, every migration run here and now. */
async function firstStart() {
  const database = await freshDatabase({ migrated: false })
  const { database_url, data_dir } = database
  const now = '2026-03-01T00:00:00.000Z'
  const config = { ...readConfig({}), database_url, data_dir, secret_key: 'x'.repeat(32), log_level: 'error', rate_limit: 0, now }
  const db = await openDatabase<Tables>({ ...config, pool_size: config.database_pool })
  expect(await migrateToLatest(db)).not.toEqual([])
  expect(await migrateToLatest(db)).toEqual([])
  const app = makeApp(db, config)
  const server = await buildServer(app)
  const close = async () => {
    await server.close()
    await db.close()
    await database.remove()
  }
  const organization = { name: 'Acme', plan: 'unlimited', time_zone: 'UTC', currency: 'USD', email: 'a@example.org' } as const
  const { brand_id, api_key: key } = await createOrganization(app, organization)
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  return { app, brand_id, api: makeClient({ base_url: address, key }), close }
}

/** conversions → payout → paid. */
async function payConversions(api: Client, brand_id: string, partner_id: string): Promise<void> {
  const params = { brand_id }
  const campaign = await api.campaigns.create({ params, body: { name: 'Shop', cost_model: 'cpa', amount_cents: 10_00 } })
  for (const external_id of ['o-1', 'o-2']) {
    const body = { external_id, partner: partner_id, campaign: campaign.data.id }
    expect((await api.conversions.record({ params, body })).data.counts.created).toBe(1)
  }
  const { data } = await api.payouts.create({ params, body: { partner_id } })
  const [payout] = data.payouts
  expect(payout).toMatchObject({ status: 'draft', conversion_count: 2, amount_cents: 20_00 })
  for (const body of [{ status: 'approved' }, { status: 'paid', method: 'wire' }] as const)
    await api.payouts.change({ params: { brand_id, payout_id: payout!.id }, body })
  const { data: balances } = await api.payouts.balances({ params, query: { partner_id } })
  expect(balances).toMatchObject([{ owed_cents: 0, paid_cents: 20_00 }])
}

test('an empty database is migrated, set up and pays by conversions and by a structure [ON-18]', async () => {
  const { app, brand_id, api, close } = await firstStart()
  expect((await api.organizations.me()).data).toMatchObject({ organization: { name: 'Acme' }, brands: [{ id: brand_id }] })
  expect((await api.methods.list()).data.map(method => method.name).sort()).toEqual(['Cash App', 'PayPal', 'Venmo'])
  const ada = (await api.partners.create({ params: { brand_id }, body: { name: 'Ada' } })).data
  await payConversions(api, brand_id, ada.id)

  const rule = { period: 'monthly', amount_cents: 50_00, criteria_type: 'recurring', criteria_params: {} } as const
  const { data: made } = await api.structures.create({
    body: { project_id: brand_id, name: 'Monthly base', currency: 'USD', proration_mode: 'skip', ...rule },
  })
  await api.structures.assign({ params: made, body: { creator_ids: [ada.id] } })
  app.clock.travel('2026-04-01T00:00:00.000Z')
  expect(await accrue(app, app.clock.now())).toMatchObject({ created: 1 })
  const { data: payment } = await api.payments.record({
    body: { project_id: brand_id, creator_id: ada.id, total_amount_cents: 50_00, auto_apply_outstanding: true },
    idempotency_key: app.newId(),
  })
  expect(payment).toMatchObject({ status: 'paid', line_count: 1, origin: 'direct' })
  const voided = await api.payments.change({ params: { payment_id: payment.id }, body: { status: 'voided' } })
  expect(voided.data.status).toBe('voided')
  expect((await api.accruals.list({ query: { creator_id: ada.id } })).data).toMatchObject([
    { status: 'earned', payment_id: null },
  ])

  const { checks } = await runChecks(app)
  expect(checks.filter(check => check.violations > 0)).toEqual([])
  await close()
}, 120_000)

import { CompiledQuery } from 'kysely'
import pg from 'pg'
import { work } from '/work/main/src/server/app.ts'
import { systemCaller } from '/work/main/src/server/context.ts'
import * as isql from '/work/main/src/server/conversions/import.sql.ts'
import { reverseAll } from '/work/main/src/server/conversions/reversals.ts'
import fs from 'node:fs'
import { expect, test } from 'vitest'
import { importConversions } from '/work/main/src/server/conversions/import.ts'
import { undoImport } from '/work/main/src/server/conversions/import-undo.ts'
import { world } from '/work/main/test/support/world.ts'
test('speed', async () => {
  const shop = await world({ today: '2026-03-01', currency: 'GBP' })
  const c = await shop.campaign({ cost_model: 'revshare', percent: '10' })
  const map = JSON.parse(fs.readFileSync('/work/main/examples/online-retail.map.json', 'utf8'))
  const req = (more = {}) => ({ file: '/work/main/examples/online-retail.csv', brand_id: shop.brand_id, campaign: c.slug, map, dry_run: false, ...more })
  const go = async (more = {}) => { const t = performance.now(); const r = await importConversions(shop.app, req(more), () => {}); console.log(performance.now() - t, r); return r }
  const first = await go()

  const q = pg.Client.prototype.query as any
  let captured: any = null
  pg.Client.prototype.query = function (this: any, ...args: any[]) {
    const text = String(args[0]?.text ?? args[0])
    if (text.includes('taken on true')) captured = args[0]
    return q.apply(this, args)
  } as any
  await work(shop.app, systemCaller(shop.org_id, 'x'), { program_id: shop.brand_id }, async ctx => {
    for (let i = 0, after: string | null = null; i < 2; i++) {
      const ids: string[] = await isql.standing(ctx, first.import_id!, after, 500)
      await reverseAll(ctx, ids.map(conversion_id => ({ conversion_id, revenue_cents: null, reason: 'x', external_id: 'y' })), null)
      after = ids.at(-1)!
    }
    const { rows } = await ctx.tx.executeQuery(CompiledQuery.raw('explain analyze ' + captured.text, captured.values))
    console.log(rows.map((r: any) => r['QUERY PLAN']).join('\n'))
  })
  await shop.close({ checks: false })
}, 200000)

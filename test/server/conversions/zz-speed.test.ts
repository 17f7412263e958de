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
  await go({ dry_run: true })
  const first = await go()
  await go()
  let t = performance.now(); console.log(await undoImport(shop.app, { import_id: first.import_id!, dry_run: true }, () => {}), performance.now() - t)
  t = performance.now(); console.log(await undoImport(shop.app, { import_id: first.import_id!, dry_run: false }, () => {}), performance.now() - t)
  t = performance.now(); console.log(await undoImport(shop.app, { import_id: first.import_id!, dry_run: false }, () => {}), performance.now() - t)
  t = performance.now(); await shop.close(); console.log('close', performance.now() - t)
}, 200000)

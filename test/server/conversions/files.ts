/** Files for imports, and what becomes of them. */
import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect } from 'vitest'
import { type Imported, importConversions } from '../../../src/server/conversions/import.ts'
import { undoImport } from '../../../src/server/conversions/import-undo.ts'
import type { World } from '../../support/world.ts'

export type Shop = World & { slug: string }

/** A world with one campaign that pays 10 % of the revenue. */
export async function withCampaign(shop: World, fields: Record<string, unknown> = {}): Promise<Shop> {
  const { slug } = await shop.campaign({ cost_model: 'revshare', percent: '10', ...fields })
  return Object.assign(shop, { slug })
}

let files = 0

export function fileOf(shop: World, content: string | string[] | Buffer): string {
  const file = path.join(shop.app.config.data_dir, `file-${++files}.csv`)
  fs.writeFileSync(file, Array.isArray(content) ? `${content.join('\n')}\n` : content)
  return file
}

type Options = { map?: Record<string, unknown>; dry_run?: boolean; file?: string; campaign?: string }

export async function take(
  shop: Shop,
  content: string | string[] | Buffer,
  { map, dry_run = false, ...more }: Options = {},
): Promise<Imported> {
  const file = more.file ?? fileOf(shop, content)
  const request = { file, brand_id: shop.brand_id, campaign: more.campaign ?? shop.slug, dry_run, ...(map && { map }) }
  const imported = await importConversions(shop.app, request, () => {})
  expect(imported.read).toBe(imported.created + imported.duplicates + imported.rejected)
  expect(rejectsOf(imported)).toHaveLength(imported.rejected)
  return imported
}

type Reject = Record<string, string | number> & { line: number; reason: string }

/** The rejected rows by line, with their reasons. */
export function rejectsOf({ rejects_file }: Pick<Imported, 'rejects_file'>): Reject[] {
  if (rejects_file === null) return []
  const rows: Record<string, string>[] = parse(fs.readFileSync(rejects_file, 'utf8'), { columns: true, relax_column_count: true })
  return rows.map(row => ({ ...row, line: Number(row.line), reason: row.reason as string }))
}

export const reasonsOf = (imported: Imported): Record<number, string> =>
  Object.fromEntries(rejectsOf(imported).map(({ line, reason }) => [line, reason]))

export const undo = (shop: Shop, imported: Imported, dry_run = false) =>
  undoImport(shop.app, { import_id: imported.import_id as string, dry_run }, () => {})

/** What is recorded: external id, revenue and what is left of it, oldest first. */
export const conversionsOf = (shop: Shop) =>
  shop.sql<{
    external_id: string
    partner: string
    revenue_cents: number
    taken_cents: number
    occurred_at: string
    line: string
  }>(
    `select c.external_id, p.alias as partner, c.revenue_cents, c.occurred_at, c.country, c.type, c.conversion_subs,
      coalesce((select sum(v.revenue_cents) from reversals v where v.conversion_id = c.id), 0)::bigint as taken_cents
    from conversions c join partners p on p.id = c.partner_id order by c.occurred_at, c.external_id`,
  )

export const takenOf = async (shop: Shop): Promise<Record<string, number>> =>
  Object.fromEntries((await conversionsOf(shop)).filter(c => c.taken_cents > 0).map(c => [c.external_id, c.taken_cents]))

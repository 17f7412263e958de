/** One partner for each state that money can be in, and what raw SQL needs to attack it. */
import { expect } from 'vitest'
import { shopIn } from '../server/payouts/support.ts'
import { type World, world } from './world.ts'

/** A partner's money in one state: its conversion, earning, tab, payout and payment. */
export type Held = {
  partner_id: string
  conversion_id: string
  earning_id: string
  tab_id: string
  payout_id: string
  payment_id: string
}
const states = ['open', 'other', 'draft', 'approved', 'paid', 'cancelled', 'refunded'] as const
export type State = (typeof states)[number]

export const RESTRICT = '23001'
export const UNIQUE = '23505'
export const CHECK = '23514'

/** A world with a partner in each state; its checks run at the end, so nothing refused may leave a trace. */
export async function worldOfStates(): Promise<{ w: World; at: Record<State, Held> }> {
  const w = await world({ today: '2026-03-10' })
  const shop = shopIn(w, w.brand_id)
  const at = {} as Record<State, Held>
  for (const state of states) {
    const partner = await shop.partner(state)
    const sale = await shop.sale(partner, 10_00, { revenue_cents: 100_00 })
    if (state === 'refunded') await shop.reverse(sale, { amount_cents: 40_00 })
    if (!['open', 'other', 'refunded'].includes(state)) await payoutIn(shop, partner, state)
    at[state] = await heldBy(w, partner.id)
  }
  await shop.patch(at.draft.payout_id, { adjustments: [{ amount_cents: 1_00, reason: 'bonus' }] })
  return { w, at }
}

async function payoutIn(shop: ReturnType<typeof shopIn>, partner: { id: string }, state: State): Promise<void> {
  const payout = await shop.draft(partner)
  if (state !== 'draft') await shop.approve(payout)
  if (state === 'paid') await shop.pay(payout)
  if (state === 'cancelled') await shop.cancel(payout)
}

async function heldBy(w: World, partner_id: string): Promise<Held> {
  const [row] = await w.sql<Held>(
    `select e.partner_id, c.id as conversion_id, e.id as earning_id, t.id as tab_id, p.id as payout_id, t.payment_id
     from earnings e join tabs t on t.id = e.tab_id join conversions c on e.source_key = 'conversion:' || c.id
     left join payouts p on p.partner_id = e.partner_id where e.partner_id = $1`,
    [partner_id],
  )
  return row as Held
}

/** Expects Postgres to refuse a statement of the owner, and nothing to have changed. */
export async function refused(w: World, text: string, params: unknown[], state: string, words: RegExp = /./): Promise<void> {
  const before = await w.fingerprint()
  await expect(w.sql(text, params), text).rejects.toMatchObject({ code: state, message: expect.stringMatching(words) })
  expect(await w.fingerprint()).toBe(before)
}

const otherValue: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  int8: 'coalesce(COL, 0) + 1',
  int4: 'coalesce(COL, 0) + 1',
  int2: 'coalesce(COL, 0) + 1',
  text: `coalesce(COL, '') || 'x'`,
  date: 'COL + 1',
  timestamptz: `coalesce(nullif(COL, '-infinity'), now()) + interval '1 day'`,
  jsonb: `'{"other": 1}'`,
  bool: 'not COL',
}

/** Expects every column of a row but those named to be refused another value. */
export async function noColumnChanges(w: World, table: string, id: string, except: string[], words: RegExp = /./): Promise<void> {
  const columns = await w.sql<{ name: string; type: string }>(
    `select column_name as name, udt_name as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 order by 1`,
    [table],
  )
  const guarded = columns.filter(column => !except.includes(column.name))
  expect(guarded.length).toBeGreaterThan(5)
  for (const { name, type } of guarded) {
    const value = (otherValue[type] as string).replaceAll('COL', name)
    await refused(w, `update ${table} set ${name} = ${value} where id = $1`, [id], RESTRICT, words)
  }
}

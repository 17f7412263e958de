/**
 * One of everything that has an id, for each of several organizations, by the name of the parameter that takes it.
 *
 * For tests that go over the whole contract: tenancy, scopes, shapes. The clock stands two days later afterwards.
 */
import { expect } from 'vitest'
import { addDays } from '../../src/core/calendar.ts'
import { accrue } from '../../src/server/structures/accrue.ts'
import type { World } from './world.ts'

export type Ids = Record<string, string>
type Owner = { brand_id: string; key: string }

export async function everything(w: World, ...owners: Owner[]): Promise<Ids[]> {
  const made: Ids[] = []
  for (const [n, owner] of owners.entries()) made.push(await thingsOf(w, owner, n))
  await w.travelTo(addDays(w.app.clock.now().slice(0, 10), 2))
  await accrue(w.app, w.app.clock.now())
  for (const [n, owner] of owners.entries()) Object.assign(made[n] as Ids, await earnedThings(w, owner, made[n] as Ids))
  return made
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any

const sender = (w: World, key: string) => async (method: string, path: string, body?: unknown) => {
  const headers = { 'idempotency-key': w.app.newId() }
  const answer = await w.request(method, path, body, { key, headers })
  expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(300)
  return answer.data as Json
}

async function thingsOf(w: World, { brand_id, key }: Owner, n: number): Promise<Ids> {
  const send = sender(w, key)
  const [B, V] = [`/api/brands/${brand_id}`, '/api/v1']
  const creator = await send('POST', `${V}/projects/${brand_id}/creators`, { tiktok_handle: `ada_${n}` })
  const campaign = await send('POST', `${B}/campaigns`, { name: 'Shop', cost_model: 'cpa', amount_cents: 5_00 })
  const sale = { external_id: 'c-1', partner: creator.id, campaign: campaign.id, revenue_cents: 100 }
  const { results } = await send('POST', `${B}/conversions`, sale)
  const { payouts } = await send('POST', `${B}/payouts`, { partner_id: creator.id })
  const posted_at = w.app.clock.now()
  const video = await send('POST', `${V}/videos`, { project_id: brand_id, creator_id: creator.id, external_id: 'v', posted_at })
  await send('POST', `${V}/videos/${video.id}/snapshots`, { captured_at: posted_at, view_count: 7 })
  await send('POST', `${V}/creators/${creator.id}/snapshots`, { captured_at: posted_at, follower_count: 7 })
  const goal = await send('POST', `${V}/goals`, { creator_id: creator.id, type: 'views', target: 10, period: 'daily' })
  const { structure_id } = await send('POST', `${V}/payout-structures`, {
    ...{ project_id: brand_id, name: 'Daily', period: 'daily', amount_cents: 1_00, currency: 'USD' },
    ...{ criteria_type: 'recurring', criteria_params: {}, proration_mode: 'full' },
  })
  await send('POST', `${V}/payout-structures/${structure_id}/assignments`, { creator_ids: [creator.id] })
  const invitation = await send('POST', '/api/invitations', { email: `ida${n}@example.org`, role: 'member' })
  const { id: method_id } = await send('POST', `${V}/payout-methods`, { name: 'Zelle' })
  const file = 'external_id,partner\nx,ada\n'
  const uploaded = await w.request('POST', `${B}/imports`, file, { key, headers: { 'content-type': 'text/csv' } })
  const { id: key_id } = await send('POST', '/api/organization/keys', { name: 'Sync' })
  return {
    ...{ brand_id, project_id: brand_id, partner_id: creator.id, creator_id: creator.id, publisher_id: creator.id },
    ...{ campaign_id: campaign.id, conversion_id: results[0].conversion_id, payout_id: payouts[0].id },
    ...{ video_id: video.id, goal_id: goal.id, structure_id, method_id, invitation_id: invitation.id, key_id },
    ...{ member_id: await memberIn(w, send, n) },
    import_id: uploaded.data.id,
  }
}

/** Somebody who accepted an invitation, beside the admin. */
async function memberIn(w: World, send: ReturnType<typeof sender>, n: number): Promise<string> {
  const email = `mia${n}@example.org`
  const { url } = await send('POST', '/api/invitations', { email, role: 'member' })
  await w.request('POST', '/api/invitations/accept', { token: new URL(url).searchParams.get('token') })
  const all: { id: string; email: string }[] = await send('GET', '/api/members')
  return all.find(member => member.email === email)?.id as string
}

/** The second of two accruals, a payment of the first, and what was paid on account. */
async function earnedThings(w: World, { brand_id, key }: Owner, { creator_id, method_id }: Ids): Promise<Ids> {
  const send = sender(w, key)
  const accruals = await send('GET', `/api/v1/payout-accruals?project_id=${brand_id}`)
  const [unpaid, first] = accruals.map(({ id }: { id: string }) => id)
  const payment = await send('POST', '/api/v1/payout-payments', {
    ...{ project_id: brand_id, creator_id, method_id, total_amount_cents: 90, accrual_ids: [first] },
    adjustment_reason: 'fee',
  })
  const on_account = await send('POST', `/api/brands/${brand_id}/publisher-payouts`, {
    ...{ publisher_id: creator_id, requested_amount_cents: 10 },
  })
  return { accrual_id: unpaid, earning_id: unpaid, payment_id: payment.id, publisher_payout_id: on_account.id }
}

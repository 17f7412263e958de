import { expect } from 'vitest'
import { type Shop, stories } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } })

async function twoPartners(shop: Shop) {
  const [ada, bob] = [await shop.partner('Ada'), await shop.partner('Bob')]
  await shop.sale(ada, 5_00)
  await shop.sale(bob, 7_00)
  return { ada, bob }
}

story('a replay of a run drafts nothing and answers byte for byte', async shop => {
  const { ada } = await twoPartners(shop)
  const first = await shop.run({}, keyed('run-1'))
  expect([first.status, first.data.created]).toEqual([201, 2])
  await shop.sale(ada, 9_00)
  const before = await shop.w.fingerprint()
  const again = await shop.run({}, keyed('run-1'))
  expect([again.status, again.text]).toEqual([201, first.text])
  expect(await shop.w.fingerprint()).toBe(before)
  expect((await shop.run({}, keyed('run-2'))).data).toMatchObject({ created: 1, totals: [{ amount_cents: 9_00 }] })
})

story('a run that created nothing is remembered as such', async shop => {
  const { ada } = await twoPartners(shop)
  await shop.run()
  const first = await shop.run({}, keyed('nothing'))
  await shop.sale(ada, 9_00)
  const again = await shop.run({}, keyed('nothing'))
  expect([again.status, again.text]).toEqual([200, first.text])
})

story('the same key with another body or on another route is refused', async shop => {
  const { ada, bob } = await twoPartners(shop)
  const { data } = await shop.run({ partner_id: ada.id }, keyed('one'))
  await shop.refused(() => shop.run({ partner_id: bob.id }, keyed('one')), 409, 'idempotency_key_reused')
  await shop.refused(() => shop.run({}, keyed('one')), 409, 'idempotency_key_reused')
  await shop.refused(() => shop.patch(data.payouts[0], { partner_id: ada.id }, keyed('one')), 400, 'invalid_body')
  await shop.refused(() => shop.patch(data.payouts[0], { status: 'approved' }, keyed('one')), 409, 'idempotency_key_reused')
  await shop.patch(data.payouts[0], { status: 'approved' }, keyed('two'))
  const other = await shop.draft(bob)
  await shop.refused(() => shop.patch(other, { status: 'approved' }, keyed('two')), 409, 'idempotency_key_reused')
})

story('a repeated change answers byte for byte, whatever happened since, and changes nothing', async shop => {
  const { ada } = await twoPartners(shop)
  const payout = await shop.draft(ada)
  const adjust = { adjustments: [{ amount_cents: -1_00, reason: 'fee' }] }
  const adjusted = await shop.patch(payout, adjust, keyed('adjust'))
  const approved = await shop.patch(payout, { status: 'approved' }, keyed('approve'))
  const paid = await shop.patch(payout, { status: 'paid', method: 'wire' }, keyed('pay'))
  expect([adjusted.status, approved.status, paid.status]).toEqual([200, 200, 200])
  const before = await shop.w.fingerprint()
  expect((await shop.patch(payout, adjust, keyed('adjust'))).text).toBe(adjusted.text)
  expect((await shop.patch(payout, { status: 'approved' }, keyed('approve'))).text).toBe(approved.text)
  expect((await shop.patch(payout, { status: 'paid', method: 'wire' }, keyed('pay'))).text).toBe(paid.text)
  expect(await shop.w.fingerprint()).toBe(before)
  expect(await shop.balance(ada)).toMatchObject({ paid_cents: 4_00 })
})

story('a refused request does not use up its key', async shop => {
  const { ada } = await twoPartners(shop)
  const payout = await shop.draft(ada)
  await shop.refused(() => shop.patch(payout, { status: 'paid', method: 'wire' }, keyed('mended')), 409, 'invalid_transition')
  await shop.approve(payout)
  expect((await shop.patch(payout, { status: 'paid', method: 'wire' }, keyed('mended'))).status).toBe(200)
  await shop.refused(() => shop.run({ partner_id: ada.id }, keyed('later')), 409, 'no_unpaid_balance')
  await shop.sale(ada, 3_00)
  expect((await shop.run({ partner_id: ada.id }, keyed('later'))).status).toBe(201)
})

story('requests at once with one key make one draft and get one answer', async shop => {
  await twoPartners(shop)
  const answers = await Promise.all(Array.from({ length: 5 }, () => shop.run({}, keyed('at-once'))))
  expect(new Set(answers.map(answer => answer.text)).size).toBe(1)
  expect(await shop.listed()).toHaveLength(2)
})

story('without a key two runs are two runs, and a key is quoted or not', async shop => {
  const { ada } = await twoPartners(shop)
  const first = await shop.run({ partner_id: ada.id }, keyed('"quoted"'))
  expect((await shop.run({ partner_id: ada.id }, keyed('quoted'))).text).toBe(first.text)
  await shop.refused(() => shop.run({ partner_id: ada.id }), 409, 'no_unpaid_balance')
})

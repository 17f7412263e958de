import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { type Shop, shopIn, stories } from '../payouts/support.ts'
import { adjustmentsOf, linesOf, NOBODY, till, V } from './support.ts'

const story = stories({ today: '2026-05-01T12:00:00Z' })

const open = async (shop: Shop) => ({ ...till(shop), ada: await shop.partner() })

describe('settling what is outstanding', () => {
  story('auto-apply pays every earned accrual of the creator [TG-58]', async shop => {
    const { ada, earn, paid, statuses } = await open(shop)
    const ids = [await earn(ada, 50_00, { period_end: '2026-03-31' }), await earn(ada, 100_00, { period_end: '2026-04-30' })]
    const payment = await paid({
      ...{ creator_id: ada.id, method_id: null, total_amount_cents: 15000, currency: 'USD' },
      ...{ auto_apply_outstanding: true, note: 'April batch payment' },
    })
    expect(payment).toMatchObject({ status: 'paid', origin: 'direct', line_count: 2, creator_id: ada.id, payout_id: null })
    expect(linesOf(payment)).toEqual([50_00, 100_00])
    expect(payment.payout_payment_lines[1]).toMatchObject({
      ...{ kind: 'accrual', earning_id: ids[1], accrual_id: ids[1], because: expect.stringContaining('new views') },
      accrual: {
        ...{ id: ids[1], org_id: shop.w.org_id, project_id: shop.brand_id, creator_id: ada.id, status: 'paid' },
        ...{ amount_cents: 100_00, period_start_at: '2026-04-01T00:00:00.000Z', period_end_at: '2026-05-01T00:00:00.000Z' },
      },
    })
    expect(payment.payout_adjustments).toEqual([])
    expect(await statuses(...ids)).toEqual(['paid', 'paid'])
    expect(await shop.balance(ada)).toMatchObject({
      ...{ owed_cents: 0, unpaid_cents: 0, paid_cents: 150_00 },
      last_paid_at: expect.stringMatching(/^2026-05-01T12:/),
    })
  })

  story('commissions, other currencies, and what was rejected are left alone', async shop => {
    const { ada, earn, paid, takeBack, statuses } = await open(shop)
    await shop.sale(ada, 7_00)
    const [mine, euros, gone] = [await earn(ada, 50_00), await earn(ada, 9_00, { currency: 'EUR' }), await earn(ada, 3_00)]
    await takeBack(gone)
    const payment = await paid({ creator_id: ada.id, total_amount_cents: 50_00, auto_apply_outstanding: true })
    expect(linesOf(payment)).toEqual([50_00])
    expect(payment.line_count).toBe(1)
    expect(await statuses(mine, euros, gone)).toEqual(['paid', 'earned', 'rejected'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 7_00 })
  })

  story('with nothing outstanding a total needs a reason, and none needs nothing', async shop => {
    const { ada, pay, paid } = await open(shop)
    const body = { creator_id: ada.id, auto_apply_outstanding: true }
    await shop.refused(() => pay({ ...body, total_amount_cents: 5_00 }), 400, 'adjustment_reason_required')
    expect(adjustmentsOf(await paid({ ...body, total_amount_cents: 5_00, adjustment_reason: 'thanks' }))).toEqual([
      [5_00, 'thanks'],
    ])
    const nothing = await paid({ ...body, total_amount_cents: 0 })
    expect([linesOf(nothing), adjustmentsOf(nothing)]).toEqual([[], []])
  })

  story('without a creator it is refused, never an ad-hoc payment by accident [F28]', async shop => {
    const { pay } = await open(shop)
    for (const creator_id of [null, undefined])
      await shop.refused(() => pay({ creator_id, total_amount_cents: 5_00, auto_apply_outstanding: true }), 400, 'invalid_body')
    await shop.refused(
      () => pay({ total_amount_cents: 5_00, auto_apply_outstanding: true, accrual_ids: [] }),
      400,
      'invalid_body',
    )
  })

  story('accruals are settled by their tab alone, however many: no earning is touched', async shop => {
    const { ada, earn, paid } = await open(shop)
    for (let n = 0; n < 5; n++) await earn(ada, 1_00)
    const versions = () => shop.w.sql('select id, xmin::text from earnings where partner_id = $1 order by id', [ada.id])
    const before = await versions()
    await paid({ creator_id: ada.id, total_amount_cents: 5_00, auto_apply_outstanding: true })
    expect(await versions()).toEqual(before)
  })
})

describe('settling named accruals', () => {
  story('explicit ids win over auto-apply, and the rest stays earned [TG-59]', async shop => {
    const { ada, earn, paid, statuses } = await open(shop)
    const [a, b] = [await earn(ada, 50_00), await earn(ada, 100_00)]
    const payment = await paid({
      ...{ creator_id: ada.id, accrual_ids: [a, a], auto_apply_outstanding: true, total_amount_cents: 50_00 },
    })
    expect(linesOf(payment)).toEqual([50_00])
    expect(await statuses(a, b)).toEqual(['paid', 'earned'])
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 100_00, accrual_count: 1 })
  })

  story('without a creator they say whose payment it is; of two creators they are refused', async shop => {
    const { ada, earn, paid, pay } = await open(shop)
    const bob = await shop.partner('Bob')
    const [a, b] = [await earn(ada, 50_00), await earn(bob, 10_00)]
    await shop.refused(() => pay({ accrual_ids: [a, b], total_amount_cents: 60_00 }), 409, 'accrual_not_settleable')
    expect(await paid({ accrual_ids: [a], total_amount_cents: 50_00 })).toMatchObject({ creator_id: ada.id })
  })

  story('a tab that is named whole is settled itself, with what was taken back on it', async shop => {
    const { ada, earn, paid, takeBack } = await open(shop)
    const [a, b, gone] = [await earn(ada, 50_00), await earn(ada, 100_00), await earn(ada, 3_00)]
    await takeBack(gone, 'voided')
    const payment = await paid({ accrual_ids: [a, b], total_amount_cents: 150_00 })
    expect(linesOf(payment)).toEqual([50_00, 100_00])
    const tabs = await shop.w.sql('select amount_cents, item_count, is_open from tabs where partner_id = $1', [ada.id])
    expect(tabs).toEqual([{ amount_cents: 150_00, item_count: 2, is_open: false }])
  })

  story('an accrual of another project, creator or status is not settleable, and nothing changes [TG-65]', async shop => {
    const { ada, earn, paid, pay, takeBack } = await open(shop)
    const other = shopIn(shop.w, (await shop.w.api.organizations.createProgram({ body: { name: 'Next door' } })).data.id)
    const [good, done, gone] = [await earn(ada, 1_00), await earn(ada, 2_00), await earn(ada, 3_00)]
    const elsewhere = await till(other).earn(await other.partner(), 4_00)
    const foreign = await earn(await shop.partner('Bob'), 5_00)
    await paid({ accrual_ids: [done], total_amount_cents: 2_00 })
    await takeBack(gone)
    for (const bad of [done, gone, elsewhere, foreign]) {
      const body = { creator_id: ada.id, accrual_ids: [good, bad], total_amount_cents: 3_00 }
      await shop.refused(() => pay(body), 409, 'accrual_not_settleable')
    }
    const { meta } = await pay({ creator_id: ada.id, accrual_ids: [good, done], total_amount_cents: 3_00 })
    expect(meta.accrual_id).toBe(done)
  })

  story('an unknown accrual, creator, project or method is not found, before anything else is looked at', async shop => {
    const { ada, earn, pay } = await open(shop)
    const mine = await earn(ada, 1_00, { currency: 'EUR' })
    const commission = await shop.sale(ada, 5_00)
    const [{ id: earning }] = await shop.w.sql(`select id from earnings where source_key = $1`, [`conversion:${commission.id}`])
    const total_amount_cents = 99_00
    for (const body of [
      { accrual_ids: [mine, NOBODY] },
      { accrual_ids: [earning] },
      { creator_id: NOBODY },
      { creator_id: ada.id, method_id: NOBODY },
      { project_id: NOBODY },
    ])
      await shop.refused(() => pay({ total_amount_cents, ...body }), 404, 'not_found')
  })

  story('a payment in another currency than the accrual is refused, after its status [TG-64]', async shop => {
    const { ada, earn, paid, pay } = await open(shop)
    const [a, done] = [await earn(ada, 50_00), await earn(ada, 20_00)]
    await paid({ accrual_ids: [done], total_amount_cents: 20_00 })
    const euros = { currency: 'EUR', total_amount_cents: 50_00 }
    await shop.refused(() => pay({ ...euros, accrual_ids: [a] }), 400, 'currency_mismatch')
    await shop.refused(() => pay({ ...euros, accrual_ids: [a, done] }), 409, 'accrual_not_settleable')
  })
})

describe('over- and underpayment', () => {
  story('a total that differs needs a reason: without one nothing is stored (D9.11) [TG-60]', async shop => {
    const { ada, earn, pay } = await open(shop)
    await earn(ada, 50_00)
    await earn(ada, 100_00)
    for (const adjustment_reason of [undefined, null, '', '  '])
      await shop.refused(
        () => pay({ creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 140_00, adjustment_reason }),
        400,
        'adjustment_reason_required',
      )
  })

  story('with a reason the difference is one adjustment, and all accruals are paid (D9.11) [TG-61]', async shop => {
    for (const [total, difference] of [
      [150_00, -10_00],
      [170_00, 10_00],
    ] as const) {
      const { ada, earn, paid, statuses } = { ...till(shop), ada: await shop.partner(`Paid ${total}`) }
      const ids = [await earn(ada, 60_00), await earn(ada, 100_00)]
      const payment = await paid({ accrual_ids: ids, total_amount_cents: total, adjustment_reason: ' agreed ' })
      expect(adjustmentsOf(payment)).toEqual([[difference, 'agreed']])
      expect(linesOf(payment)).toEqual([60_00, 100_00])
      expect(await statuses(...ids)).toEqual(['paid', 'paid'])
      expect(await shop.balance(ada)).toMatchObject({ owed_cents: 0, unpaid_cents: 0, balance_cents: 0, paid_cents: total })
    }
  })
})

describe('ad hoc', () => {
  story('with a creator or without, it has no lines and no adjustment [TG-62]', async shop => {
    const { ada, earn, paid } = await open(shop)
    await earn(ada, 50_00)
    for (const creator_id of [ada.id, null, undefined]) {
      const payment = await paid({ creator_id, total_amount_cents: 12_00, accrual_ids: [] })
      expect(payment).toMatchObject({ creator_id: creator_id ?? null, line_count: 0, total_amount_cents: 12_00 })
      expect([linesOf(payment), adjustmentsOf(payment)]).toEqual([[], []])
    }
    expect(await shop.balance(ada)).toMatchObject({ owed_cents: 50_00, paid_cents: 12_00 })
  })

  story('the total is a whole number of cents, zero or more [TG-63]', async shop => {
    const { pay, paid } = await open(shop)
    for (const total_amount_cents of [-1, 1.5, '5', null, 1e13])
      await shop.refused(() => pay({ total_amount_cents }), 400, 'invalid_body')
    expect(await paid({ total_amount_cents: 0 })).toMatchObject({ total_amount_cents: 0 })
  })

  story('what is left out is USD, now and paid [TG-70]', async shop => {
    const { paid } = await open(shop)
    const payment = await paid({ total_amount_cents: 5_00 })
    expect(payment).toMatchObject({
      ...{ currency: 'USD', status: 'paid', paid_at: expect.stringMatching(/^2026-05-01T12:0/), metadata: {}, readme: null },
      ...{ method_id: null, method_name: null, note: null, tracking_url: null, voided_at: null, project_id: shop.brand_id },
    })
  })

  story('a receipt link, a note, metadata and a readme are kept [TG-71]', async shop => {
    const { pay, paid, one } = await open(shop)
    const kept = { tracking_url: 'https://pay.example/r/1', note: 'für Ada', metadata: { batch: 7 }, readme: '# Why' }
    const payment = await paid({ total_amount_cents: 5_00, ...kept, paid_at: '2026-04-30T23:00:00+02:00' })
    expect(await one(payment)).toMatchObject({ ...kept, paid_at: '2026-04-30T21:00:00.000Z' })
    for (const bad of [{ tracking_url: 'javascript:alert(1)' }, { tracking_url: 'ftp://x.example' }, { acrual_ids: [] }])
      await shop.refused(() => pay({ total_amount_cents: 5_00, ...bad }), 400, 'invalid_body')
    await shop.refused(() => pay({ total_amount_cents: 5_00, paid_at: '2026-05-01T12:30:00Z' }), 400, 'invalid_body')
  })

  story(
    'the method is kept by name: renamed, switched off or deleted, the payment still says the old one [TG-17]',
    async shop => {
      const { pay, paid, one } = await open(shop)
      const [method] = await shop.w.sql(
        `insert into payout_methods (org_id, id, name, created_at) values ($1, $2, $3, now()) returning id, name`,
        [shop.w.org_id, randomUUID(), `Zelle ${randomUUID()}`],
      )
      const payment = await paid({ total_amount_cents: 5_00, method_id: method.id })
      expect(payment).toMatchObject({ method_id: method.id, method_name: method.name })
      const now = (text: string) => shop.w.sql(text, [method.id]).then(() => one(payment))
      expect(await now(`update payout_methods set name = 'Renamed' where id = $1`)).toMatchObject({ method_name: method.name })
      expect(await now('update payout_methods set is_active = false where id = $1')).toMatchObject({ method_name: method.name })
      await shop.refused(() => pay({ total_amount_cents: 5_00, method_id: method.id }), 400, 'invalid_body')
      expect(await now('delete from payout_methods where id = $1')).toMatchObject({ method_name: method.name, method_id: null })
    },
  )
})

describe('one key, one payment', () => {
  story('a retry returns the same payment, and nothing is paid twice [TG-66]', async shop => {
    const { ada, earn, pay } = await open(shop)
    await earn(ada, 50_00)
    const body = { creator_id: ada.id, auto_apply_outstanding: true, total_amount_cents: 50_00 }
    const [first, again] = [await pay(body, 'retry-1'), await pay(body, 'retry-1')]
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    expect(await shop.balance(ada)).toMatchObject({ paid_cents: 50_00 })
  })

  story('without a key it is refused [TG-67]', async shop => {
    const { send } = await open(shop)
    const body = { project_id: shop.brand_id, total_amount_cents: 5_00 }
    await shop.refused(() => send('POST', V, body), 400, 'idempotency_key_required')
  })

  story('a key of another body or route is refused [TG-68]', async shop => {
    const { pay, patch, paid } = await open(shop)
    const payment = await paid({ total_amount_cents: 5_00 }, 'reuse-1')
    await shop.refused(() => pay({ total_amount_cents: 6_00 }, 'reuse-1'), 409, 'idempotency_key_reused')
    const key = { headers: { 'idempotency-key': 'reuse-1' } }
    await shop.refused(() => patch(payment, { readme: 'x' }, key), 409, 'idempotency_key_reused')
  })

  story('a refused payment does not use up its key', async shop => {
    const { ada, earn, pay } = await open(shop)
    const accrual_ids = [await earn(ada, 50_00)]
    expect((await pay({ accrual_ids, total_amount_cents: 5_00 }, 'mended-1')).status).toBe(400)
    expect((await pay({ accrual_ids, total_amount_cents: 50_00 }, 'mended-1')).status).toBe(201)
  })

  story('twenty at once with one key make one payment; two keys for one accrual, one of each [TG-69]', async shop => {
    const { ada, earn, pay } = await open(shop)
    const body = { accrual_ids: [await earn(ada, 50_00)], total_amount_cents: 50_00 }
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(body, 'parallel-1')))
    expect([...new Set(answers.map(a => a.status))]).toEqual([201])
    expect(new Set(answers.map(a => a.text)).size).toBe(1)
    const rival = { accrual_ids: [await earn(ada, 10_00)], total_amount_cents: 10_00 }
    const two = await Promise.all([pay(rival), pay(rival)])
    expect(two.map(a => [a.status, a.error?.code]).sort()).toEqual([
      [201, undefined],
      [409, 'accrual_not_settleable'],
    ])
    expect(await shop.balance(ada)).toMatchObject({ paid_cents: 60_00, owed_cents: 0 })
  })
})

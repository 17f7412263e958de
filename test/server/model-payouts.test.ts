/** What the database itself refuses about tabs, payouts and payments, whoever asks: raw SQL as the owner. Source: model.md 1. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHECK, type Held, noColumnChanges, RESTRICT, refused, type State, UNIQUE, worldOfStates } from '../support/states.ts'
import type { World } from '../support/world.ts'

let w: World
let at: Record<State, Held>
beforeAll(async () => {
  ;({ w, at } = await worldOfStates())
})
afterAll(() => w.close())

const newPayment = (
  columns: string,
) => `insert into payments (org_id, id, program_id, partner_id, currency, origin, payout_id, status,
    total_amount_cents, paid_at, created_at, created_by)
  select org_id, gen_random_uuid(), program_id, partner_id, currency, ${columns}, amount_cents, created_at, created_at, 'test' from payouts where id = $1`

/** A direct payment in raw SQL, with the line of the audit that every payment has. */
const newDirect = (payout_id: string) =>
  w.sql(
    `with made as (${newPayment(`'direct', null, 'paid'`)} returning *), told as (
       insert into events (org_id, id, program_id, at, actor, verb, object_id)
       select org_id, gen_random_uuid(), program_id, created_at, 'test', 'payment.recorded', id from made)
     select id from made`,
    [payout_id],
  )

describe('a tab', () => {
  const set = (what: string, state: State, code = RESTRICT, words?: RegExp) =>
    refused(w, `update tabs set ${what} where id = $1`, [at[state].tab_id], code, words)

  test('that is settled changes in no way', () => noColumnChanges(w, 'tabs', at.paid.tab_id, []))

  test('does not go from one payment to another', async () => {
    const [second] = await newDirect(at.draft.payout_id)
    await refused(w, 'update tabs set payment_id = $2 where id = $1', [at.paid.tab_id, second.id], RESTRICT, /is settled/)
    await w.sql(`update payments set status = 'voided' where id = $1`, [second.id])
  })

  test('is not released while its payment stands', async () => {
    await set('payment_id = null', 'paid', RESTRICT, /its payment stands/)
    await set('payment_id = null, payout_id = null', 'paid', RESTRICT, /is settled/)
  })

  test('is settled only by a payment of its own partner, currency and payout that stands', async () => {
    const settle = (state: State, payment_id: string) =>
      refused(
        w,
        'update tabs set payment_id = $2, is_open = false where id = $1',
        [at[state].tab_id, payment_id],
        RESTRICT,
        /does not pay it/,
      )
    await settle('open', at.paid.payment_id)
    await settle('draft', at.paid.payment_id)
    await settle('open', '01900000-0000-7000-8000-000000000000')
    const later = `insert into tabs (org_id, id, program_id, partner_id, currency, stream, first_on, last_on)
      select org_id, gen_random_uuid(), program_id, partner_id, currency, stream, first_on, last_on from tabs where id = $1 returning id`
    const [tab] = await w.sql(later, [at.paid.tab_id])
    await refused(
      w,
      'update tabs set payment_id = $2, is_open = false where id = $1',
      [tab.id, at.paid.payment_id],
      RESTRICT,
      /does not pay it/,
    )
    const [voided] = await newDirect(at.cancelled.payout_id)
    await w.sql(`update payments set status = 'voided' where id = $1`, [voided.id])
    await settle('cancelled', voided.id)
  })

  test('is the only open one of its key', () =>
    refused(
      w,
      `insert into tabs (org_id, id, program_id, partner_id, currency, stream, first_on, last_on)
      select org_id, gen_random_uuid(), program_id, partner_id, currency, stream, first_on, last_on from tabs where id = $1`,
      [at.open.tab_id],
      UNIQUE,
      /tabs_open/,
    ))

  test('once closed is never opened again', async () => {
    await set('is_open = true', 'cancelled', RESTRICT, /closed for good/)
    await set('is_open = true, payout_id = null', 'draft', RESTRICT, /closed for good/)
  })

  test('is not open while a payout or a payment has it', async () => {
    await set(`payout_id = '${at.draft.payout_id}'`, 'open', CHECK)
    const insert = `insert into tabs (org_id, id, program_id, partner_id, currency, stream, first_on, last_on, payment_id)
      select org_id, gen_random_uuid(), program_id, partner_id, 'EUR', stream, first_on, last_on, $2::uuid from tabs where id = $1`
    await refused(w, insert, [at.open.tab_id, at.paid.payment_id], CHECK)
  })

  test('of an approved payout is neither released nor given to another', async () => {
    await set('payout_id = null', 'approved', RESTRICT, /claimed by a payout/)
    await set(`payout_id = '${at.draft.payout_id}'`, 'approved', RESTRICT, /claimed/)
  })

  test('of an approved payout does not change', async () => {
    for (const column of ['amount_cents', 'item_count', 'revenue_cents', 'first_on', 'last_on']) {
      await set(`${column} = ${column} + 1`, 'approved', RESTRICT, /in an approved payout/)
    }
  })

  test('of a draft goes to no other payout without being released', () =>
    set(`payout_id = '${at.approved.payout_id}'`, 'draft', RESTRICT, /claimed by another/))

  test('keeps its key', async () => {
    for (const column of ['id', 'program_id', 'partner_id', 'currency', 'stream', 'held_until']) {
      const value = { currency: `'EUR'`, stream: `'credit'`, held_until: `'2026-04-01'` }[column] ?? 'gen_random_uuid()'
      for (const state of ['open', 'draft', 'cancelled'] as const)
        await set(`${column} = ${value}`, state, RESTRICT, /keeps its key/)
    }
  })
})

describe('a payout', () => {
  const set = (what: string, state: State, code = RESTRICT, words?: RegExp) =>
    refused(w, `update payouts set ${what} where id = $1`, [at[state].payout_id], code, words)
  const legal = ['draft approved', 'draft cancelled', 'approved paid', 'approved cancelled']

  for (const from of ['draft', 'approved', 'paid', 'cancelled'] as const) {
    for (const to of ['draft', 'approved', 'paid', 'cancelled']) {
      if (from === to || legal.includes(`${from} ${to}`)) continue
      test(`that is ${from} does not become ${to}`, () =>
        set(
          `status = '${to}', payment_id = ${to === 'paid' ? 'gen_random_uuid()' : 'null'}`,
          from,
          RESTRICT,
          /cannot become|final/,
        ))
    }
  }

  for (const state of ['paid', 'cancelled'] as const) {
    test(`that is ${state} changes in no way`, () => noColumnChanges(w, 'payouts', at[state].payout_id, [], /final/))
  }

  test('that is approved keeps its amount, with adjustments and credit', async () => {
    for (const column of ['amount_cents', 'adjustment_cents', 'credit_cents'])
      await set(`${column} = ${column} + 1`, 'approved', RESTRICT, /amount stands/)
    await set(`amount_cents = 1, status = 'paid', payment_id = gen_random_uuid()`, 'approved', RESTRICT, /amount stands/)
  })

  test('keeps its identity', async () => {
    for (const column of ['id', 'program_id', 'partner_id'])
      await set(`${column} = gen_random_uuid()`, 'draft', RESTRICT, /identity/)
    await set(`currency = 'EUR'`, 'draft', RESTRICT, /identity/)
    await set('number = number + 100', 'draft', RESTRICT, /identity/)
  })

  test('is never below zero, has a number of its own, and is paid exactly when it has a payment', async () => {
    await set('amount_cents = -1', 'draft', CHECK)
    await set('credit_cents = -1', 'draft', CHECK)
    await set('payment_id = gen_random_uuid()', 'draft', CHECK)
    await set(`status = 'paid'`, 'approved', CHECK)
    const copy = `insert into payouts (org_id, id, program_id, partner_id, number, currency, amount_cents, revenue_cents, conversion_count,
      accrual_count, period_start, period_end, created_at, created_by) select org_id, gen_random_uuid(), program_id, partner_id, number, currency,
      0, 0, 0, 0, period_start, period_end, created_at, 'test' from payouts where id = $1`
    await refused(w, copy, [at.draft.payout_id], UNIQUE, /payouts_number/)
  })

  test('has adjustments with a reason, an amount and one owner', async () => {
    const insert = `insert into adjustments (org_id, id, payout_id, payment_id, amount_cents, reason, created_at, created_by) values ($1, gen_random_uuid(), $2, $3, $4, $5, now(), 'test')`
    const { payout_id } = at.draft
    for (const row of [
      [payout_id, null, 0, 'x'],
      [payout_id, null, 1, ' '],
      [null, null, 1, 'x'],
      [payout_id, at.paid.payment_id, 1, 'x'],
    ]) {
      await refused(w, insert, [w.org_id, ...row], CHECK)
    }
  })
})

describe('a payment', () => {
  const set = (what: string, id: string, words?: RegExp) =>
    refused(w, `update payments set ${what} where id = $1`, [id], RESTRICT, words)
  const movable = [
    'status',
    'status_reason',
    'metadata',
    'readme',
    'note',
    'voided_at',
    'voided_by',
    'invoice_number',
    'invoiced_at',
    'invoice_digest',
    'invoice_revised_at',
    'released_count',
  ]

  test('is the only one of its payout', () =>
    refused(w, newPayment(`'payout', id, 'paid'`), [at.paid.payout_id], UNIQUE, /payments_of_payout/))

  test('is a record: amount, payee, day and method stand', () =>
    noColumnChanges(w, 'payments', at.paid.payment_id, movable, /is a record/))

  test('of a payout is never voided, rejected or made pending', async () => {
    for (const status of ['voided', 'rejected', 'pending']) await set(`status = '${status}'`, at.paid.payment_id, /stands/)
  })

  test('made directly is voided once and for good', async () => {
    const [direct] = await newDirect(at.cancelled.payout_id)
    expect(await w.sql(`update payments set status = 'voided' where id = $1 returning id`, [direct.id])).toHaveLength(1)
    for (const status of ['paid', 'rejected', 'pending']) await set(`status = '${status}'`, direct.id, /stands/)
  })

  test('has a payout exactly when it came from one, and is never below zero', async () => {
    await refused(w, newPayment(`'payout', null, 'paid'`), [at.cancelled.payout_id], CHECK)
    await refused(w, newPayment(`'direct', id, 'paid'`), [at.cancelled.payout_id], CHECK)
    const negative = newPayment(`'direct', null, 'paid'`).replace('amount_cents, created_at', '-1, created_at')
    await refused(w, negative, [at.cancelled.payout_id], CHECK)
  })
})

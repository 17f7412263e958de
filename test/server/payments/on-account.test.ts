import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { describe, expect } from 'vitest'
import { type Shop, stories } from '../payouts/support.ts'
import { NOBODY, till } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

/** A partner who earned this much in commissions. */
async function earning(shop: Shop, cents = 300_00) {
  const at = till(shop)
  const ada = await shop.partner()
  if (cents > 0) await shop.sale(ada, cents)
  const figures = async () => {
    const { balance_cents, credit_cents, owed_cents, paid_cents } = await shop.balance(ada)
    return { balance_cents, credit_cents, owed_cents, paid_cents }
  }
  return {
    ...{ ...at, ada, figures },
    record: (requested_amount_cents: number, fields: object = {}) =>
      shop.must(at.onAccount({ publisher_id: ada.id, requested_amount_cents, ...fields })),
  }
}

describe('recording', () => {
  story('shows a row next to the publisher, with or without a note [RT-22, RT-23, RT-24]', async shop => {
    const { record, ada } = await earning(shop)
    const made = await record(100_00, { status: 'paid', note: 'by hand' })
    expect(made).toEqual({
      ...{ id: made.id, publisher_id: ada.id, publisher: { id: ada.id, name: 'Ada', alias: ada.alias } },
      ...{ requested_amount_cents: 100_00, currency: 'USD', status: 'paid', note: 'by hand', is_netted: false },
      ...{ created_at: expect.stringMatching(/^2026-03-10T12:/), invoice_number: null },
    })
    const bare = await record(1_00)
    expect(bare).toMatchObject({ status: 'pending', note: null })
    expect(await shop.must(shop.send('GET', '/publisher-payouts'))).toEqual([bare, made])
    expect(await shop.must(shop.send('GET', `/publisher-payouts/${made.id}`))).toEqual(made)
  })

  story('is deducted from the balance at once, pending or paid [RT-27]', async shop => {
    const { record, figures } = await earning(shop)
    await record(100_00)
    expect(await figures()).toEqual({ balance_cents: 200_00, credit_cents: 100_00, owed_cents: 200_00, paid_cents: 0 })
    await record(50_00, { status: 'paid' })
    expect(await figures()).toEqual({ balance_cents: 150_00, credit_cents: 150_00, owed_cents: 150_00, paid_cents: 50_00 })
    const [{ balance_cents }] = (await shop.balances()).meta.totals
    expect(balance_cents).toBe(150_00)
    await record(70_00, { status: 'rejected' })
    expect(await figures()).toMatchObject({ balance_cents: 150_00 })
  })

  story('more than the balance is saved with a warning, and the balance falls below zero [RT-32]', async shop => {
    const { onAccount, ada, figures } = await earning(shop)
    const answer = await onAccount({ publisher_id: ada.id, requested_amount_cents: 300_00 })
    expect([answer.status, answer.meta]).toEqual([201, {}])
    const more = await onAccount({ publisher_id: ada.id, requested_amount_cents: 1 })
    expect([more.status, more.meta.warnings]).toEqual([201, ['exceeds_balance']])
    expect(await figures()).toMatchObject({ balance_cents: -1, owed_cents: 0 })
    const rejected = await onAccount({ publisher_id: ada.id, requested_amount_cents: 1, status: 'rejected' })
    expect(rejected.meta).toEqual({})
  })

  story('an amount is a whole number of cents above zero, a status one of three [RT-26, RT-32]', async shop => {
    const { onAccount, changeOnAccount, record, ada } = await earning(shop)
    for (const requested_amount_cents of [0, -1, 100.5, '100', 1e13])
      await shop.refused(() => onAccount({ publisher_id: ada.id, requested_amount_cents }), 400, 'invalid_body')
    for (const status of ['Paid', 'voided', 'open', null])
      await shop.refused(() => onAccount({ publisher_id: ada.id, requested_amount_cents: 1, status }), 400, 'invalid_body')
    const made = await record(1_00)
    for (const status of ['pending', 'paid', 'rejected'])
      expect((await changeOnAccount(made, { status })).data.status).toBe(status)
    for (const body of [{ status: 'done' }, { requested_amount_cents: 0 }, {}, { currency: 'EUR' }])
      await shop.refused(() => changeOnAccount(made, body), 400, 'invalid_body')
    await shop.refused(() => onAccount({ publisher_id: NOBODY, requested_amount_cents: 1 }), 404, 'not_found')
    await shop.refused(() => changeOnAccount({ id: NOBODY }, { note: 'x' }), 404, 'not_found')
  })

  story('keeps currencies apart', async shop => {
    const { record, ada, figures } = await earning(shop)
    await record(40_00, { currency: 'eur' })
    expect(await figures()).toMatchObject({ balance_cents: 300_00 })
    expect(await shop.balance(ada, 'EUR')).toMatchObject({ balance_cents: -40_00, owed_cents: 0 })
    expect(await shop.draft(ada)).toMatchObject({ amount_cents: 300_00, currency: 'USD' })
  })

  story('sends nothing anywhere: no socket is opened but those of the database [RT-29]', async shop => {
    const { record, changeOnAccount } = await earning(shop)
    const opened: unknown[] = []
    const seen = (message: unknown) => void opened.push((message as { socket?: Socket }).socket ?? message)
    const channels = ['net.client.socket', 'http.client.request.start', 'undici:request:create']
    for (const channel of channels) subscribe(channel, seen)
    try {
      await changeOnAccount(await record(10_00, { status: 'pending' }), { status: 'paid', requested_amount_cents: 12_00 })
    } finally {
      for (const channel of channels) unsubscribe(channel, seen)
    }
    const { database_url } = shop.w.app.config
    const port = database_url ? new URL(database_url).port || '5432' : null
    const portOf = (socket: unknown) => String((socket as Socket).remotePort ?? (socket as { _host?: string })._host)
    expect(opened.map(portOf).filter(found => found !== port)).toEqual([])
  })
})

describe('editing', () => {
  story('another amount changes row and balance by the difference [RT-25]', async shop => {
    const { record, changeOnAccount, figures } = await earning(shop)
    const made = await record(100_00, { status: 'paid' })
    expect((await changeOnAccount(made, { requested_amount_cents: 80_00 })).data).toMatchObject({ requested_amount_cents: 80_00 })
    expect(await figures()).toEqual({ balance_cents: 220_00, credit_cents: 80_00, owed_cents: 220_00, paid_cents: 80_00 })
    const { meta } = await changeOnAccount(made, { requested_amount_cents: 301_00 })
    expect(meta.warnings).toEqual(['exceeds_balance'])
    expect(await figures()).toMatchObject({ balance_cents: -1_00, paid_cents: 301_00 })
  })

  story('rejected gives everything back, and taken again when it is not [RT-28]', async shop => {
    const { record, changeOnAccount, figures } = await earning(shop)
    const made = await record(100_00, { status: 'paid' })
    await changeOnAccount(made, { status: 'rejected', note: 'wrong account' })
    expect(await figures()).toEqual({ balance_cents: 300_00, credit_cents: 0, owed_cents: 300_00, paid_cents: 0 })
    await changeOnAccount(made, { requested_amount_cents: 50_00 })
    expect(await figures()).toMatchObject({ balance_cents: 300_00 })
    await changeOnAccount(made, { status: 'pending' })
    expect(await figures()).toEqual({ balance_cents: 250_00, credit_cents: 50_00, owed_cents: 250_00, paid_cents: 0 })
    const events = await shop.w.sql('select verb, before, after from events where object_id = $1 order by id', [made.id])
    expect(events.map(e => [e.verb, e.after.status])).toEqual([
      ['payment.recorded', 'paid'],
      ['payment.edited', 'rejected'],
      ['payment.edited', 'rejected'],
      ['payment.edited', 'pending'],
    ])
  })

  story('an edit enters a new earning and changes none', async shop => {
    const { record, changeOnAccount, ada } = await earning(shop, 0)
    const made = await record(100_00)
    await changeOnAccount(made, { requested_amount_cents: 80_00 })
    await changeOnAccount(made, { status: 'rejected' })
    await changeOnAccount(made, { note: 'a note is no money' })
    const rows = await shop.w.sql(
      `select amount_cents, because, source_key from earnings where partner_id = $1 and kind = 'advance' order by id`,
      [ada.id],
    )
    expect(rows).toEqual(
      [
        [-100_00, ''],
        [20_00, ': 100.00 USD became 80.00 USD'],
        [80_00, ': 80.00 USD became rejected'],
      ].map(([amount_cents, why], n) => ({
        ...{ amount_cents, because: `Paid on account on 2026-03-10${why}`, source_key: `on_account:${made.id}:${n + 1}` },
      })),
    )
  })

  story('voiding it as a direct payment is refused, with the way to do it', async shop => {
    const { record, ...at } = await earning(shop)
    const made = await record(100_00, { status: 'paid' })
    const answer = await shop.refused(() => at.void(made), 409, 'invalid_transition')
    expect(answer.error.message).toMatch(/publisher-payouts/)
    await shop.refused(() => at.reject(made), 409, 'invalid_transition')
  })
})

describe('the list', () => {
  story('filters by publisher and status, and pages without loss or repeat', async shop => {
    const { record, onAccount, ada } = await earning(shop)
    const bob = await shop.partner('Bob')
    const mine = [await record(1_00), await record(2_00, { status: 'paid' }), await record(3_00, { status: 'rejected' })]
    const his = await shop.must(onAccount({ publisher_id: bob.id, requested_amount_cents: 4_00 }))
    const ids = async (query: string) =>
      (await shop.must(shop.send('GET', `/publisher-payouts?${query}`))).map((row: { id: string }) => row.id)
    const all = [his, ...mine.reverse()].map(row => row.id)
    expect(await ids('')).toEqual(all)
    expect(await ids(`publisher_id=${ada.id}`)).toEqual(all.slice(1))
    expect(await ids('status=pending')).toEqual([all[0], all[3]])
    const first = await shop.send('GET', '/publisher-payouts?limit=3')
    expect(await ids(`limit=3&cursor=${first.meta.next_cursor}`)).toEqual(all.slice(3))
    expect(await ids(`publisher_id=${NOBODY}`)).toEqual([])
  })
})

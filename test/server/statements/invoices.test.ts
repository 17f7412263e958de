import { describe, expect } from 'vitest'
import { pdfText } from '../../support/pdf.ts'
import { NOBODY } from '../payments/support.ts'
import { type Shop, stories } from '../payouts/support.ts'
import { desk, download, type Named } from './support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })

const payee = {
  ...{ company: 'Ada Lovelace Ltd', address: '12 St James’s Square\nLondon', country: 'GB', vat_id: 'GB123456789' },
  ...{ email: 'ada@example.org', billing_details: 'IBAN GB33BUKB20201555555555' },
}

function counter(shop: Shop) {
  const at = desk(shop)
  const record = (who: Named, requested_amount_cents: number, fields: object = {}) =>
    shop.must(at.onAccount({ publisher_id: who.id, requested_amount_cents, ...fields }))
  const invoice = (row: Named) => download(shop, `/publisher-payouts/${row.id}/invoice`)
  return {
    ...{ ...at, record, invoice },
    /** The text of an invoice, with single spaces. */
    read: async (row: Named) => {
      const file = await invoice(row)
      expect(file.status, file.text.slice(0, 300)).toBe(200)
      return (await pdfText(file.bytes)).text.replace(/\s+/g, ' ')
    },
    number: async (row: Named) => (await shop.must(shop.send('GET', `/publisher-payouts/${row.id}`))).invoice_number,
    settings: (body: object) => shop.send('PATCH', '/settings/invoices', body),
  }
}

describe('an invoice', () => {
  story('says who pays whom how much, for what, when and under which number [RT-30]', async shop => {
    const { record, invoice, settings, number } = counter(shop)
    await shop.must(
      settings({
        legal_name: 'Northwind GmbH',
        address: 'Hafenstr. 1\n20457 Hamburg',
        vat_id: 'DE1',
        billing_text: 'HRB 7, Hamburg',
      }),
    )
    const ada = await shop.partner('Ada', payee)
    const row = await record(ada, 1234_50, { status: 'paid', note: 'March retainer' })
    const file = await invoice(row)
    expect([file.status, file.type]).toEqual([200, 'application/pdf'])
    expect(file.name).toBe('attachment; filename="INV-2026-0001.pdf"')
    expect(await number(row)).toBe('INV-2026-0001')
    const { text, title, pages, scripts } = await pdfText(file.bytes)
    const words = [
      ...['INV-2026-0001', '10 March 2026', 'Northwind GmbH', 'Hafenstr. 1', '20457 Hamburg', 'VAT ID DE1', 'HRB 7, Hamburg'],
      ...['Ada', 'Ada Lovelace Ltd', '12 St James’s Square', 'London', 'GB', 'VAT ID GB123456789', 'ada@example.org'],
      ...['IBAN GB33BUKB20201555555555', 'Partner commissions', '1,234.50 USD', 'Paid', 'March retainer'],
    ]
    for (const word of words) expect(text).toContain(word)
    expect(text.replace(/\s+/g, '')).toContain(row.id)
    expect(text).not.toMatch(/revised|Self-billing/)
    expect([title, pages, scripts]).toEqual(['Invoice INV-2026-0001', 1, null])
  })

  story('keeps number, issue date and bytes; the next payout gets the next number [RT-31]', async shop => {
    const { record, invoice, read, number } = counter(shop)
    const ada = await shop.partner()
    const [first, second] = [await record(ada, 1_00), await record(ada, 2_00)]
    expect([first.invoice_number, await number(first)]).toEqual([null, null])
    const file = await invoice(second)
    await shop.w.travelTo('2027-01-05')
    expect((await invoice(second)).bytes.equals(file.bytes)).toBe(true)
    expect(await number(second)).toBe('INV-2026-0001')
    expect(await read(first)).toContain('INV-2027-0001')
    const third = await record(ada, 3_00)
    expect(await read(third)).toContain('INV-2027-0002')
    expect((await invoice(second)).bytes.equals(file.bytes)).toBe(true)
  })

  story('changed since it was issued bears the same number and the day of its revision', async shop => {
    const { record, invoice, read, changeOnAccount, settings } = counter(shop)
    const ada = await shop.partner('Ada', payee)
    const row = await record(ada, 100_00)
    const before = await invoice(row)
    await shop.w.travelTo('2026-04-02')
    await shop.must(changeOnAccount(row, { requested_amount_cents: 80_00, note: 'corrected' }))
    const text = await read(row)
    for (const word of ['INV-2026-0001', '10 March 2026', 'revised 2 April 2026', '80.00 USD']) expect(text).toContain(word)
    expect(text).not.toContain('100.00')
    const revised = await invoice(row)
    await shop.w.travelTo('2026-05-02')
    expect((await invoice(row)).bytes.equals(revised.bytes)).toBe(true)
    expect(revised.bytes.equals(before.bytes)).toBe(false)
    await shop.must(shop.send('PATCH', `/partners/${ada.id}`, { status: 'paused', readme: 'no part of an invoice' }))
    expect((await invoice(row)).bytes.equals(revised.bytes)).toBe(true)
    await shop.must(shop.send('PATCH', `/partners/${ada.id}`, { vat_id: 'GB999' }))
    expect(await read(row)).toMatch(/revised 2 May 2026.*GB999/)
    await shop.w.travelTo('2026-06-02')
    await shop.must(settings({ self_billing: true }))
    expect(await read(row)).toMatch(
      /revised 2 June 2026.*Self-billing: this invoice is issued by Acme in the name and on behalf of Ada/,
    )
    const events = await shop.w.sql('select verb from events where object_id = $1 order by id', [row.id])
    expect(events.map(e => e.verb)).toEqual([
      ...['payment.recorded', 'invoice.issued', 'payment.edited', 'invoice.revised', 'invoice.revised', 'invoice.revised'],
    ])
  })

  story('is refused for a rejected payout, which takes no number', async shop => {
    const { record, changeOnAccount, number, read } = counter(shop)
    const ada = await shop.partner()
    const row = await record(ada, 1_00, { status: 'rejected' })
    const refused = await shop.refused(() => shop.send('GET', `/publisher-payouts/${row.id}/invoice`), 409, 'invalid_transition')
    expect(refused.error.message).toMatch(/rejected/)
    expect(await number(row)).toBe(null)
    await shop.must(changeOnAccount(row, { status: 'pending' }))
    expect(await read(row)).toMatch(/INV-2026-0001.*Pending/)
    await shop.must(changeOnAccount(row, { status: 'rejected' }))
    await shop.refused(() => shop.send('GET', `/publisher-payouts/${row.id}/invoice`), 409, 'invalid_transition')
    await shop.must(changeOnAccount(row, { status: 'paid' }))
    expect(await read(row)).toContain('INV-2026-0001')
  })

  story("of another brand's payout, of a direct payment and of none is not found [RT-30]", async shop => {
    const at = counter(shop)
    const { data: other } = await shop.w.api.organizations.createProgram({ body: { name: 'Another' } })
    const params = { brand_id: other.id }
    const eve = (await shop.w.api.partners.create({ params, body: { name: 'Eve' } })).data
    const body = { publisher_id: eve.id, requested_amount_cents: 1 }
    const theirs = (await shop.w.api.publisherPayouts.create({ params, body })).data
    const direct = await at.paid({ creator_id: (await shop.partner()).id, total_amount_cents: 1 })
    for (const { id } of [theirs, direct, { id: NOBODY }])
      await shop.refused(() => shop.send('GET', `/publisher-payouts/${id}/invoice`), 404, 'not_found')
  })

  story('of a paid payout is in the same series; one that is not paid has none', async shop => {
    const { record, read } = counter(shop)
    const ada = await shop.partner('Ada', payee)
    await shop.sale(ada, 30_00)
    const row = await record(ada, 10_00)
    expect(await read(row)).toContain('INV-2026-0001')
    const draft = await shop.draft(ada)
    await shop.refused(() => shop.send('GET', `/payouts/${draft.id}/invoice`), 409, 'invalid_transition')
    await shop.approve(draft)
    await shop.pay(draft)
    const file = await download(shop, `/payouts/${draft.id}/invoice`)
    const text = (await pdfText(file.bytes)).text.replace(/\s+/g, ' ')
    for (const word of ['INV-2026-0002', '20.00 USD', 'Wire Transfer', 'Ada Lovelace Ltd']) expect(text).toContain(word)
    expect((await download(shop, `/payouts/${draft.id}/invoice`)).bytes.equals(file.bytes)).toBe(true)
    await shop.refused(() => shop.send('GET', `/payouts/${NOBODY}/invoice`), 404, 'not_found')
  })
})

describe('numbers', () => {
  story(
    '64 first downloads at once take 64 numbers in a row, of one payout one number',
    async shop => {
      const { record, invoice, number } = counter(shop)
      const ada = await shop.partner()
      const rows: Named[] = []
      for (let n = 0; n < 64; n++) rows.push(await record(ada, 1_00 + n))
      const files = await Promise.all(rows.map(invoice))
      expect(new Set(files.map(file => file.status))).toEqual(new Set([200]))
      const numbers = (await Promise.all(rows.map(number))).sort()
      expect(numbers).toEqual(Array.from({ length: 64 }, (_, n) => `INV-2026-${String(n + 1).padStart(4, '0')}`))
      const one = await record(ada, 1_00)
      const same = await Promise.all(Array.from({ length: 16 }, () => invoice(one)))
      expect(new Set(same.map(file => file.bytes.toString('base64'))).size).toBe(1)
      expect(await number(one)).toBe('INV-2026-0065')
    },
    120_000,
  )

  story('the database keeps a number, and gives none to what was rejected', async shop => {
    const { record, read } = counter(shop)
    const ada = await shop.partner()
    const [row, other, rejected] = [
      await record(ada, 1_00),
      await record(ada, 1_00),
      await record(ada, 1_00, { status: 'rejected' }),
    ]
    await read(row)
    const set = (id: string, what: string) => shop.w.sql(`update payments set ${what} where id = $1`, [id])
    const issue = (number: string) => `invoice_number = '${number}', invoiced_at = created_at, invoice_digest = 'x'`
    await expect(set(row.id, `invoice_number = 'INV-2026-0009'`)).rejects.toThrow(/stands/)
    await expect(set(row.id, `invoiced_at = now()`)).rejects.toThrow(/stands/)
    await expect(set(row.id, `invoice_number = null, invoiced_at = null, invoice_digest = null`)).rejects.toThrow(/stands/)
    await expect(set(other.id, issue('INV-2026-0001'))).rejects.toThrow(/payments_invoice_number/)
    await expect(set(other.id, `invoice_number = 'INV-2026-0002'`)).rejects.toThrow(/payments_invoice/)
    await expect(set(rejected.id, issue('INV-2026-0002'))).rejects.toThrow(/has no invoice/)
  })

  story('each brand has its own series, in the years of the organization', async shop => {
    const { data: other } = await shop.w.api.organizations.createProgram({ body: { name: 'Another' } })
    const params = { brand_id: other.id }
    const eve = (await shop.w.api.partners.create({ params, body: { name: 'Eve' } })).data
    const made = (await shop.w.api.publisherPayouts.create({ params, body: { publisher_id: eve.id, requested_amount_cents: 1 } }))
      .data
    const { record, read } = counter(shop)
    expect(await read(await record(await shop.partner(), 1_00))).toContain('INV-2026-0001')
    const theirs = await shop.w.server.inject({
      ...{ method: 'GET', url: `/api/brands/${other.id}/publisher-payouts/${made.id}/invoice` },
      headers: { authorization: `Bearer ${shop.w.key}` },
    })
    expect(theirs.headers['content-disposition']).toContain('INV-2026-0001.pdf')
  })
})

describe('settings', () => {
  story('say who pays; blank is none, and what is left out stays', async shop => {
    const { settings } = counter(shop)
    const empty = { legal_name: null, address: null, vat_id: null, billing_text: null, self_billing: false }
    expect(await shop.must(shop.send('GET', '/settings/invoices'))).toEqual(empty)
    expect(await shop.must(settings({ legal_name: ' Northwind ', vat_id: '  ' }))).toEqual({ ...empty, legal_name: 'Northwind' })
    expect(await shop.must(settings({ self_billing: true }))).toEqual({ ...empty, legal_name: 'Northwind', self_billing: true })
    await shop.refused(() => settings({}), 400, 'invalid_body')
    await shop.refused(() => settings({ legal_name: 'x'.repeat(201) }), 400, 'invalid_body')
    const [event] = await shop.w.sql(
      `select before, after from events where verb = 'invoice_settings.changed' and program_id = $1 order by id desc`,
      [shop.brand_id],
    )
    expect([event.before.self_billing, event.after.self_billing]).toEqual([false, true])
  })
})

describe('text of any kind', () => {
  const names = {
    greek: 'Ελένη Παπαδοπούλου',
    cyrillic: 'Ольга Кузнецова',
    polish: 'Łukasz Żółć',
    tag: '<script>alert(1)</script>',
    formula: '=1+1',
  }
  for (const [kind, name] of Object.entries(names)) {
    story(`is legible: ${kind}`, async shop => {
      const { record, read } = counter(shop)
      expect(await read(await record(await shop.partner(name), 1_00))).toContain(name)
    })
  }

  story('from right to left is legible, and not turned around', async shop => {
    const { record, read } = counter(shop)
    const text = await read(await record(await shop.partner('שלום עולם'), 1_00))
    const letters = [...text.replace(/\s/g, '')].join('')
    expect(['שלוםעולם', [...'שלוםעולם'].reverse().join('')].some(word => letters.includes(word))).toBe(true)
    expect(await read(await record(await shop.partner('محمد'), 1_00))).toMatch(/[\u0600-\u06ff\ufe70-\ufeff]{4}/)
  })

  story('that no font can draw shows boxes and the alias, never other signs', async shop => {
    const { record, read } = counter(shop)
    const text = await read(await record(await shop.partner('株式会社 🦜', { alias: 'kaisha' }), 1_00))
    expect(text).toContain('□□□□ □')
    expect(text).toContain('Alias: kaisha')
  })

  story('may be as long and as hostile as the fields allow', async shop => {
    const { record, invoice, settings } = counter(shop)
    const long = { address: 'Ä'.repeat(500), billing_details: `${'x\n'.repeat(998)}end`, company: '<img src=x>'.repeat(9) }
    const ada = await shop.partner(`\u202e${'W'.repeat(90)}`, long)
    await shop.must(settings({ legal_name: 'N'.repeat(200), address: '\n\n'.repeat(250), billing_text: '=1+1 '.repeat(400) }))
    const row = await record(ada, 1, { note: `${'word '.repeat(390)}\t(end)\\` })
    const file = await invoice(row)
    expect(file.status).toBe(200)
    const { text, pages, scripts } = await pdfText(file.bytes)
    expect(pages).toBeGreaterThan(5)
    for (const word of ['end', '(end)\\', '=1+1', '<img src=x>', `Page 1 of ${pages}`]) expect(text).toContain(word)
    expect(text).not.toContain('\u202e')
    expect(scripts).toBe(null)
  })
})

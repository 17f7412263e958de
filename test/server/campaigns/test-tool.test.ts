/** The test tool says what a real conversion gets; overrides and renamed partners are seen in the same tables. */
import { describe, expect } from 'vitest'
import { cpa, created, earns, item, lines, record, revshare, type Shop, stories } from '../conversions/support.ts'

const story = stories({ today: '2026-03-10T12:00:00Z' })
type Fields = Record<string, unknown>
const tool = (shop: Shop, campaign: { id: string }, body: Fields) =>
  shop.must(shop.send('POST', `/campaigns/${campaign.id}/custom-payouts/test`, body))
const tablesOf = async (shop: Shop, campaign: { id: string }) =>
  (await shop.must(shop.send('GET', `/campaigns/${campaign.id}/custom-payouts`))).tables
const override = (shop: Shop, method: 'PUT' | 'DELETE', campaign: { id: string }, who: { id: string }, value?: string) =>
  shop.send(method, `/campaigns/${campaign.id}/overrides/${who.id}`, value && { value })

const everyTab = {
  ...{ geo: 'US, 1\nGB, 2', geo_os: 'IOS, US, 3', publisher: 'nick, 4', publisher_sub: 'nick, sub1, a, 5\nnick, sub2, b, 6' },
  ...{ publisher_sub_geo: 'nick, sub1, a, US, 7', hybrid: 'Signup, 8', conversion_sub: 'sub1, p, 9\nsub20, q, 10' },
  ...{ type_geo_conversion_sub: 'Lead, US, sub1, p, 11', type_conversion_sub: 'Lead, sub1, p, 12', type_geo: 'Lead, UK, 13' },
  type: 'Lead, 14',
}
const one = <T>(n: number, ...options: T[]): T => options[n % options.length] as T

/** Inputs that meet every tab, by counting through the options of each field at different speeds. */
const inputs: Fields[] = Array.from({ length: 96 }, (_, n) => ({
  publisher: one(n, 'nick', 'other'),
  country: one(n >> 1, 'US', 'UK', 'DE', undefined),
  os: one(n >> 2, 'iOS 17.2', 'Android', undefined),
  subs: one(n >> 3, undefined, { sub1: 'a' }, { sub2: 'b' }, { sub1: 'a', sub2: 'b' }),
  type: one(n >> 1, 'Lead', 'Signup', 'Lead', undefined, 'lead'),
  conversion_subs: one(n >> 4, { sub1: 'p' }, undefined, { sub20: 'q' }),
  revenue_cents: one(n, 123_45, 0, 1),
  currency: one(n >> 5, 'USD', 'EUR'),
}))

describe('the test tool', () => {
  for (const model of ['cpa', 'revshare'] as const) {
    story(`gives the tab, line, model and amount that a real conversion gets, under ${model} [RT-45]`, async shop => {
      for (const alias of ['nick', 'other']) await shop.partner(alias, { alias })
      const campaign = model === 'cpa' ? await cpa(shop, 2_50) : await revshare(shop, '2.5')
      await lines(shop, campaign, everyTab)
      const real = await record(
        shop,
        ...inputs.map(({ publisher, ...fields }) => item({ partner: publisher as string, campaign, ...fields })),
      )
      const stored = await shop.w.sql(`select source_key, inputs from earnings where kind = 'commission' and program_id = $1`, [
        shop.brand_id,
      ])
      const inputsOf = new Map(stored.map(row => [row.source_key, row.inputs]))
      const tabs = new Set<string>()
      for (const [n, input] of inputs.entries()) {
        const said = await tool(shop, campaign, input)
        const { level, tab = 'default', line = null, text = null, ...got } = inputsOf.get(`conversion:${real[n]?.conversion_id}`)
        const { winner, losers, ...rest } = said
        const model = level === 'line' ? got.model : null
        expect({ n, ...rest }).toEqual({ n, ...real[n]?.earning })
        expect({ n, ...winner, value: 0 }).toEqual({ n, tab, line, text, model, value: 0 })
        expect([Number(winner.value), losers.length]).toEqual(level === 'line' ? [Number(got.value), 13] : [0, 14])
        tabs.add(tab)
      }
      expect([...tabs].sort()).toEqual([...Object.keys(everyTab), 'default'].sort())
    })
  }

  story('says of every line that lost why it lost', async shop => {
    await shop.partner('nick', { alias: 'nick' })
    const campaign = await cpa(shop, 1_00)
    await lines(shop, campaign, { geo: 'US, 10\nDE, 8', publisher: 'nick, 14', type: 'Lead, 3' })
    const said = await tool(shop, campaign, { publisher: 'nick', country: 'US' })
    expect(said).toMatchObject({
      ...{
        winner: { tab: 'publisher', line: 1, text: 'nick, 14', model: 'fixed', value: '14' },
        amount_cents: 14_00,
        currency: 'USD',
      },
      because: '14.00 USD per sale: PUBLISHER/ALIAS line 1 "nick, 14"',
    })
    expect(said.losers).toEqual([
      { tab: 'geo', line: 1, text: 'US, 10', why: 'matched, but PUBLISHER/ALIAS comes first' },
      { tab: 'geo', line: 2, text: 'DE, 8', why: 'country is US, the line wants DE' },
      { tab: 'type', line: 1, text: 'Lead, 3', why: 'type is sale, the line wants Lead' },
    ])
    const nobody = await tool(shop, campaign, { country: 'FR' })
    expect(nobody).toMatchObject({
      winner: { tab: 'default', line: null, text: null, model: null, value: null },
      amount_cents: 1_00,
    })
    expect(nobody.losers[2].why).toBe('no publisher is given, the line wants one')
  })

  story('tries tables that are not saved, over those that are, and stores nothing [RT-45]', async shop => {
    await shop.partner('nick', { alias: 'nick' })
    const campaign = await cpa(shop, 1_00)
    await lines(shop, campaign, { geo: 'US, 10', type: 'Lead, 15' })
    const before = await shop.w.fingerprint()
    const tables = { geo: 'US, 12\nDE, 9', type: '', publisher: 'nick, 3' }
    const cases = [{ country: 'US' }, { country: 'DE', type: 'Lead' }, { type: 'Lead' }, { publisher: 'nick', country: 'US' }]
    const said = await Promise.all(cases.map(input => tool(shop, campaign, { ...input, tables })))
    expect(await shop.w.fingerprint()).toBe(before)
    expect(said.map(s => s.amount_cents)).toEqual([12_00, 9_00, 1_00, 3_00])
    await shop.partner('other', { alias: 'other' })
    await lines(shop, campaign, tables)
    for (const [n, { publisher = 'other', ...fields }] of (cases as { publisher?: string }[]).entries())
      expect((await created(shop, { partner: publisher, campaign, ...fields })).earning).toMatchObject({
        ...{ amount_cents: said[n].amount_cents, because: said[n].because },
      })
    const bad = { tables: { geo: 'US, x' } }
    await shop.refused(() => shop.send('POST', `/campaigns/${campaign.id}/custom-payouts/test`, bad), 400, 'invalid_body')
  })

  story('knows the tier that the partner has reached, and a partner who is paused [RT-45]', async shop => {
    const ada = await shop.partner('Ada')
    const tiers = [1, 2, 3].map(from => ({ from, percent: String(from * 10) }))
    const campaign = await shop.campaign({ cost_model: 'revshare', tiers })
    for (let n = 1; n <= 4; n++) {
      const said = await tool(shop, campaign, { publisher: 'ada', revenue_cents: 10_00 })
      const real = await created(shop, { partner: ada, campaign, revenue_cents: 10_00 })
      expect({ ...said, winner: 0, losers: 0 }).toEqual({ ...real.earning, winner: 0, losers: 0 })
    }
    expect(await tool(shop, campaign, { revenue_cents: 10_00 })).toMatchObject({
      amount_cents: 1_00,
      winner: { tab: 'default' },
    })
    await shop.must(shop.send('PATCH', `/partners/${ada.id}`, { status: 'paused' }))
    const said = await tool(shop, campaign, { publisher: ada.id, revenue_cents: 10_00 })
    expect((await created(shop, { partner: ada, campaign, revenue_cents: 10_00 })).earning).toMatchObject({
      because: said.because,
      amount_cents: 0,
    })
  })

  story('does not know a publisher of another brand', async shop => {
    const eve = await shop.w.partner('Eve')
    const campaign = await cpa(shop, 1_00)
    for (const publisher of [eve.id, 'nobody'])
      await shop.refused(
        () => shop.send('POST', `/campaigns/${campaign.id}/custom-payouts/test`, { publisher }),
        404,
        'not_found',
      )
  })
})

describe('an override', () => {
  story('is the partner’s line in PUBLISHER/ALIAS, and back [ON-14]', async shop => {
    const [ada, bob, campaign] = [await shop.partner('Ada'), await shop.partner('Bob'), await revshare(shop, '10')]
    await lines(shop, campaign, { publisher: 'bob, 12', geo: 'US, 5' })
    expect(await shop.must(override(shop, 'PUT', campaign, ada, '20'))).toMatchObject({
      tables: { publisher: 'bob, 12\nada, 20', geo: 'US, 5' },
    })
    expect(await earns(shop, { partner: ada, campaign, revenue_cents: 100_00 })).toBe(20_00)
    await shop.must(override(shop, 'PUT', campaign, bob, '15.5'))
    expect((await tablesOf(shop, campaign)).publisher).toBe('ada, 20\nbob, 15.5')
    await lines(shop, campaign, { publisher: `"ADA", 30\n${bob.id}, 16` })
    expect(await earns(shop, { partner: ada, campaign, revenue_cents: 100_00 })).toBe(30_00)
    for (const who of [ada, bob]) await shop.must(override(shop, 'DELETE', campaign, who))
    expect(await tablesOf(shop, campaign)).toEqual({ geo: 'US, 5' })
    expect(await earns(shop, { partner: ada, campaign, revenue_cents: 100_00 })).toBe(10_00)
  })

  story('that is not there is removed without a new version; a wrong value or partner is refused', async shop => {
    const [ada, campaign] = [await shop.partner('Ada'), await revshare(shop, '10')]
    const eve = await shop.w.partner('Eve')
    expect(await shop.must(override(shop, 'DELETE', campaign, ada))).toMatchObject({ version: 1, tables: {} })
    for (const value of ['101', '-1', '1.00001', 'x', '1e2'])
      await shop.refused(() => override(shop, 'PUT', campaign, ada, value), 400, 'invalid_body')
    for (const method of ['PUT', 'DELETE'] as const)
      await shop.refused(() => override(shop, method, campaign, eve, method === 'PUT' ? '5' : undefined), 404, 'not_found')
  })
})

describe('a partner whose alias changes', () => {
  story('keeps its lines, and every table reads with the new name', async shop => {
    const nick = await shop.partner('Nick', { alias: 'nick' })
    const campaign = await cpa(shop, 1_00)
    const tables = {
      publisher: '\n"nick" , 14',
      publisher_sub: 'NICK, sub1, a, 16',
      publisher_sub_geo: `${nick.id}, sub1, a, US, 18`,
    }
    await lines(shop, campaign, { ...tables, geo: 'US, 2' })
    await shop.must(shop.send('PATCH', `/partners/${nick.id}`, { alias: 'nicola' }))
    const sale = (fields: Fields = {}) => earns(shop, { partner: nick, campaign, ...fields })
    const subs = { sub1: 'a' }
    expect([await sale(), await sale({ subs }), await sale({ subs, country: 'US' })]).toEqual([14_00, 16_00, 18_00])
    const renamed = { publisher: '\nnicola, 14', publisher_sub: 'nicola, sub1, a, 16' }
    expect(await tablesOf(shop, campaign)).toEqual({ ...tables, ...renamed, geo: 'US, 2' })
    expect((await tool(shop, campaign, { publisher: 'nicola', tables: { geo: '' } })).amount_cents).toBe(14_00)
    await lines(shop, campaign, { geo: 'US, 3' })
    await lines(shop, campaign, await tablesOf(shop, campaign))
    expect([await sale(), await sale({ subs })]).toEqual([14_00, 16_00])
    await shop.must(override(shop, 'PUT', campaign, nick, '20'))
    expect([(await tablesOf(shop, campaign)).publisher, await sale()]).toEqual(['nicola, 20', 20_00])
  })

  story('does not give them to the next who takes the name', async shop => {
    const nick = await shop.partner('Nick', { alias: 'nick' })
    const campaign = await cpa(shop, 1_00)
    await lines(shop, campaign, { publisher: 'nick, 14' })
    await shop.must(shop.send('PATCH', `/partners/${nick.id}`, { alias: 'nicola', slug: 'nicola' }))
    const heir = await shop.partner('Heir', { alias: 'nick' })
    await lines(shop, campaign, { geo: 'US, 3' })
    expect([await earns(shop, { partner: nick.id, campaign }), await earns(shop, { partner: heir.id, campaign })]).toEqual([
      14_00, 1_00,
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { Accrual, accruals } from '../../src/api/accruals.ts'
import { endpoints } from '../../src/api/contract.ts'
import { schemaDocument } from '../../src/api/schema.ts'
import { structures } from '../../src/api/structures.ts'

const { entities, conventions } = schemaDocument()
const names = entities.map(entity => entity.name)
const entity = (name: string) => entities.find(each => each.name === name)!
const fields = (name: string) => entity(name).fields.map(field => field.name)
const field = (of: string, name: string) => entity(of).fields.find(each => each.name === name)
const related = (name: string, kind: string) =>
  entity(name)
    .relationships.filter(each => each.kind === kind)
    .map(each => `${each.field} ${each.entity}`)

describe('entities', () => {
  test('are what the seeds name, each once, in one sentence', () => {
    for (const name of ['organization', 'project', 'creator', 'video', 'goal', 'campaign', 'payout_method', 'payout_structure'])
      expect(names).toContain(name)
    for (const name of ['payout_accrual', 'payout_payment', 'partner', 'conversion', 'payout', 'publisher_payout'])
      expect(names).toContain(name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, description } of entities) expect(description, name).toMatch(/^[A-Z].{20,150}\.$/)
    for (const text of Object.values(conventions)) expect(text).toMatch(/[A-Z`].+\.$/)
  })

  test('cover every endpoint of the contract, each with its method and path', () => {
    const covered = new Map(entities.flatMap(({ reads, writes }) => [...reads, ...writes]).map(use => [use.name, use]))
    // the portal is for partners, who sign in: an agent with a key has no part in it
    const portal = endpoints.filter(({ endpoint }) => endpoint.path.startsWith('/api/portal/')).map(({ name }) => name)
    const apart = ['organizations.setup', 'reference.schema', 'reference.openapi', ...portal]
    for (const { name, endpoint } of endpoints) {
      if (apart.includes(name)) expect(covered.has(name)).toBe(false)
      else expect(covered.get(name), name).toMatchObject({ method: endpoint.method, path: endpoint.path })
    }
    expect(covered.size).toBe(endpoints.length - apart.length)
  })

  test('are read by what reads and written by what writes', () => {
    expect(entity('payout_accrual').reads.map(use => use.name)).toEqual(['accruals.list', 'accruals.one'])
    expect(entity('payout_accrual').writes.map(use => use.name)).toEqual(['accruals.change'])
    const asking = entity('payout_payment').writes.filter(use => use.needs_idempotency_key)
    expect(asking.map(use => use.path)).toEqual(['/api/v1/payout-payments'])
  })
})

describe('fields', () => {
  test('are those of the answers', () => {
    const outer = (name: string) => fields(name).filter(each => !/[.[]/.test(each))
    expect(outer('payout_accrual')).toEqual(Object.keys(accruals.one.data.shape))
    expect(outer('payout_structure')).toEqual(Object.keys(structures.one.data.shape))
    const listed = entity('payout_accrual').fields.filter(each => !each.only_in_detail)
    expect(listed.map(each => each.name)).toEqual(Object.keys(Accrual.shape))
  })

  test('say type, null, values, unit and what they mean', () => {
    expect(field('payout_accrual', 'amount_cents')).toMatchObject({ type: 'integer', nullable: false, unit: 'minor_units' })
    expect(field('payout_accrual', 'status')?.enum).toEqual(['earned', 'paid', 'rejected', 'voided'])
    expect(field('payout_accrual', 'period_end_at')).toMatchObject({ unit: 'instant_utc', description: expect.any(String) })
    expect(field('payout_accrual', 'video_id')).toMatchObject({ type: 'string', nullable: true, unit: 'uuid' })
    expect(field('structure_version', 'period')).toMatchObject({ nullable: true, enum: ['daily', 'weekly', 'monthly'] })
    expect(field('payout_payment', 'payout_payment_lines')?.type).toBe('payout_payment_line[]')
    expect(field('payout_structure', 'versions')).toMatchObject({ type: 'structure_version[]', only_in_detail: true })
    expect(field('campaign', 'tiers[].amount_cents')).toMatchObject({ nullable: true, unit: 'minor_units' })
  })

  test('of money are integers and of time have a unit, everywhere', () => {
    const all = entities.flatMap(({ name, fields }) => fields.map(each => ({ ...each, of: name })))
    const cents = all.filter(each => each.name.endsWith('_cents'))
    expect(cents.length).toBeGreaterThan(20)
    for (const each of cents)
      expect([each.of, each.name, each.type, each.unit]).toMatchObject([each.of, each.name, 'integer', 'minor_units'])
    for (const each of all.filter(each => each.name.endsWith('_at')))
      expect(each.unit, `${each.of}.${each.name}`).toBe('instant_utc')
    expect(all.filter(each => each.type.includes('undefined') || each.type === 'any').map(each => each.name)).toEqual([])
  })
})

describe('relationships', () => {
  test('follow every id of a row, save those that name nothing here', () => {
    const apart = ['external_id', 'event_id', 'click_id', 'vat_id']
    for (const { name, fields, relationships } of entities) {
      const led = relationships.filter(each => each.kind === 'belongs_to' && !each.in_path).map(each => each.field)
      expect(led, name).toEqual(fields.map(each => each.name).filter(each => /^\w+_id$/.test(each) && !apart.includes(each)))
      for (const each of relationships) expect(names).toContain(each.entity)
    }
  })

  test('lead from an accrual to its creator and structure, and back', () => {
    expect(related('payout_accrual', 'belongs_to')).toEqual(
      expect.arrayContaining([
        'project_id project',
        'creator_id creator',
        'structure_id payout_structure',
        'payment_id payout_payment',
      ]),
    )
    expect(related('creator', 'has_many')).toContain('creator_id payout_accrual')
    expect(related('publisher_payout', 'belongs_to')).toContain('publisher_id partner')
    expect(related('payout_payment', 'contains')).toEqual([
      'payout_payment_lines payout_payment_line',
      'payout_adjustments payout_adjustment',
    ])
  })

  test('that only the path names are marked', () => {
    expect(entity('video_snapshot').relationships).toEqual([
      { kind: 'belongs_to', entity: 'video', field: 'video_id', in_path: true },
    ])
  })
})

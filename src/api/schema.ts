/**
 * The contract as entities for agents: fields, relationships, and the endpoints that read and write each.
 *
 * Everything but the one-line descriptions follows from the shapes of the contract, so that it cannot say anything else.
 */
import type { z } from 'zod'
import { endpoints } from './contract.ts'
import { type Source, sources } from './entities.ts'
import { type Json, jsonSchemaOf } from './json-schema.ts'
import type { Schema, units } from './reference.ts'
import { Cents } from './shapes.ts'

type Entity = Schema['entities'][number]
type Field = Entity['fields'][number]
type Relationship = Entity['relationships'][number]
type Use = Entity['reads'][number]

const conventions = {
  money: 'Every `*_cents` is an integer of minor units of the currency beside it.',
  time: 'Every `*_at` is an ISO 8601 instant in UTC (ends in Z); every `*_on` and `*_date` is a day.',
  answers: 'Every answer is `{data, error, meta}`; on failure data is null and `meta.code` is the machine code.',
  lists: '`limit` is 50 unless said otherwise, at most 100; `meta.next_cursor` goes into `cursor` and is null at the end.',
  writes: 'Send an `Idempotency-Key` (a UUID) with every write: a retry with the same key changes nothing twice.',
  bodies: 'A key of the body that is not listed is refused with `invalid_body`.',
  contract: 'GET /api/v1/openapi.json has every parameter, body and refusal.',
}

/** Everything there is, for `GET /api/v1/schema`. */
export const schemaDocument = (): Schema => ({ conventions, entities: Object.keys(sources).map(entityOf) })

type Properties = { [name: string]: Json }
const seen = new WeakMap<z.ZodType, Properties>()

function propertiesOf(shape: z.ZodType): Properties {
  const found = seen.get(shape) ?? within(jsonSchemaOf(shape, 'output'))
  seen.set(shape, found)
  return found
}

/** The properties of an object; what may be left out is marked as what may be null. */
function within({ properties = {}, required = [] }: { properties?: Properties; required?: string[] }): Properties {
  const names = Object.entries(properties)
  return Object.fromEntries(names.map(([name, of]) => [name, required.includes(name) ? of : { anyOf: [of, { type: 'null' }] }]))
}

const isOf = (source: Source, name: string): boolean => source.of.some(named => named === name || name.startsWith(`${named}.`))

function entityOf(name: string): Entity {
  const source = sources[name] as Source
  const used = endpoints.filter(each => isOf(source, each.name))
  return {
    name,
    description: source.description,
    fields: fieldsOf(source),
    relationships: [...belongings(name), ...containing(source), ...followers(name)],
    reads: used.filter(({ endpoint }) => endpoint.scope === 'read').map(useOf),
    writes: used.filter(({ endpoint }) => endpoint.scope !== 'read').map(useOf),
  }
}

const useOf = ({ name, endpoint: e }: (typeof endpoints)[number]): Use => ({
  name,
  method: e.method,
  path: e.path,
  summary: e.summary,
  needs_idempotency_key: e.needs_key ?? false,
})

function fieldsOf({ shape, detail }: Source): Field[] {
  return Object.entries(propertiesOf(detail ?? shape)).flatMap(([name, schema]) => {
    const found = fields(name, schema)
    return name in shape.shape ? found : found.map(field => ({ ...field, only_in_detail: true as const }))
  })
}

/** A field, and behind it what is inside it unless that is an entity of its own. */
function fields(name: string, schema: Json, last = name): Field[] {
  const { inner, type, nullable, list } = unwrapped(schema)
  const entity = entityIn(last, inner)
  const field: Field = {
    name,
    type: `${entity ?? type}${list ? '[]' : ''}`,
    nullable,
    ...valuesOf(inner),
    ...(unitOf(last) && !entity && { unit: unitOf(last) }),
    ...descriptionOf(schema.description ?? inner.description),
  }
  if (entity || inner.properties === undefined) return [field]
  const prefix = `${name}${list ? '[]' : ''}`
  return [field, ...Object.entries(within(inner)).flatMap(([each, of]) => fields(`${prefix}.${each}`, of, each))]
}

/** What is inside `X | null` and a list. */
function unwrapped(schema: Json): { inner: Json; type: string; nullable: boolean; list: boolean } {
  const options = ((schema.anyOf as Json[] | undefined) ?? [schema]).flatMap(each =>
    [each.type].flat().map(type => ({ ...each, type })),
  )
  const others = options.filter(({ type }) => type !== 'null')
  const [only] = others.length === 1 ? others : []
  const list = only?.type === 'array'
  const inner: Json = (list ? ((only as Json).items as Json) : only) ?? {}
  return { inner, type: String(inner.type ?? 'any'), nullable: others.length < options.length, list }
}

function valuesOf({ enum: values, const: value }: Json): { enum?: string[] } {
  const all = value === undefined ? values : [value]
  return Array.isArray(all) ? { enum: all.map(String) } : {}
}

/** That an amount is in minor units says its unit already. */
const descriptionOf = (text: unknown): { description?: string } =>
  typeof text === 'string' && text !== Cents.description ? { description: text } : {}

/** The entity that an object is: the same shape, or some fields of the one that the field is named after. */
function entityIn(field: string, inner: Json): string | undefined {
  if (inner.properties === undefined) return undefined
  const same = Object.keys(sources).find(name => sameShape((sources[name] as Source).shape, inner))
  const named = same ?? entityNamed(`${field}_id`)
  if (named === undefined) return undefined
  const known = propertiesOf((sources[named] as Source).shape)
  return Object.keys(inner.properties as Json).every(name => name in known) ? named : undefined
}

const sameShape = (shape: z.ZodObject, inner: Json): boolean =>
  JSON.stringify(propertiesOf(shape)) === JSON.stringify(within(inner))

/** Other words for the same thing, as the seeds say it. */
const synonyms: Record<string, string> = { org: 'organization', brand: 'project', publisher: 'partner' }

/** The entity that a field like `project_id` names. */
function entityNamed(field: string): string | undefined {
  const [, word] = /^(\w+)_id$/.exec(field) ?? []
  if (word === undefined) return undefined
  return [word, synonyms[word], `payout_${word}`].find(name => name !== undefined && name in sources)
}

function unitOf(field: string): (typeof units)[number] | undefined {
  if (field === 'id' || entityNamed(field)) return 'uuid'
  const [suffix = ''] = /[^_]+$/.exec(field) ?? []
  return field === suffix ? undefined : suffixes[suffix]
}

const suffixes: Record<string, (typeof units)[number]> = {
  cents: 'minor_units',
  at: 'instant_utc',
  on: 'day',
  date: 'day',
  count: 'count',
  hours: 'hours',
  days: 'days',
  by: 'actor',
}

/** What an entity names by a field, or else by the path that reads it. */
function belongings(name: string): Relationship[] {
  const source = sources[name] as Source
  const own = Object.keys(propertiesOf(source.detail ?? source.shape))
  const paths = endpoints.filter(each => each.endpoint.method === 'GET' && isOf(source, each.name))
  const parameters = new Set(paths.flatMap(({ endpoint }) => Object.keys(propertiesOf(endpoint.params))))
  const named = (fields: string[]) =>
    fields.flatMap(field => {
      const entity = entityNamed(field)
      return entity === undefined || entity === name ? [] : [{ kind: 'belongs_to' as const, entity, field }]
    })
  const known = new Set(named(own).map(({ entity }) => entity))
  const inPath = named([...parameters]).filter(({ entity }) => !known.has(entity))
  return [...named(own), ...inPath.map(each => ({ ...each, in_path: true as const }))]
}

function containing({ shape, detail }: Source): Relationship[] {
  const own = propertiesOf(detail ?? shape)
  return Object.entries(own).flatMap(([field, schema]) => {
    const entity = entityIn(field, unwrapped(schema).inner)
    return entity === undefined || `${field}_id` in own ? [] : [{ kind: 'contains' as const, entity, field }]
  })
}

/** Those that belong to an entity. */
const followers = (name: string): Relationship[] =>
  Object.keys(sources).flatMap(other =>
    belongings(other)
      .filter(({ entity }) => entity === name)
      .map(each => ({ ...each, kind: 'has_many' as const, entity: other })),
  )

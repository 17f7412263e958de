/** Partners: whom we may owe. Source: spec C5, G2. */
import type { In, Out } from '../../api/endpoint.ts'
import type { partners } from '../../api/partners.ts'
import { refuse } from '../../core/refusal.ts'
import { numbered, slugOf } from '../../core/slug.ts'
import { type Ctx, reply } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { checkLimit } from '../organizations/plans.ts'
import { idCursor, pageOf } from '../page.ts'
import * as sql from './partners.sql.ts'
import { follow } from './welcome.ts'

type Partner = Out<typeof partners.one>

const present = ({ program_id, ...partner }: sql.PartnerWithCoupons): Partner => ({ brand_id: program_id, ...partner })

export async function list(ctx: Ctx, { query }: In<typeof partners.list>) {
  const found = await sql.list(ctx, { ...query, after: idCursor(query.cursor) })
  const { rows, next_cursor } = pageOf(found, query.limit, p => p.id)
  return reply(rows.map(present), { meta: { next_cursor } })
}

export async function one(ctx: Ctx, { params }: In<typeof partners.one>): Promise<Partner> {
  return present(await read(ctx, params.partner_id))
}

/** Refuses `limit_reached`, and `invalid_body` for a slug, alias or coupon that another partner of the brand has. */
export async function create(ctx: Ctx, { body }: In<typeof partners.create>): Promise<Partner> {
  await checkLimit(ctx, 'creators')
  const id = await insertWithNames(ctx, body)
  if (body.coupon_codes) await setCoupons(ctx, id, body.coupon_codes)
  const partner = await read(ctx, id)
  ctx.tell('partner.created', id, { program_id: ctx.program.id, after: { name: partner.name, status: partner.status } })
  return present(partner)
}

export async function change(ctx: Ctx, { params, body }: In<typeof partners.change>): Promise<Partner> {
  const before = await read(ctx, params.partner_id)
  const { coupon_codes, ...fields } = body
  for (const column of ['slug', 'alias'] as const) {
    const value = fields[column]
    if (value !== undefined && (await sql.taken(ctx, column, value, before.id))) refuseTaken(column, value)
  }
  try {
    await sql.update(ctx, before.id, withCountry(fields) as Partial<sql.PartnerRow>)
  } catch (error) {
    // another took the name since we looked
    for (const column of ['slug', 'alias'] as const)
      if (isUniqueViolation(error, `partners_${column}`)) refuseTaken(column, fields[column] as string)
    throw error
  }
  if (coupon_codes) await setCoupons(ctx, before.id, coupon_codes)
  const after = await read(ctx, before.id)
  await follow(ctx, before, after)
  ctx.tell('partner.changed', before.id, { program_id: ctx.program.id, before: present(before), after: present(after) })
  return present(after)
}

/** One event a partner, as if each had been changed by itself. */
export async function changeStatus(
  ctx: Ctx,
  { body }: In<typeof partners.changeStatus>,
): Promise<Out<typeof partners.changeStatus>> {
  const ids = [...new Set(body.ids)]
  const present = await sql.present(ctx, ids)
  const changed = await sql.setStatus(ctx, ids, body.status)
  for (const { id, before } of changed) {
    ctx.tell('partner.changed', id, { program_id: ctx.program.id, before: { status: before }, after: { status: body.status } })
  }
  const moved = new Set(changed.map(each => each.id))
  const statusOf = (id: string) => (moved.has(id) ? 'changed' : present.has(id) ? 'unchanged' : 'not_found')
  return {
    changed: moved.size,
    unchanged: present.size - moved.size,
    not_found: ids.length - present.size,
    results: ids.map(id => ({ id, status: statusOf(id) })),
  }
}

export async function read(ctx: Ctx, id: string): Promise<sql.PartnerWithCoupons> {
  return (await sql.one(ctx, id)) ?? refuse('not_found', 'There is no such partner in this brand.')
}

async function insertWithNames(ctx: Ctx, body: In<typeof partners.create>['body']): Promise<string> {
  const { coupon_codes: _, ...fields } = body
  const base = slugOf(body.name)
  for (let attempt = 1; attempt <= 100; attempt++) {
    const row = { ...blankPartner, ...withCountry(fields), id: ctx.newId(), slug: body.slug ?? numbered(base, attempt) }
    if (await sql.insert(ctx, { ...row, alias: body.alias ?? row.slug })) return row.id
    for (const column of ['slug', 'alias'] as const) {
      const value = body[column]
      if (value !== undefined && (await sql.taken(ctx, column, value, null))) refuseTaken(column, value)
    }
  }
  return refuseTaken('slug', base)
}

/** A partner of whom nothing but the name is known. */
export const blankPartner = {
  email: null,
  status: 'approved' as const,
  country: null,
  company: null,
  address: null,
  vat_id: null,
  billing_details: null,
  metadata: {},
  readme: null,
}

const withCountry = <T extends { country?: string | null | undefined }>(fields: T) => {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { ...given, ...(fields.country && { country: fields.country.toUpperCase() }) } as Omit<
    sql.NewPartner,
    'id' | 'slug' | 'alias'
  >
}

function refuseTaken(column: 'slug' | 'alias', value: string): never {
  const errors = [{ path: column, message: 'is taken' }]
  refuse('invalid_body', `The ${column} "${value}" belongs to another partner of this brand; choose another.`, { errors })
}

async function setCoupons(ctx: Ctx, id: string, codes: string[]): Promise<void> {
  const wanted = [...new Set(codes.map(code => code.trim().toUpperCase()))]
  const foreign = await sql.setCoupons(ctx, id, wanted)
  if (foreign.length > 0) {
    refuse('invalid_body', `The coupon ${foreign[0]} belongs to another partner of this brand.`, {
      errors: foreign.map(code => ({ path: 'coupon_codes', message: `${code} is taken` })),
    })
  }
}

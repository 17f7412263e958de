/**
 * Explains any cent: from an earning down to its event and rule, and up to the payout and payment that hold it.
 *
 * `core/explain` computes the amount again from what is stored and words the steps; here the facts are gathered. Source: BX-01.
 */
import type { earnings } from '../../api/earnings.ts'
import type { In, Out } from '../../api/endpoint.ts'
import { type Explained, explainAccrual, explainCommission, explainReversal, type Step, said } from '../../core/explain.ts'
import { refuse } from '../../core/refusal.ts'
import { isPast } from '../app.ts'
import type { Ctx } from '../context.ts'
import { versions } from '../structures/structures.sql.ts'
import * as sql from './explanation.sql.ts'

type Explanation = Out<typeof earnings.explanation>
type Event = Explanation['event']
type Told = Explained & { event: Event }

export async function explanation(ctx: Ctx, { params }: In<typeof earnings.explanation>): Promise<Explanation> {
  return (await explanationOf(ctx, params.earning_id)) ?? refuse('not_found', 'There is no such earning in this brand.')
}

/** The explanation of an earning of the program; null when it has none of that id. */
export async function explanationOf(ctx: Ctx, earning_id: string): Promise<Explanation | null> {
  const row = await sql.earning(ctx, earning_id)
  if (!row) return null
  const [told, original, reversing] = await Promise.all([
    tellings[row.kind](ctx, row),
    row.reverses_id === null ? undefined : sql.earning(ctx, row.reverses_id),
    sql.reversing(ctx, row.id),
  ])
  const { recomputed_cents } = told
  return {
    ...{ earning_id: row.id, brand_id: ctx.program.id, kind: row.kind },
    partner: { id: row.partner_id, name: row.partner_name },
    ...{ amount_cents: row.amount_cents, currency: row.currency, because: row.because },
    ...{ earned_on: row.earned_on, recorded_at: row.recorded_at },
    steps: [...told.steps, ...holdStep(ctx, row)],
    lost: told.lost,
    recomputed:
      recomputed_cents === null ? null : { amount_cents: recomputed_cents, agrees: recomputed_cents === row.amount_cents },
    reverses: original ? presentRelated(original) : null,
    reversed_by: reversing.map(presentRelated),
    money: moneyOf(ctx, row),
    event: told.event,
  }
}

const presentRelated = ({ id, kind, amount_cents, because, recorded_at }: sql.RelatedRow) => ({
  ...{ earning_id: id, kind, amount_cents, because, recorded_at },
})

const isHeld = (ctx: Ctx, row: sql.EarningRow) => row.held_until !== null && !isPast(row.held_until, ctx.now)

function holdStep(ctx: Ctx, row: sql.EarningRow): Step[] {
  if (row.held_until === null) return []
  return [{ key: 'hold', text: isHeld(ctx, row) ? 'On hold, payable from' : 'Was on hold until', at: row.held_until, facts: [] }]
}

function moneyOf(ctx: Ctx, row: sql.EarningRow): Explanation['money'] {
  const { payout_id, payout_number, payout_status, payment_id, payment_origin, paid_at, method_name, reference } = row
  const settled = payment_id ? 'paid' : payout_id ? 'in_payout' : 'unpaid'
  return {
    status: isHeld(ctx, row) ? 'on_hold' : settled,
    tab: { id: row.tab_id, stream: row.stream, is_open: row.is_open, held_until: row.held_until },
    payout: payout_id === null ? null : { id: payout_id, number: payout_number ?? 0, status: payout_status ?? '' },
    payment:
      payment_id === null
        ? null
        : { id: payment_id, origin: payment_origin ?? '', paid_at: paid_at ?? row.recorded_at, method_name, reference },
  }
}

const tellings: Record<sql.EarningRow['kind'], (ctx: Ctx, row: sql.EarningRow) => Promise<Told>> = {
  commission,
  accrual,
  reversal,
  clawback: reversal,
  bonus,
  advance,
}

const plainTold = (text: string, at: string | null, recomputed_cents: number | null, event: Event): Told => ({
  steps: [{ key: 'event', text, at, facts: [] }],
  lost: [],
  recomputed_cents,
  event,
})

const rawConversion = (found: sql.ConversionRow): Event => ({ kind: 'conversion', id: found.id, data: found as never })

async function commission(ctx: Ctx, row: sql.EarningRow): Promise<Told> {
  const { inputs, amount_cents, currency } = row
  const [found, version] = await Promise.all([
    sql.conversion(ctx, row.source_key.replace('conversion:', '')),
    sql.campaignVersion(ctx, inputs.campaign_id, inputs.version),
  ])
  if (!found || !version) return plainTold(row.because, row.recorded_at, null, found ? rawConversion(found) : null)
  const terms = { ...version.terms, campaign_id: inputs.campaign_id, version: inputs.version }
  const conversion = { ...found, nth: null, waived: null }
  const told = explainCommission({ terms, campaign: version, conversion, inputs, amount_cents, currency })
  return { ...told, event: rawConversion(found) }
}

async function accrual(ctx: Ctx, row: sql.EarningRow): Promise<Told> {
  const structure = row.structure_version_id === null ? undefined : await sql.structureOf(ctx, row.structure_version_id)
  const all = structure ? await versions(ctx, structure.id) : []
  const version = all.find(each => each.id === row.structure_version_id)
  const event = { kind: 'accrual' as const, id: row.id, data: row.inputs }
  if (!structure || !version) return plainTold(row.because, row.recorded_at, null, event)
  const { inputs, amount_cents, because } = row
  return { ...explainAccrual({ structure, version, versions: all, inputs, amount_cents, because }), event }
}

/** Of a commission in proportion to its revenue; of a rejected one, or of an accrual, all that was left. */
async function reversal(ctx: Ctx, row: sql.EarningRow): Promise<Told> {
  const { inputs } = row
  const [original, found] = await Promise.all([
    sql.earning(ctx, row.reverses_id as string),
    inputs.conversion_id === undefined ? undefined : sql.conversion(ctx, inputs.conversion_id),
  ])
  const event: Event = found
    ? rawConversion(found)
    : { kind: 'accrual', id: row.reverses_id as string, data: original?.inputs ?? {} }
  if (found && inputs.revenue_cents !== undefined) {
    const told = explainReversal({
      ...{ commission_cents: inputs.commission_cents, revenue_cents: found.revenue_cents, revenue_currency: found.currency },
      ...{ currency: row.currency, reversed_cents: inputs.revenue_cents, before: inputs.before },
      ...{ reason: row.because.replace(/^[^:]*: /, ''), amount_cents: row.amount_cents },
      ...{ is_clawback: row.kind === 'clawback', at: row.recorded_at },
    })
    return { ...told, event }
  }
  const earlier = (await sql.reversing(ctx, row.reverses_id as string)).filter(each => each.id < row.id)
  const left = earlier.reduce((sum, each) => sum + each.amount_cents, original?.amount_cents ?? 0)
  return plainTold(`${row.because}; all that was left of it is taken back`, row.recorded_at, left === 0 ? 0 : -left, event)
}

/** What an undone import had taken back is given back. */
async function bonus(ctx: Ctx, row: sql.EarningRow): Promise<Told> {
  const taken = await sql.bySource(ctx, `reversal:${row.inputs.reversal_id}`)
  return plainTold(row.because, row.recorded_at, taken ? 0 - taken.amount_cents : null, null)
}

async function advance(_ctx: Ctx, row: sql.EarningRow): Promise<Told> {
  const id: string = row.inputs.payment_id
  const told = plainTold(row.because, row.recorded_at, null, { kind: 'payment', id, data: row.inputs })
  return { ...told, steps: told.steps.map(step => ({ ...step, facts: said('Payment', id) })) }
}

/** A shop with structures: what its stories do under `/api/v1`, and the night that accrues. */
import { accrue } from '../../../src/server/structures/accrue.ts'
import type { RequestOptions, WorldOptions } from '../../support/world.ts'
import { type Shop, stories as storiesOf } from '../payouts/support.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are compared, not typed
export type Json = any
type Fields = Record<string, unknown>
type Named = { id: string }
export type StructureShop = Omit<Shop, 'patch'> & ReturnType<typeof withStructures>

export const UNKNOWN = '01900000-0000-7000-8000-000000000000'

export function stories(options: WorldOptions & { today: string }) {
  const story = storiesOf(options)
  return (title: string, tell: (shop: StructureShop) => Promise<void>, timeout?: number) =>
    story(title, shop => tell({ ...shop, ...withStructures(shop) }), timeout)
}

/** Pays 50.00 a month, whatever the performance. */
export const monthly = {
  period: 'monthly',
  amount_cents: 50_00,
  currency: 'USD',
  criteria_type: 'recurring',
  criteria_params: {},
  proration_mode: 'skip',
}
/** Pays once for each video at 10,000 views and at 100,000. */
export const milestones = {
  ...monthly,
  period: null,
  amount_cents: null,
  criteria_type: 'view_threshold',
  criteria_params: {
    thresholds: [
      { views: 10_000, amount_cents: 5_00 },
      { views: 100_000, amount_cents: 50_00 },
    ],
  },
}

export function withStructures(shop: Shop) {
  const v1 = (method: string, path: string, body?: unknown, more: RequestOptions = {}) =>
    shop.w.request(method, `/api/v1${path}`, body, more)
  const get = (path: string): Promise<Json> => shop.must(v1('GET', path))
  const create = (fields: Fields = {}) =>
    v1('POST', '/payout-structures', { project_id: shop.brand_id, name: 'Monthly base', ...monthly, ...fields })
  const structure = async (fields: Fields = {}): Promise<Named & { version_id: string }> => {
    const { structure_id, version_id } = await shop.must(create(fields))
    return { id: structure_id, version_id }
  }
  const assignments = (method: string, at: Named, who: Named[]) =>
    v1(method, `/payout-structures/${at.id}/assignments`, { creator_ids: who.map(({ id }) => id) })
  const assign = (at: Named, ...who: Named[]) => shop.must(assignments('POST', at, who))
  /** Travels to an instant and accrues what is due then. */
  const night = async (at: string) => {
    await shop.w.travelTo(at)
    return accrue(shop.w.app, shop.w.app.clock.now())
  }
  const accruals = (query = ''): Promise<Json[]> => get(`/payout-accruals?project_id=${shop.brand_id}${query && `&${query}`}`)
  const set = (accrual: Named, status: string) => v1('PATCH', `/payout-accruals/${accrual.id}`, { status })
  /** A partner with one earned accrual of some cents for the month that ends at an instant. */
  const earned = async (cents: number, { name = 'Ada', until }: { name?: string; until: string }) => {
    const partner = await shop.partner(name)
    const at = await structure({ amount_cents: cents })
    await assign(at, partner)
    await night(until)
    const [accrual] = await accruals(`creator_id=${partner.id}`)
    return { partner, structure: at, accrual }
  }
  return {
    ...{ v1, get, create, structure, assign, night, accruals, set, earned },
    patch: (at: Named, body: Fields) => v1('PATCH', `/payout-structures/${at.id}`, body),
    assigning: (at: Named, ...who: Named[]) => assignments('POST', at, who),
    unassign: (at: Named, ...who: Named[]) => shop.must(assignments('DELETE', at, who)),
    detail: (at: Named) => get(`/payout-structures/${at.id}`),
    listed: (query = '') => v1('GET', `/payout-structures?project_id=${shop.brand_id}${query && `&${query}`}`),
    erase: (at: Named, query = '') => v1('DELETE', `/payout-structures/${at.id}${query}`),
    assigned: (at: Named, query = '') => get(`/payout-structures/${at.id}/assignments${query}`),
    /** A second program of the same organization. */
    another: async () => (await shop.w.api.organizations.createProgram({ body: { name: 'Another' } })).data.id,
  }
}

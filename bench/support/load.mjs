/**
 * Fills a database by SQL: what would take the product an hour takes it minutes.
 *
 * Guards and foreign keys are off while loading (`session_replication_role`); the rows are those that the product writes.
 */

/** Ids in the order of n, as UUIDv7: the first 48 bits count. */
export const idOf = (n, kind) => `(lpad(to_hex(${n}), 12, '0') || '7${kind}008000000000000000')::uuid`

export async function unguarded(db, act) {
  await db.query(`set session_replication_role = replica`)
  await act()
  await db.query(`set session_replication_role = origin`)
}

export async function addPartners(db, { org_id, brand_id }, count, kind = '1') {
  await db.query(`insert into partners (org_id, id, program_id, name, email, slug, alias, slug_key, alias_key, created_at)
    select '${org_id}', ${idOf('n', kind)}, '${brand_id}', 'Partner ' || n, 'p' || n || '@example.org', 'p' || n, 'p' || n, 'p' || n, 'p' || n,
      '2026-01-01' from generate_series(1, ${count}) n`)
}

export async function addCampaign(product, more = {}) {
  const terms = { name: 'Shop', slug: 'shop', cost_model: 'revshare', percent: '10', ...more }
  const { data } = await product.call('POST', `/api/brands/${product.brand_id}/campaigns`, terms)
  return data
}

/**
 * Tabs and earnings of one program: `months` settled tabs a partner and one that runs, `per_tab` earnings on each.
 *
 * A settled tab has its payout and payment. Rows come in the order of time, as they would have.
 */
export async function addHistory(db, { org_id, brand_id, campaign_id }, { partners, months, per_tab, conversions = false }) {
  const at = `timestamptz '2026-06-01' - make_interval(days => 30 * (${months} - m))`
  const inputs = `'{"campaign_id":"${campaign_id}","version":1,"model":"percent","value":"10","level":"default"}'::jsonb`
  const tab = `m * ${partners}::bigint + p`
  await unguarded(db, async () => {
    await db.query(
      `create temp table base as select m, p, ${at} as at from generate_series(0, ${months}) m, generate_series(1, ${partners}) p`,
    )
    await db.query(`insert into tabs (org_id, id, program_id, partner_id, currency, stream, is_open, amount_cents, item_count, revenue_cents,
        first_on, last_on, payout_id, payment_id)
      select '${org_id}', ${idOf(tab, '2')}, '${brand_id}', ${idOf('p', '1')}, 'USD', 'conversions', m = ${months}, ${per_tab} * 1000,
        ${per_tab}, ${per_tab} * 10000, at::date - 30, at::date, case when m < ${months} then ${idOf(tab, '3')} end,
        case when m < ${months} then ${idOf(tab, '4')} end from base order by m, p`)
    await db.query(`insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, revenue_cents, item_count,
        earned_on, recorded_at, source_key, because, inputs)
      select '${org_id}', ${idOf(`(m * ${per_tab}::bigint + i) * ${partners} + p`, '5')}, '${brand_id}', ${idOf('p', '1')}, 'USD', ${idOf(tab, '2')},
        'commission', 1000, 10000, 1, at::date - 1, at - interval '1 day',
        'conversion:' || ${idOf(`(m * ${per_tab}::bigint + i) * ${partners} + p`, '6')}, '10 % of 100.00 USD (campaign rate)', ${inputs}
      from generate_series(0, ${per_tab - 1}) i, base order by m, i, p`)
    if (conversions) await addConversions(db, { org_id, brand_id, campaign_id }, { partners, per_tab })
    await addPayouts(db, { org_id, brand_id }, { partners, months, per_tab })
    await db.query(`drop table base`)
  })
  await db.query('vacuum (analyze)')
}

async function addConversions(db, { org_id, brand_id, campaign_id }, { partners, per_tab }) {
  const id = idOf(`(m * ${per_tab}::bigint + i) * ${partners} + p`, '6')
  await db.query(`insert into conversions (org_id, id, program_id, campaign_id, partner_id, external_id, type, revenue_cents, currency, occurred_at,
      recorded_at, country, posted_status, decision)
    select '${org_id}', ${id}, '${brand_id}', '${campaign_id}', ${idOf('p', '1')}, 'order-' || m || '-' || i || '-' || p, 'sale', 10000, 'USD',
      at - interval '1 day', at - interval '1 day', 'US', 'approved', 'approved' from generate_series(0, ${per_tab - 1}) i, base order by m, i, p`)
}

/** Paid payouts of the months before the last, with their payments and what each partner was paid. */
async function addPayouts(db, { org_id, brand_id }, { partners, months, per_tab }) {
  const tab = `m * ${partners}::bigint + p`
  await db.query(`insert into payouts (org_id, id, program_id, partner_id, number, currency, status, amount_cents, revenue_cents, conversion_count,
      accrual_count, period_start, period_end, method, method_name, reference, payment_id, created_at, created_by, approved_at,
      approved_by, paid_at, paid_by)
    select '${org_id}', ${idOf(tab, '3')}, '${brand_id}', ${idOf('p', '1')}, ${tab}, 'USD', 'paid', ${per_tab} * 1000, ${per_tab} * 10000,
      ${per_tab}, 0, at::date - 30, at::date, 'wire', 'Wire', 'W-' || ${tab}, ${idOf(tab, '4')}, at, 'person:ada@example.org', at,
      'person:ada@example.org', at + interval '1 hour', 'person:ada@example.org' from base where m < ${months} order by m, p`)
  await db.query(`insert into payments (org_id, id, program_id, partner_id, currency, origin, payout_id, status, total_amount_cents, method,
      method_name, reference, paid_at, created_at, created_by)
    select '${org_id}', ${idOf(tab, '4')}, '${brand_id}', ${idOf('p', '1')}, 'USD', 'payout', ${idOf(tab, '3')}, 'paid', ${per_tab} * 1000,
      'wire', 'Wire', 'W-' || ${tab}, at + interval '1 hour', at + interval '1 hour', 'person:ada@example.org' from base where m < ${months} order by m, p`)
  await db.query(`insert into paid_totals select '${org_id}', '${brand_id}', ${idOf('p', '1')}, 'USD', count(*) * ${per_tab} * 1000, max(at) + interval '1 hour'
    from base where m < ${months} group by p`)
}

/** Structures of a monthly amount, made on 1 March 2026, with every partner assigned to each since then. */
export async function addAssignments(db, { org_id, brand_id }, { structures, partners }) {
  const made = `'2026-03-01', 'person:ada@example.org'`
  await unguarded(db, async () => {
    await db.query(`insert into structures (org_id, id, program_id, name, created_at, created_by)
      select '${org_id}', ${idOf('s', '7')}, '${brand_id}', 'Base ' || s, ${made} from generate_series(1, ${structures}) s`)
    await db.query(`insert into structure_versions (org_id, id, structure_id, version_number, period, amount_cents, currency, criteria_type,
        criteria_params, proration_mode, created_at, created_by)
      select '${org_id}', ${idOf('s', '8')}, ${idOf('s', '7')}, 1, 'monthly', 5000 + s, 'USD', 'recurring', '{}', 'prorate', ${made}
      from generate_series(1, ${structures}) s`)
    await db.query(`insert into assignments (org_id, id, structure_id, partner_id, assigned_at, assigned_by)
      select '${org_id}', ${idOf(`s * ${partners}::bigint + p`, '9')}, ${idOf('s', '7')}, ${idOf('p', '1')}, ${made}
      from generate_series(1, ${structures}) s, generate_series(1, ${partners}) p`)
  })
  await db.query('vacuum (analyze) structures, structure_versions, assignments')
}

/** A structure whose accruals are loaded by SQL: its version's id. */
export async function addStructure(db, product) {
  await addAssignments(db, product, { structures: 1, partners: 0 })
  return idOf('1', '8')
}

/**
 * Open tabs of accruals: `each` of 1.00 for every partner from `from` to `to`. Accrual `i` of partner `p` is `accrualId(p, i)`.
 */
export async function addAccruals(db, { org_id, brand_id }, { from, to, each }) {
  const partners = `generate_series(${from}, ${to}) p`
  await unguarded(db, async () => {
    await db.query(`insert into tabs (org_id, id, program_id, partner_id, currency, stream, amount_cents, item_count, first_on, last_on)
      select '${org_id}', ${idOf('p', 'a')}, '${brand_id}', ${idOf('p', '1')}, 'USD', 'structures', ${each} * 100, ${each}, '2026-03-31', '2026-03-31'
      from ${partners}`)
    await db.query(`insert into earnings (org_id, id, program_id, partner_id, currency, tab_id, kind, amount_cents, item_count, earned_on,
        recorded_at, source_key, structure_version_id, period_start_at, period_end_at, because, inputs)
      select '${org_id}', ${accrualSql('p', 'i')}, '${brand_id}', ${idOf('p', '1')}, 'USD', ${idOf('p', 'a')}, 'accrual', 100, 1, '2026-03-31',
        '2026-04-01', 'period:bench:' || p || ':' || i, ${idOf('1', '8')}, '2026-03-01', '2026-04-01', '1.00 USD', '{}'
      from ${partners}, generate_series(1, ${each}) i`)
    await db.query(`update structures set has_accruals = true`)
  })
}

/** The first 48 bits are the partner's number, the last ones the accrual's. */
const accrualSql = (p, i) => `(lpad(to_hex(${p}), 12, '0') || '7b008' || lpad(to_hex(${i}), 15, '0'))::uuid`
export function accrualId(p, i) {
  const hex = `${p.toString(16).padStart(12, '0')}7b008${i.toString(16).padStart(15, '0')}`
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
export const partnerId = n =>
  `${n.toString(16).padStart(12, '0')}71008000000000000000`.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

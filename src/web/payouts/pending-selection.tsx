import { useState } from 'react'
import { groupBy } from '../../core/collect.ts'
import { api } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { SelectionAction, SelectionBar, sumsOf } from '../shared/selection-bar.tsx'
import { useSession } from '../shell/session.tsx'
import { BulkDialog, type Item, type Outcome } from './bulk-dialog.tsx'
import type { Balance } from './queries.ts'
import { noDraft } from './refusals.ts'

const labelOf = (rows: readonly Balance[]): string => `Create ${counted(rows.length, 'payout')}`

type SelectionProps = { rows: readonly Balance[]; minimum_cents: number; onClear: () => void }

/** What can be done with the balances that are selected: one draft each. Stays when its rows leave the table while it works. */
export function PendingSelection({ rows, minimum_cents, onClear }: SelectionProps) {
  const [drafting, setDrafting] = useState<readonly Balance[] | null>(null)
  const figures = sumsOf(rows.map(row => ({ currency: row.currency, cents: row.owed_cents })))
  const label = labelOf(rows)
  const reasons = rows.flatMap(row => {
    const why = noDraft(row, minimum_cents)
    return why ? [`${row.partner_name}: ${why}`] : []
  })
  return (
    <>
      {rows.length > 0 && (
        <SelectionBar count={rows.length} figures={figures} onClear={onClear}>
          <SelectionAction is_main label={label} reasons={shortened(reasons)} onClick={() => setDrafting(rows)} />
        </SelectionBar>
      )}
      {drafting && (
        <DraftDialog
          rows={drafting}
          onClose={() => {
            setDrafting(null)
            onClear()
          }}
        />
      )}
    </>
  )
}

const shortened = (reasons: string[]): string[] =>
  reasons.length > 4 ? [...reasons.slice(0, 3), `And ${reasons.length - 3} more.`] : reasons

type DialogProps = { rows: readonly Balance[]; onClose: () => void }

function DraftDialog({ rows, onClose }: DialogProps) {
  const { brand } = useSession()
  const label = labelOf(rows)
  const sums = sumsOf(rows.map(row => ({ currency: row.currency, cents: row.owed_cents })))
  const items = rows.map(row => ({ ...row, key: `${row.partner_id} ${row.currency}`, name: row.partner_name }))
  return (
    <BulkDialog
      title={label}
      action={label}
      items={items}
      act={async (batch, idempotency_key) => draftBatch(brand.id, batch, idempotency_key)}
      batch={100}
      onClose={onClose}
    >
      <p>
        {counted(rows.length, 'draft')}: {sums.map(({ currency, cents }) => money(cents, currency)).join(', ')}. Nothing is paid;
        each can be changed or cancelled until it is.
      </p>
    </BulkDialog>
  )
}

/** One request a currency; whoever is left out is answered with the reason, the others are drafted all the same. */
async function draftBatch(brand_id: string, batch: readonly (Item & Balance)[], idempotency_key: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [currency, rows] of groupBy(batch, row => row.currency)) {
    const body = { partner_ids: rows.map(row => row.partner_id), currency }
    const { data } = await api.payouts.create({ params: { brand_id }, body, idempotency_key: `${idempotency_key}-${currency}` })
    const left = new Map(data.skipped.map(each => [each.partner_id, each.reason]))
    const made = new Map(data.payouts.map(payout => [payout.partner_id, payout]))
    for (const row of rows) {
      const [reason, payout] = [left.get(row.partner_id), made.get(row.partner_id)]
      const said = payout ? `No. ${payout.number}: ${money(payout.amount_cents, currency)}` : 'Drafted'
      outcomes.push({ key: row.key, failed: reason ? reasons[reason] : null, said })
    }
  }
  return outcomes
}

const reasons = {
  no_balance: 'Nothing to pay any more',
  below_threshold: 'Below the minimum',
  partner_inactive: 'Paused or declined',
} as const

import { useState } from 'react'
import { api } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { SelectionAction, SelectionBar, sumsOf } from '../shared/selection-bar.tsx'
import { useSession } from '../shell/session.tsx'
import { BulkDialog, type Outcome } from './bulk-dialog.tsx'
import { PaymentFields, paidBody } from './payment-fields.tsx'
import type { Change, Payout } from './queries.ts'
import { type Move, noMove } from './refusals.ts'

type SelectionProps = { rows: readonly Payout[]; onClear: () => void }

const said = (rows: readonly Payout[]) =>
  sumsOf(rows.map(row => ({ currency: row.currency, cents: row.amount_cents })))
    .map(({ currency, cents }) => money(cents, currency))
    .join(', ')

const verbs: Record<Move, string> = { approved: 'Approve', paid: 'Mark paid', cancelled: 'Cancel' }

/** What can be done with the payouts that are selected. Stays when its rows leave the table while it works. */
export function HistorySelection({ rows, onClear }: SelectionProps) {
  const [doing, setDoing] = useState<{ move: Move; rows: readonly Payout[] } | null>(null)
  const figures = sumsOf(rows.map(row => ({ currency: row.currency, cents: row.amount_cents })))
  return (
    <>
      {rows.length > 0 && (
        <SelectionBar count={rows.length} figures={figures} onClear={onClear}>
          {(['approved', 'paid', 'cancelled'] as const).map(move => (
            <SelectionAction
              key={move}
              is_main={move === 'approved'}
              label={verbs[move]}
              reasons={noMove(rows, move)}
              onClick={() => setDoing({ move, rows })}
            />
          ))}
        </SelectionBar>
      )}
      {doing && (
        <MoveDialog
          {...doing}
          onClose={() => {
            setDoing(null)
            onClear()
          }}
        />
      )}
    </>
  )
}

type MoveProps = { move: Move; rows: readonly Payout[]; onClose: () => void }

function MoveDialog({ move, rows, onClose }: MoveProps) {
  const { brand, me, time_zone } = useSession()
  const items = rows.map(row => ({ ...row, key: row.id, name: `No. ${row.number}, ${row.partner.name}` }))
  const bodyOf = (form: FormData): Change => (move === 'paid' ? paidBody(form, me.clock.now, time_zone) : { status: move })
  const act = async ([row]: readonly Payout[], idempotency_key: string, form: FormData): Promise<Outcome[]> => {
    const { id, amount_cents, currency } = row as Payout
    await api.payouts.change({ params: { brand_id: brand.id, payout_id: id }, body: bodyOf(form), idempotency_key })
    return [{ key: id, failed: null, said: money(amount_cents, currency) }]
  }
  const action = `${verbs[move]} ${counted(rows.length, 'payout')}: ${said(rows)}`
  return (
    <BulkDialog
      title={`${verbs[move]} ${counted(rows.length, 'payout')}`}
      action={action}
      is_danger={move === 'cancelled'}
      items={items}
      act={act}
      onClose={onClose}
    >
      {move === 'approved' && <p>They are ready to pay then. Nothing is paid yet.</p>}
      {move === 'cancelled' && <p>For good: what they pay is owed again, and new payouts can take it.</p>}
      {move === 'paid' && <PaymentFields />}
    </BulkDialog>
  )
}

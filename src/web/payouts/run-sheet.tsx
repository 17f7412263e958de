import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type Balance, runnableQuery, useDraft } from './queries.ts'
import { RunResult } from './run-result.tsx'
import css from './sheet.module.css'

/** Run payouts: first what would happen, then what did. It makes drafts only; nothing is paid. */
export function RunSheet({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const [idempotency_key] = useState(newKey)
  const { data, error, refetch } = useQuery(runnableQuery(brand.id))
  const [names] = useState(() => new Map<string, string>())
  for (const row of data?.data ?? []) names.set(row.partner_id, row.partner_name)
  const draft = useDraft(brand.id)
  const run = draft.data?.data
  const plan = data && planOf(data.data, data.meta.next_cursor !== null)
  return (
    <Modal opened onClose={onClose} title={run ? 'Payouts were drafted' : 'Run payouts'} size="md">
      {!run && !plan && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {!run && plan && (
        <>
          <PlanText plan={plan} />
          <div className={css.sheetActions}>
            <Button
              data-autofocus
              disabled={plan.partners === 0}
              loading={draft.isPending}
              onClick={() => draft.mutate({ idempotency_key })}
            >
              {plan.partners === 0
                ? 'Nothing to draft'
                : plan.is_partial
                  ? 'Draft all payouts'
                  : `Draft ${counted(plan.drafts, 'payout')}`}
            </Button>
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
          </div>
        </>
      )}
      {run && <RunResult run={run} nameOf={id => names.get(id) ?? id} onClose={onClose} />}
    </Modal>
  )
}

type Plan = { partners: number; drafts: number; sums: [string, number][]; below: number; is_partial: boolean }

/** What a run would draft, from the balances; exact when they fit one page, else what can be said without counting them all. */
function planOf(rows: readonly Balance[], is_partial: boolean): Plan {
  const ready = rows.filter(row => !row.below_threshold)
  const sums = new Map<string, number>()
  for (const row of ready) sums.set(row.currency, (sums.get(row.currency) ?? 0) + row.owed_cents)
  const partners = new Set(ready.map(row => row.partner_id)).size
  return { partners, drafts: ready.length, sums: [...sums], below: rows.length - ready.length, is_partial }
}

function PlanText({ plan }: { plan: Plan }) {
  if (plan.partners === 0) {
    const below = plan.below > 0 ? ` ${counted(plan.below, 'balance')} below the minimum must grow first.` : ''
    return <p className={css.sheetText}>There is no balance to draft: everything owed is in payouts already.{below}</p>
  }
  return (
    <>
      <p className={css.sheetLead}>
        {plan.is_partial ? 'More than 100 balances' : `${counted(plan.partners, 'partner')}`}
        {plan.sums.map(([currency, cents]) => (
          <span key={currency}>
            {plan.is_partial && 'more than '}
            {money(cents, currency)}
          </span>
        ))}
      </p>
      <p className={css.sheetText}>
        One draft for each partner with an unpaid balance. Drafts are safe: nothing is paid, and each can be changed or cancelled
        until it is.
      </p>
      <p className={css.sheetText}>
        {plan.below > 0 && `${counted(plan.below, 'balance')} below the minimum ${plan.below === 1 ? 'is' : 'are'} left out. `}
        Partners that are paused or declined are left out.
      </p>
    </>
  )
}

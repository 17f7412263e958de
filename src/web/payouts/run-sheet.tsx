import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { type Plan, planQuery, useDraft } from './queries.ts'
import { RunResult } from './run-result.tsx'
import { RunRows } from './run-rows.tsx'
import { RunSkipped } from './run-skipped.tsx'
import css from './sheet.module.css'

/** Run payouts: the plan of the server, whom to leave out, then what was made. It makes drafts only; nothing is paid. */
export function RunSheet({ onClose }: { onClose: () => void }) {
  const { brand } = useSession()
  const { data: plan, error, refetch } = useQuery(planQuery(brand.id))
  const [excluded, setExcluded] = useState<ReadonlySet<string>>(new Set())
  const draft = useDraft(brand.id)
  const run = draft.data?.data
  const toggle = (partner_id: string) => {
    const next = new Set(excluded)
    if (!next.delete(partner_id)) next.add(partner_id)
    setExcluded(next)
  }
  return (
    <Modal opened onClose={onClose} title={run ? 'Payouts were drafted' : 'Run payouts'} size={run ? 'md' : 'xl'}>
      {!run && !plan && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {!run && plan && (
        <>
          <PlanView plan={plan} excluded={excluded} onToggle={toggle} />
          <Actions
            plan={plan}
            excluded={excluded}
            is_pending={draft.isPending}
            onRun={body => draft.mutate(body)}
            onClose={onClose}
          />
        </>
      )}
      {run && (
        <RunResult
          run={run}
          nameOf={id => plan?.skipped.find(each => each.partner_id === id)?.partner_name ?? id}
          onClose={onClose}
        />
      )}
    </Modal>
  )
}

type PlanProps = { plan: Plan; excluded: ReadonlySet<string> }

/** The totals of a plan, less the rows that were excluded; only rows that are shown can be. */
function totalsWithout({ totals, rows }: Plan, excluded: ReadonlySet<string>): Plan['totals'] {
  return totals.flatMap(total => {
    const out = rows.filter(row => row.currency === total.currency && excluded.has(row.partner_id))
    const less = (pick: (row: Plan['rows'][number]) => number) => out.reduce((sum, row) => sum + pick(row), 0)
    const partner_count = total.partner_count - out.length
    if (partner_count === 0) return []
    return [
      {
        ...{ currency: total.currency, partner_count },
        gross_cents: total.gross_cents - less(row => row.gross_cents),
        clawback_cents: total.clawback_cents - less(row => row.clawback_cents),
        credit_cents: total.credit_cents - less(row => row.credit_cents),
        amount_cents: total.amount_cents - less(row => row.amount_cents),
      },
    ]
  })
}

function PlanView({ plan, excluded, onToggle }: PlanProps & { onToggle: (partner_id: string) => void }) {
  if (plan.rows.length === 0) {
    return (
      <>
        <p className={css.sheetText}>There is nothing to draft: everything owed is in payouts already, or not payable yet.</p>
        <RunSkipped plan={plan} />
      </>
    )
  }
  return (
    <>
      <dl className={css.totals}>
        {totalsWithout(plan, excluded).map(total => (
          <div key={total.currency}>
            <dt>{counted(total.partner_count, 'partner')}</dt>
            <dd>
              <strong>{money(total.amount_cents, total.currency)}</strong>
              <span>{partsOf(total)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className={css.sheetText}>
        One draft each. Drafts are safe: nothing is paid, and each can be changed or cancelled until it is.
      </p>
      <RunRows plan={plan} excluded={excluded} onToggle={onToggle} />
      <RunSkipped plan={plan} />
    </>
  )
}

function partsOf({ gross_cents, clawback_cents, credit_cents, currency }: Plan['totals'][number]): string {
  const less = [
    ...(clawback_cents === 0 ? [] : [`${money(clawback_cents, currency)} clawbacks`]),
    ...(credit_cents === 0 ? [] : [`${money(-credit_cents, currency)} paid on account`]),
  ]
  return less.length === 0 ? '' : `${money(gross_cents, currency)} earned, ${less.join(', ')}`
}

type ActionsProps = PlanProps & {
  is_pending: boolean
  onRun: (body: { idempotency_key: string; except_partner_ids?: string[] }) => void
  onClose: () => void
}

function Actions({ plan, excluded, is_pending, onRun, onClose }: ActionsProps) {
  // one key a choice: pressed twice it is one run, and another choice is another one
  const [keys] = useState(() => new Map<string, string>())
  const totals = totalsWithout(plan, excluded)
  const count = totals.reduce((sum, total) => sum + total.partner_count, 0)
  const amounts = totals.map(total => money(total.amount_cents, total.currency)).join(' + ')
  const run = () => {
    const except = [...excluded].sort()
    const choice = except.join()
    const idempotency_key = keys.get(choice) ?? newKey()
    keys.set(choice, idempotency_key)
    onRun({ idempotency_key, ...(except.length > 0 && { except_partner_ids: except }) })
  }
  return (
    <div className={css.sheetActions} data-sticky>
      <Button data-autofocus disabled={count === 0} loading={is_pending} onClick={run}>
        {count === 0 ? 'Nothing to draft' : `Draft ${counted(count, 'payout')}: ${amounts}`}
      </Button>
      <Button variant="default" onClick={onClose}>
        Back
      </Button>
    </div>
  )
}

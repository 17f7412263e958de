import { Button, Modal, Radio, Textarea, Tooltip } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Cents } from '../../core/money.ts'
import { tell } from '../api.ts'
import { figure, money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { PaymentFields, type Sent, sentBody, useToday } from './payment-fields.tsx'
import { PickAccruals } from './pick-accruals.tsx'
import { type Accrual, accrualsQuery, partnerQuery, useRecord } from './queries.ts'
import css from './tracker.module.css'

export type Payee = { partner_id: string; partner_name: string; currency: string }

/** Records that a partner was paid what structures earned it: all that is outstanding, or chosen accruals. It sends nothing. */
export function MarkPaid({ payee, onClose }: { payee: Payee; onClose: () => void }) {
  const { brand } = useSession()
  const owed = useQuery({ ...partnerQuery(brand.id, payee.partner_id), staleTime: 0 })
  const row = owed.data?.find(each => each.currency === payee.currency)
  const payable = row ? row.outstanding_cents - row.in_payouts_cents : 0
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Mark as paid: ${payee.partner_name}`}
      size="lg"
      classNames={{ title: css.modalTitle as string }}
    >
      {!owed.data && (owed.error ? <Failed error={owed.error} onRetry={() => void owed.refetch()} /> : <Waiting />)}
      {owed.data && <Form payee={payee} payable={payable} in_payouts={row?.in_payouts_cents ?? 0} onClose={onClose} />}
    </Modal>
  )
}

type FormProps = { payee: Payee; payable: Cents; in_payouts: Cents; onClose: () => void }

/** Which accruals are paid, their sum, and whether what was sent is another amount. */
function useSettlement({ payee, payable }: FormProps) {
  const { brand } = useSession()
  const [how, setHow] = useState<'all' | 'chosen'>('all')
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [typed, setTyped] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const filter = { partner_id: payee.partner_id, status: 'earned' } as const
  const query = useInfiniteQuery({ ...accrualsQuery(brand.id, filter), enabled: how === 'chosen' })
  const accruals = query.data?.pages.flatMap(page => page.data).filter(each => each.currency === payee.currency)
  const chosen = accruals?.filter(each => picked.has(each.id)) ?? []
  const sum = how === 'all' ? payable : chosen.reduce((cents, each) => cents + each.amount_cents, 0)
  const text = typed ?? figure(sum, payee.currency)
  const cents = centsOf(text, payee.currency)
  const toggle = (accrual: Accrual) => {
    const next = new Set(picked)
    if (!next.delete(accrual.id)) next.add(accrual.id)
    setPicked(next)
  }
  return {
    ...{ how, setHow, query, accruals, picked, setPicked, toggle, chosen, sum, text, setTyped, cents, reason, setReason },
    difference: cents === null ? 0 : cents - sum,
    is_empty: how === 'all' ? payable === 0 : chosen.length === 0,
  }
}

function Form(props: FormProps) {
  const { payee, payable, in_payouts, onClose } = props
  const { brand, time_zone } = useSession()
  const today = useToday()
  const { record, faultOf } = useRecord(brand.id)
  const settlement = useSettlement(props)
  const { how, chosen, cents, difference, reason, is_empty } = settlement
  const [sent, setSent] = useState<Sent>({ method_id: '', day: today, tracking_url: '', note: '' })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (cents === null || is_empty || record.isPending) return
    const body = {
      ...{ creator_id: payee.partner_id, currency: payee.currency, total_amount_cents: cents },
      ...sentBody(sent, today, time_zone),
      ...(how === 'all' ? { auto_apply_outstanding: true } : { accrual_ids: chosen.map(each => each.id) }),
      ...(difference !== 0 && { adjustment_reason: reason.trim() }),
    }
    record.mutate(body, {
      onSuccess: ({ data }) => {
        tell(
          `${money(data.total_amount_cents, data.currency)} to ${payee.partner_name} recorded: ${counted(data.line_count, 'accrual')}.`,
        )
        onClose()
      },
    })
  }
  return (
    <form className={css.form} onSubmit={submit} aria-label="Mark as paid">
      <What settlement={settlement} currency={payee.currency} payable={payable} in_payouts={in_payouts} />
      <MoneyField
        label="Amount sent"
        currency={payee.currency}
        value={settlement.text}
        onChange={settlement.setTyped}
        required
        withAsterisk={false}
        error={cents === null ? 'Type an amount, such as 120.50' : faultOf('total_amount_cents')}
      />
      {difference !== 0 && (
        <Reason difference={difference} settlement={settlement} currency={payee.currency} fault={faultOf('adjustment_reason')} />
      )}
      <PaymentFields sent={sent} onChange={setSent} faultOf={faultOf} />
      <div className={css.buttons}>
        <Tooltip label={how === 'all' ? 'Nothing is outstanding' : 'Choose at least one accrual'} disabled={!is_empty}>
          <Button
            type="submit"
            loading={record.isPending}
            aria-disabled={is_empty || undefined}
            data-disabled={is_empty || undefined}
          >
            Record {cents === null ? 'payment' : money(cents, payee.currency)} as paid
          </Button>
        </Tooltip>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}

type Settlement = ReturnType<typeof useSettlement>
type WhatProps = { settlement: Settlement; currency: string; payable: Cents; in_payouts: Cents }

function What({ settlement, currency, payable, in_payouts }: WhatProps) {
  const { how, setHow, query, accruals, chosen, sum } = settlement
  return (
    <Radio.Group label="What it pays" value={how} onChange={value => setHow(value as 'all' | 'chosen')}>
      <div className={css.radios}>
        <Radio size="xs" value="all" label={`Everything outstanding: ${money(payable, currency)}`} />
        <Radio
          size="xs"
          value="chosen"
          label={how === 'chosen' ? `Chosen accruals: ${chosen.length}, ${money(sum, currency)}` : 'Chosen accruals'}
        />
      </div>
      {in_payouts > 0 && (
        <p className={css.quiet}>{money(in_payouts, currency)} more is held by payouts: pay those, or cancel them first.</p>
      )}
      {how === 'chosen' &&
        !accruals &&
        (query.error ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />)}
      {how === 'chosen' && accruals && (
        <PickAccruals accruals={accruals} picked={settlement.picked} onToggle={settlement.toggle} onAll={settlement.setPicked}>
          {query.hasNextPage && (
            <Button
              variant="subtle"
              size="compact-sm"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Load more accruals
            </Button>
          )}
        </PickAccruals>
      )}
    </Radio.Group>
  )
}

type ReasonProps = { difference: Cents; settlement: Settlement; currency: string; fault: string | undefined }

/** Accruals are paid whole, so what was sent over or under them becomes an adjustment, and says why. */
const Reason = ({ difference, settlement, currency, fault }: ReasonProps) => (
  <Textarea
    label={`Why ${money(Math.abs(difference), currency)} ${difference < 0 ? 'less' : 'more'} than the accruals?`}
    description={
      difference < 0
        ? 'The accruals count as paid whole; the difference is written off with this reason.'
        : 'The difference is recorded as an adjustment with this reason.'
    }
    required
    withAsterisk={false}
    maxLength={500}
    rows={2}
    autosize
    value={settlement.reason}
    error={fault}
    onChange={event => settlement.setReason(event.currentTarget.value)}
  />
)

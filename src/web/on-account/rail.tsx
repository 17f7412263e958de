import { CopyButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api, tell } from '../api.ts'
import { figure, money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Facts, Rail, RailSection } from '../shared/rail.tsx'
import { useWrite } from '../shared/reads.ts'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { OnAccountForm, type Terms } from './form.tsx'
import { InvoiceButton } from './invoice-button.tsx'
import css from './on-account.module.css'
import { type OnAccount, oneQuery } from './queries.ts'
import { StatusPill } from './status.tsx'

type Warned = { meta: { warnings?: string[] | undefined } }

/** Says what was saved, and in words that it is more than the partner had coming. */
function saidSaved({ meta }: Warned, row: Pick<OnAccount, 'requested_amount_cents' | 'currency'>): void {
  const saved = `Saved: ${money(row.requested_amount_cents, row.currency)}.`
  tell(meta.warnings?.includes('exceeds_balance') ? `${saved} It exceeds the balance, which is below zero now.` : saved)
}

/** Another payment on account is recorded. */
export function CreateRail({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { brand } = useSession()
  const save = useWrite(({ partner_id, ...body }: Terms, idempotency_key) =>
    api.publisherPayouts.create({ params: { brand_id: brand.id }, body: { publisher_id: partner_id, ...body }, idempotency_key }),
  )
  const made = {
    onSuccess: (answer: Awaited<ReturnType<typeof save.mutateAsync>>) => {
      saidSaved(answer, answer.data)
      onMade()
    },
  }
  return (
    <Rail label="Create new payout" kicker="Publisher payout" title="Create new payout" onClose={onClose}>
      <p className={css.lead}>Records what went out by other means. Nothing is sent; the balance falls at once.</p>
      <OnAccountForm
        onSave={terms => save.mutate(terms, made)}
        onClose={onClose}
        is_pending={save.isPending}
        failure={save.error}
      />
    </Rail>
  )
}

type OpenRailProps = { id: string; onClose: () => void; onMove: (id: string) => void }

/** One payment on account: its facts, its invoice, and for admins the form that changes it. */
export function OpenRail({ id, onClose, onMove }: OpenRailProps) {
  const { brand } = useSession()
  const { data: row, error, refetch } = useQuery(oneQuery(brand.id, id))
  return (
    <Rail
      label={row ? `Payout of ${row.publisher.name}` : 'Payout'}
      kicker="Publisher payout"
      pill={row && <StatusPill status={row.status} />}
      title={row?.publisher.name}
      amount={row && <Figure row={row} />}
      row={`on-account:${id}`}
      onMove={onMove}
      onClose={onClose}
    >
      {!row && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {row && <Opened key={row.id} row={row} onClose={onClose} />}
    </Rail>
  )
}

const Figure = ({ row }: { row: OnAccount }) => (
  <>
    {figure(row.requested_amount_cents, row.currency)} <span className="currency">{row.currency}</span>
  </>
)

function Opened({ row, onClose }: { row: OnAccount; onClose: () => void }) {
  const { brand, is_admin } = useSession()
  const save = useWrite(({ requested_amount_cents, status, note }: Terms, idempotency_key) => {
    const terms = row.is_netted ? { note } : { requested_amount_cents, status, note }
    const params = { brand_id: brand.id, publisher_payout_id: row.id }
    return api.publisherPayouts.change({ params, body: terms, idempotency_key })
  })
  const saved = {
    onSuccess: (answer: Awaited<ReturnType<typeof save.mutateAsync>>) => {
      saidSaved(answer, answer.data)
      onClose()
    },
  }
  return (
    <>
      <Facts
        facts={[
          ['Date', <DateText key="date" at={row.created_at} />],
          ['Alias', row.publisher.alias],
          ['Publisher ID', <Copied key="id" text={row.publisher_id} />],
          ['Netted', row.is_netted ? 'by a payout' : null],
          ['Invoice', <InvoiceButton key="invoice" row={row} />],
          ['Note', is_admin ? null : row.note],
        ]}
      />
      {is_admin && (
        <RailSection title="Edit">
          <OnAccountForm
            row={row}
            onSave={terms => save.mutate(terms, saved)}
            onClose={onClose}
            is_pending={save.isPending}
            failure={save.error}
          />
        </RailSection>
      )}
    </>
  )
}

const Copied = ({ text }: { text: string }) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <button type="button" className={css.copy} onClick={copy} title="Copy">
        {text} <span aria-live="polite">{copied ? 'copied' : 'copy'}</span>
      </button>
    )}
  </CopyButton>
)

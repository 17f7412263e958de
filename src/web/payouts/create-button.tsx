import { Button, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { focusRow, nextRow } from '../shared/rows.ts'
import { useSession } from '../shell/session.tsx'
import css from './payouts.module.css'
import { type Balance, settingsQuery, useDraft } from './queries.ts'

/** Drafts the payout of one row. Below the minimum it stays within reach of the keyboard, to say why it does nothing. */
export function CreateButton({ row }: { row: Balance }) {
  const { brand } = useSession()
  const { data: settings } = useQuery(settingsQuery(brand.id))
  const [idempotency_key, setKey] = useState(newKey)
  const draft = useDraft(brand.id)
  const name = `partner:${row.partner_id}:${row.currency}`
  const create = async () => {
    const next = nextRow(name, 1)
    const done = await draft
      .mutateAsync({ partner_id: row.partner_id, currency: row.currency, idempotency_key })
      .catch(() => null)
    const [payout] = done?.data.payouts ?? []
    // the row may stay, with what was earned meanwhile: that is another payout
    if (done) setKey(newKey)
    if (payout) tell(`Draft no. ${payout.number} for ${row.partner_name}: ${money(payout.amount_cents, payout.currency)}.`)
    if (done && next) focusRow(next)
  }
  const minimum = settings?.minimum_threshold_cents ?? 0
  const reason =
    minimum > 0
      ? `Below the minimum of ${money(minimum, row.currency)}: ${money(minimum - row.owed_cents, row.currency)} to go.`
      : 'Below the minimum of this brand.'
  return (
    <Tooltip label={reason} disabled={!row.below_threshold}>
      <Button
        variant="subtle"
        size="compact-sm"
        className={css.create}
        data-row={name}
        loading={draft.isPending}
        aria-disabled={row.below_threshold || undefined}
        data-disabled={row.below_threshold || undefined}
        aria-label={`Create Payout for ${row.partner_name}${row.below_threshold ? `. ${reason}` : ''}`}
        onClick={row.below_threshold ? undefined : () => void create()}
      >
        Create Payout
      </Button>
    </Tooltip>
  )
}

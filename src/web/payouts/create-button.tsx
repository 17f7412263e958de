import { Button, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { newKey, tell } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { focusRow, nextRow } from '../shared/rows.ts'
import { useSession } from '../shell/session.tsx'
import css from './payouts.module.css'
import { type Balance, settingsQuery, useDraft } from './queries.ts'
import { noDraft } from './refusals.ts'

/** Drafts the payout of one row. When it cannot, it stays within reach of the keyboard, to say why it does nothing. */
export function CreateButton({ row }: { row: Balance }) {
  const { brand } = useSession()
  const { data: settings } = useQuery(settingsQuery(brand.id))
  const [idempotency_key, setKey] = useState(newKey)
  const draft = useDraft(brand.id)
  const create = async () => {
    const next = nextRow(`partner:${row.partner_id}:${row.currency}`, 1)
    const done = await draft
      .mutateAsync({ partner_id: row.partner_id, currency: row.currency, idempotency_key })
      .catch(() => null)
    const [payout] = done?.data.payouts ?? []
    // the row may stay, with what was earned meanwhile: that is another payout
    if (done) setKey(newKey)
    if (payout) tell(`Draft no. ${payout.number} for ${row.partner_name}: ${money(payout.amount_cents, payout.currency)}.`)
    if (done && next) focusRow(next)
  }
  const reason = noDraft(row, settings?.minimum_threshold_cents ?? 0)
  return (
    <Tooltip label={reason} disabled={reason === null}>
      <Button
        variant="subtle"
        size="compact-sm"
        className={css.create}
        loading={draft.isPending}
        aria-disabled={reason !== null || undefined}
        data-disabled={reason !== null || undefined}
        aria-label={`Create Payout for ${row.partner_name}${reason ? `. ${reason}` : ''}`}
        onClick={reason === null ? () => void create() : undefined}
      >
        Create<span className={css.word}>&nbsp;Payout</span>
      </Button>
    </Tooltip>
  )
}

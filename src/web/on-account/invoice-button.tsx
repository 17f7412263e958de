import { ActionIcon, Tooltip } from '@mantine/core'
import { IconFileDownload } from '@tabler/icons-react'
import { addressOf } from '../../client/client.ts'
import { useRenew } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import css from './on-account.module.css'
import type { OnAccount } from './queries.ts'

const PATH = '/api/brands/{brand_id}/publisher-payouts/{id}/invoice'

/** The invoice as a PDF, straight from the server, and its number once it has one; a rejected payout has none, and says why. */
export function InvoiceButton({ row }: { row: OnAccount }) {
  const { brand } = useSession()
  const renew = useRenew()
  const is_rejected = row.status === 'rejected'
  const why = is_rejected ? 'Rejected: nothing was paid, so there is no invoice.' : hintOf(row)
  const look = { variant: 'subtle', color: 'gray', size: 'sm', 'aria-label': 'Download Invoice' } as const
  const icon = <IconFileDownload size={16} aria-hidden="true" />
  return (
    <span className={css.invoice}>
      <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
        {is_rejected ? (
          <ActionIcon {...look} aria-disabled="true" data-disabled onClick={event => event.preventDefault()}>
            {icon}
          </ActionIcon>
        ) : (
          <ActionIcon
            {...look}
            component="a"
            href={addressOf(PATH, { brand_id: brand.id, id: row.id })}
            download
            onClick={() => row.invoice_number === null && window.setTimeout(() => void renew(), 1200)}
          >
            {icon}
          </ActionIcon>
        )}
      </Tooltip>
      {row.invoice_number && <span className={css.serial}>{row.invoice_number}</span>}
    </span>
  )
}

const hintOf = ({ invoice_number }: OnAccount): string =>
  invoice_number ? `Download ${invoice_number}` : 'Makes the invoice and gives it the next number'

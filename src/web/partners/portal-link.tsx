import { Button, Modal, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { Copied } from '../shared/copied.tsx'
import { DateText } from '../shared/date-text.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import css from './partners.module.css'
import type { Partner } from './queries.ts'

/** Makes a one-time link with which the partner signs in to its portal: shown once, to be sent by hand where no mail is. */
export function PortalLink({ partner }: { partner: Partner }) {
  const { brand } = useSession()
  const [made, setMade] = useState<{ url: string; expires_at: string } | null>(null)
  const link = useWrite((_: { for: string; nth: number }, idempotency_key) =>
    api.portal.link({ params: { brand_id: brand.id, partner_id: partner.id }, idempotency_key }),
  )
  const [nth, setNth] = useState(1)
  const reason = !partner.email
    ? 'Give this partner an e-mail first, on Details.'
    : partner.status === 'approved' || partner.status === 'paused'
      ? null
      : 'Approve this partner first: only then can it sign in.'
  const make = () =>
    link.mutate(
      { for: partner.id, nth },
      {
        onSuccess: ({ data }) => {
          setNth(nth + 1)
          if (data.mailed) tell(`A sign-in link is on its way to ${partner.email}.`)
          if (data.url) setMade({ url: data.url, expires_at: data.expires_at })
        },
      },
    )
  return (
    <>
      <Tooltip label={reason} disabled={reason === null}>
        <Button
          variant="default"
          className={css.wide}
          loading={link.isPending}
          aria-disabled={reason !== null || undefined}
          data-disabled={reason !== null || undefined}
          onClick={() => reason === null && make()}
        >
          Portal link
        </Button>
      </Tooltip>
      {made && (
        <Modal opened onClose={() => setMade(null)} title={`Sign-in link for ${partner.name}`} size="lg">
          <Copied text={made.url} label="link" />
          <p className={css.because}>
            It works once, until <DateText at={made.expires_at} />, and is not shown again.
          </p>
        </Modal>
      )}
    </>
  )
}

import { Button } from '@mantine/core'
import { IconDownload, IconPlayerPlay } from '@tabler/icons-react'
import { addressOf } from '../../client/client.ts'
import { useSession } from '../shell/session.tsx'

/** Export CSV for everybody, Run payouts for who may. The file comes straight from the server, however large it is. */
export function TopBarActions({ onRun }: { onRun: (() => void) | undefined }) {
  const { brand } = useSession()
  return (
    <>
      <Button
        component="a"
        variant="default"
        href={addressOf('/api/brands/{brand_id}/payouts/export', { brand_id: brand.id })}
        download
        aria-label="Export CSV"
        data-compact
        leftSection={<IconDownload size={15} aria-hidden="true" />}
      >
        Export CSV
      </Button>
      {onRun && (
        <Button data-key="c" onClick={onRun} leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}>
          Run payouts
        </Button>
      )}
    </>
  )
}

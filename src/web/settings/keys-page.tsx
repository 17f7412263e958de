import { Button, Switch } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Empty } from '../shared/empty.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { NewKeyForm, ShownOnce } from './new-key.tsx'
import { type ApiKey, keysQuery, type NewKey } from './queries.ts'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** What programs sign their requests with. A key is shown once, is its owner's, and ends at once. Source: spec A14, B2. */
export function KeysPage() {
  const { me } = useSession()
  const may_see = me.role === 'admin'
  const [is_making, setMaking] = useState(false)
  const [made, setMade] = useState<NewKey | null>(null)
  const make = may_see && (
    <Button data-key="c" onClick={() => setMaking(true)} leftSection={<IconPlus size={15} aria-hidden="true" />}>
      New key
    </Button>
  )
  return (
    <SettingsPage title="API keys" actions={make}>
      {may_see ? (
        <Keys />
      ) : (
        <Empty title="API keys are for admins.">Ask an admin of {me.organization.name} for a key, or to be made one.</Empty>
      )}
      {is_making && <NewKeyForm onClose={() => setMaking(false)} onMade={setMade} />}
      {made && <ShownOnce made={made} onClose={() => setMade(null)} />}
    </SettingsPage>
  )
}

function Keys() {
  const { brand } = useSession()
  const [with_ended, setEnded] = useState(false)
  const query = useInfiniteQuery(keysQuery(brand.id, with_ended))
  return (
    <>
      <div className={css.above}>
        <p className={css.text}>
          To rotate a key, make its successor first, put that into use, and revoke the old one when nothing uses it any more: both
          work meanwhile. A key never does more than its owner may.
        </p>
        <Switch size="xs" label="Show ended" checked={with_ended} onChange={event => setEnded(event.currentTarget.checked)} />
      </div>
      <DataTable
        name="keys"
        label="API keys"
        columns={columns}
        rows={query.data?.pages.flatMap(page => page.data)}
        rowKey={row => row.id}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={<Empty title="No API keys.">A key lets a program record conversions and read balances.</Empty>}
        more={{
          has: query.hasNextPage,
          load: () => void query.fetchNextPage(),
          is_loading: query.isFetchingNextPage,
          label: 'Load more keys',
        }}
      />
    </>
  )
}

const columns: readonly Column<ApiKey>[] = [
  {
    key: 'name',
    title: 'Key',
    fixed: true,
    render: row => (
      <>
        {row.name || 'Unnamed'}
        <span className={css.more}>
          <code>
            {row.prefix}_…{row.last_four}
          </code>
        </span>
      </>
    ),
  },
  { key: 'reach', title: 'Reaches', width: 150, wide: true, render: row => <Reach row={row} /> },
  { key: 'scopes', title: 'May', width: 110, wide: true, render: row => row.scopes.map(scope => verbs[scope]).join(', ') },
  { key: 'owner', title: 'Owner', width: 170, wide: true, render: row => row.owner_email },
  { key: 'created', title: 'Created', width: 116, wide: true, render: row => <DateText at={row.created_at} /> },
  { key: 'ends', title: 'Ends', width: 116, render: row => <Ends row={row} /> },
  { key: 'revoke', title: '', width: 84, fixed: true, render: row => <RevokeButton row={row} /> },
]

const verbs = { read: 'read', write: 'write' } as const

function Reach({ row }: { row: ApiKey }) {
  const { me } = useSession()
  if (row.brand_id === null) return 'All brands'
  return me.brands.find(brand => brand.id === row.brand_id)?.name ?? 'One brand'
}

function Ends({ row }: { row: ApiKey }) {
  if (row.revoked_at !== null) {
    return (
      <>
        revoked <DateText at={row.revoked_at} />
      </>
    )
  }
  return row.expires_at === null ? 'never' : <DateText at={row.expires_at} />
}

function RevokeButton({ row }: { row: ApiKey }) {
  const { me } = useSession()
  const [is_asked, setAsked] = useState(false)
  const revoke = useWrite((_: null, idempotency_key) => api.keys.revoke({ params: { key_id: row.id }, idempotency_key }))
  const name = row.name || `${row.prefix}_…${row.last_four}`
  const revoked = () => {
    setAsked(false)
    tell(`The key “${name}” works no more.`)
  }
  const is_over = row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= me.clock.now)
  if (is_over) return null
  return (
    <>
      <Button variant="subtle" color="gray" size="compact-sm" aria-label={`Revoke ${name}`} onClick={() => setAsked(true)}>
        Revoke
      </Button>
      {is_asked && (
        <Confirm
          title={`Revoke the key “${name}”?`}
          action="Revoke key"
          is_danger
          is_pending={revoke.isPending}
          onConfirm={() => revoke.mutate(null, { onSuccess: revoked })}
          onClose={() => setAsked(false)}
        >
          <p>Whatever uses it is refused within a second, with “invalid_api_key”. This cannot be taken back.</p>
        </Confirm>
      )}
    </>
  )
}

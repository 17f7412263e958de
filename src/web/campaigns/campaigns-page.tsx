import { Button, Modal } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { type Column, DataTable } from '../shared/data-table.tsx'
import { Empty } from '../shared/empty.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { FilterBar } from '../shared/filter-bar.tsx'
import { Page } from '../shared/page.tsx'
import { useWrite } from '../shared/reads.ts'
import { RowLink } from '../shared/row-link.tsx'
import { useSession } from '../shell/session.tsx'
import { CampaignFields } from './campaign-fields.tsx'
import css from './campaigns.module.css'
import { type Body, bodyOf, type Draft, type Errors, emptyDraft } from './draft.ts'
import { type CampaignRow, campaignsQuery } from './queries.ts'
import { CopyLink } from './tracking.tsx'
import { capWords, costModelWords, holdWords, rateWords } from './words.ts'

/** What partners promote: each with what it pays, and the link that they share. */
export function CampaignsPage() {
  const { brand, is_admin } = useSession()
  const { q } = useSearch({ from: '/shell/campaigns' })
  const navigate = useNavigate()
  const [is_new, setNew] = useState(false)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(campaignsQuery(brand.id, q))
  const open = (campaign_id: string) => void navigate({ to: '/campaigns/$campaign_id', params: { campaign_id } })
  const actions = is_admin && (
    <Button data-key="c" leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setNew(true)}>
      New campaign
    </Button>
  )
  return (
    <Page title="Campaigns" actions={actions}>
      <FilterBar search={{ placeholder: 'Name or slug' }} />
      <DataTable
        name="campaigns"
        label="Campaigns"
        columns={columns}
        rows={data?.pages.flatMap(page => page.data)}
        rowKey={row => row.id}
        error={error}
        onRetry={() => void refetch()}
        onOpen={row => open(row.id)}
        empty={<NothingThere q={q} />}
        more={{
          has: hasNextPage,
          load: () => void fetchNextPage(),
          is_loading: isFetchingNextPage,
          label: 'Load more campaigns',
        }}
      />
      {is_new && <NewCampaign onClose={() => setNew(false)} onMade={open} />}
    </Page>
  )
}

const columns: Column<CampaignRow>[] = [
  {
    key: 'name',
    title: 'Campaign',
    fixed: true,
    render: row => (
      <RowLink
        row={`campaign:${row.id}`}
        to="/campaigns/$campaign_id"
        params={{ campaign_id: row.id } as never}
        search={{ q: undefined }}
        narrow={rateWords(row)}
      >
        {row.name}
      </RowLink>
    ),
  },
  { key: 'slug', title: 'Slug', wide: true, render: row => <span className={css.quiet}>{row.slug}</span> },
  { key: 'model', title: 'Cost model', wide: true, render: row => costModelWords(row.cost_model) },
  { key: 'rate', title: 'Pays', wide: true, render: row => rateWords(row) },
  { key: 'hold', title: 'Hold', wide: true, optional: true, render: row => holdWords(row.hold_hours) },
  { key: 'caps', title: 'Caps', wide: true, optional: true, render: row => capWords(row.caps) },
  {
    key: 'recent',
    title: 'Conversions, 30 days',
    numeric: true,
    render: row => (row.recent_conversion_count ?? 0).toLocaleString('en'),
  },
  { key: 'link', title: 'Tracking link', wide: true, width: 130, render: row => <CopyLink campaign={row} /> },
]

function NothingThere({ q }: { q: string | undefined }) {
  if (!q) return <Empty title="No campaigns yet.">A campaign says what partners promote and what a conversion pays them.</Empty>
  return (
    <Empty title={`No campaign is named like “${q}”.`}>
      <Link to="/campaigns" search={before => ({ ...before, q: undefined })}>
        Show all campaigns
      </Link>
    </Empty>
  )
}

function NewCampaign({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { brand } = useSession()
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(brand.currency))
  const [errors, setErrors] = useState<Errors>({})
  const create = useWrite((body: Body, idempotency_key) =>
    api.campaigns.create({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const read = bodyOf(draft)
    setErrors(read.errors)
    if (Object.keys(read.errors).length > 0) return
    const made = await create.mutateAsync(read.body).catch(error => void setErrors(fieldErrors(error)))
    if (!made) return
    tell(`Campaign ${made.data.name} is made.`)
    onMade(made.data.id)
  }
  return (
    <Modal opened onClose={onClose} title="New campaign" size="lg">
      <form onSubmit={event => void submit(event)} noValidate>
        <CampaignFields draft={draft} errors={errors} onChange={change => setDraft(before => ({ ...before, ...change }))} />
        <div className={css.formButtons}>
          <Button type="submit" loading={create.isPending}>
            Create campaign
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

import { Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { criteriaLabels } from '../../core/structure-changes.ts'
import { Amount } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { DateText } from '../shared/date-text.tsx'
import { Page, Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { Assigned } from './assigned.tsx'
import { EditRule } from './edit-rule.tsx'
import { EditWords } from './edit-words.tsx'
import { afterwards } from './preview.tsx'
import { type StructureDetail, structureQuery, totalsQuery } from './queries.ts'
import { StructureMenu } from './structure-menu.tsx'
import css from './structures.module.css'
import { StructurePill } from './structures-page.tsx'
import { VersionHistory } from './version-history.tsx'

/** One structure: what it pays, whom, what it made so far, and every wording it ever had. */
export function StructurePage() {
  const { brand, is_admin } = useSession()
  const { structure_id } = useParams({ from: '/shell/structures/$structure_id' })
  const { data: structure, error, refetch } = useQuery(structureQuery(brand.id, structure_id))
  if (!structure) {
    return <Page title="Payout structure">{error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />}</Page>
  }
  return (
    <Page
      title={structure.name}
      lead={
        <Link to="/structures" className={css.back} search={((before: { brand?: string }) => ({ brand: before.brand })) as never}>
          Payout structures
        </Link>
      }
      actions={is_admin && <Actions structure={structure} />}
    >
      <Terms structure={structure} />
      <Assigned structure={structure} />
      <Section id="versions" title="Versions">
        <VersionHistory versions={structure.versions} />
      </Section>
    </Page>
  )
}

function Actions({ structure }: { structure: StructureDetail }) {
  const [open, setOpen] = useState<'rule' | 'words' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      {structure.is_active && (
        <Button data-key="c" onClick={() => setOpen('rule')} leftSection={<IconPencil size={15} aria-hidden="true" />}>
          Change what it pays
        </Button>
      )}
      <StructureMenu structure={structure} onRename={() => setOpen('words')} />
      {open === 'rule' && <EditRule structure={structure} onClose={close} />}
      {open === 'words' && <EditWords structure={structure} onClose={close} />}
    </>
  )
}

function Terms({ structure }: { structure: StructureDetail }) {
  const { current_version: current } = structure
  return (
    <section aria-label="Terms">
      <div className={css.head}>
        <StructurePill is_active={structure.is_active} />
        <span>{criteriaLabels[current.criteria_type]}</span>
        <span className={css.quiet}>
          version {current.version_number}
          {structure.archived_at && (
            <>
              , archived <DateText at={structure.archived_at} />
            </>
          )}
        </span>
      </div>
      <p className={css.terms}>{current.description}.</p>
      <p className={css.after}>{afterwards(current)}</p>
      {structure.readme && <p className={css.readme}>{structure.readme}</p>}
      <Made structure_id={structure.id} />
    </section>
  )
}

/** What it made so far; read apart, since a structure may have made very many. */
function Made({ structure_id }: { structure_id: string }) {
  const { brand } = useSession()
  const { data } = useQuery(totalsQuery(brand.id, structure_id))
  if (!data) return <p className={css.after}>…</p>
  const { currency, accrual_count, accrued_cents, taken_back_count, taken_back_cents, paid_cents } = data
  if (accrual_count === 0)
    return <p className={css.after}>It has made no accruals yet; the first come with the night after a period.</p>
  return (
    <p className={css.after}>
      It has made{' '}
      <Link to="/tracker" search={((before: { brand?: string }) => ({ brand: before.brand, structure: structure_id })) as never}>
        {counted(accrual_count, 'accrual')}
      </Link>{' '}
      of <Amount cents={accrued_cents} currency={currency} />, of which <Amount cents={paid_cents} currency={currency} /> are paid
      {taken_back_count > 0 && (
        <>
          {' '}
          and <Amount cents={taken_back_cents} currency={currency} /> ({taken_back_count.toLocaleString('en')}) were rejected or
          voided
        </>
      )}
      .
    </p>
  )
}

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { actorText } from '../shared/actor.ts'
import { money } from '../shared/amount.tsx'
import { Confirm } from '../shared/confirm.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Kpis } from '../shared/kpis.tsx'
import { Page } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './imports.module.css'
import { Back } from './new-import.tsx'
import { Outcome, Rejects, TakenBack, Working } from './outcome.tsx'
import { PrepareImport } from './prepare-import.tsx'
import { type Import, importQuery, type Task, useUndo } from './queries.ts'
import { StatusPill } from './status-pill.tsx'

/** One import, from its mapping to its result: each state shows what can be done next. */
export function ImportView({ import_id }: { import_id: string }) {
  const { brand, is_admin } = useSession()
  const { data, error, refetch } = useQuery(importQuery(brand.id, import_id))
  if (!data) {
    return (
      <Page title="Import" lead={<Back />}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />}
      </Page>
    )
  }
  const can_prepare = is_admin && data.has_file && (data.status === 'uploaded' || data.status === 'interrupted')
  return (
    <Page title={data.file_name} lead={<Back />} actions={is_admin && <UndoButton of={data} />}>
      <p className={css.state}>
        <StatusPill status={data.status} />
        <span>
          {data.kind === 'metrics' ? 'Metrics' : 'Conversions'}, <DateText at={data.created_at} /> by {actorText(data.created_by)}
        </span>
      </p>
      <Trouble of={data} />
      {can_prepare ? <PrepareImport of={data} /> : <Ended of={data} />}
    </Page>
  )
}

function Trouble({ of }: { of: Import }) {
  const { task, status, has_file } = of
  const said =
    task?.state === 'failed'
      ? task.error
      : status === 'interrupted'
        ? 'It was cut off before the end. Import it again to finish it: what is recorded already is found again and nothing comes twice.'
        : status === 'uploaded' && !has_file
          ? 'The file waited for more than a day and is gone. Upload it again.'
          : null
  return said ? (
    <p className={css.trouble} role="alert">
      {said}
    </p>
  ) : null
}

const isOfRun = (task: Task | null): task is Task => task?.kind === 'run' || task?.kind === 'dry_run'

function Ended({ of }: { of: Import }) {
  const { task } = of
  if (task?.state === 'running') return <Working of={of} task={task} />
  if (isOfRun(task) && task.result) return <Outcome of={of} result={task.result} is_dry={task.kind === 'dry_run'} />
  return (
    <>
      <Counts of={of} />
      {of.rejected > 0 && <Rejects of={of} />}
      {task?.kind === 'undo' && task.result && <TakenBack result={task.result} is_dry={false} />}
    </>
  )
}

const Counts = ({ of }: { of: Import }) => (
  <Kpis
    kpis={[
      { name: 'Rows read', value: of.read.toLocaleString('en') },
      { name: 'Created', value: of.created.toLocaleString('en') },
      { name: 'Duplicates', value: of.duplicates.toLocaleString('en') },
      { name: 'Rejected', value: of.rejected.toLocaleString('en') },
      ...(of.kind === 'conversions'
        ? [{ name: 'Partners earned', figures: of.amounts.map(each => ({ currency: each.currency, cents: each.amount_cents })) }]
        : []),
    ]}
  />
)

/** Looks first what an undo would take back, says it, and only then undoes. */
function UndoButton({ of }: { of: Import }) {
  const { brand } = useSession()
  const [is_asked, setAsked] = useState(false)
  const undo = useUndo(brand.id, of.id)
  if (of.status !== 'done' && !(of.status === 'interrupted' && of.created > 0)) return null
  const { task } = of
  const is_busy = task?.state === 'running'
  const plan = is_asked && task?.kind === 'undo_dry_run' && task.state === 'done' ? task.result : null
  const look = () => undo.mutate({ dry_run: true }, { onSuccess: () => setAsked(true) })
  const earned = of.amounts.map(each => money(each.amount_cents, each.currency)).join(', ')
  return (
    <>
      <Button variant="default" loading={undo.isPending || is_busy} onClick={look}>
        Undo import…
      </Button>
      {plan && (
        <Confirm
          title={`Undo ${of.file_name}?`}
          action="Undo import"
          is_danger
          is_pending={undo.isPending}
          onConfirm={() => undo.mutate({ dry_run: false }, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        >
          <p>
            It made {of.created.toLocaleString('en')} rows{earned && `, for which partners earned ${earned}`}.
          </p>
          <TakenBack result={plan} is_dry />
          <p>Nothing is deleted: what was recorded stays, with what takes it back beside it.</p>
        </Confirm>
      )}
    </>
  )
}

import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { counted } from '../shared/counted.ts'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './imports.module.css'
import { MappingForm } from './mapping-form.tsx'
import { Outcome, Working } from './outcome.tsx'
import { PreviewTable } from './preview-table.tsx'
import { type Import, type Preview, previewQuery, type Reading, useRun } from './queries.ts'
import { readingFor, remember } from './reading.ts'

/** From a file to its rows: columns, a look at the first rows, a rehearsal with its money effect, and then the import. */
export function PrepareImport({ of }: { of: Import }) {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(previewQuery(brand.id, of.id, null))
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />
  return <Steps of={of} plain={data} />
}

function Steps({ of, plain }: { of: Import; plain: Preview }) {
  const { brand } = useSession()
  const [reading, setReading] = useState(() => readingFor(of, plain))
  const [settled] = useDebouncedValue(reading, 250)
  const query = useQuery(previewQuery(brand.id, of.id, settled))
  const preview = query.data ?? plain
  const problem = query.error ? (query.error as Error).message : preview.problem
  const faults = preview.rows.filter(row => row.fault !== null).length
  return (
    <>
      <Section id="columns" title="1. Columns">
        <MappingForm reading={reading} preview={preview} onChange={setReading} />
      </Section>
      <Section
        id="preview"
        title="2. The first rows in our terms"
        aside={
          <span className={css.note}>
            {problem === null && faults > 0 && `${faults} of ${counted(preview.rows.length, 'row')} would be rejected`}
          </span>
        }
      >
        {problem !== null && (
          <p className={css.problem} role="status">
            {problem}
          </p>
        )}
        <PreviewTable preview={preview} />
      </Section>
      <Section id="rehearsal" title="3. What it would do">
        <Rehearsal of={of} reading={reading} headers={preview.headers} problem={problem} />
      </Section>
    </>
  )
}

type RehearsalProps = { of: Import; reading: Reading; headers: string[]; problem: string | null }

/** The import begins only after a rehearsal of the very same reading. */
function Rehearsal({ of, reading, headers, problem }: RehearsalProps) {
  const { brand } = useSession()
  const [rehearsed, setRehearsed] = useState<string | null>(null)
  const run = useRun(brand.id, of.id)
  const { task } = of
  const said = JSON.stringify(reading)
  const start = (dry_run: boolean) =>
    run.mutate(
      { ...reading, dry_run },
      {
        onSuccess: () => {
          setRehearsed(dry_run ? said : null)
          remember(headers, reading)
        },
      },
    )
  if (task?.state === 'running') return <Working of={of} task={task} />
  const result = task?.kind === 'dry_run' && task.state === 'done' && rehearsed === said ? task.result : null
  const is_stopped = problem !== null
  const off = { 'aria-disabled': is_stopped || undefined, 'data-disabled': is_stopped || undefined, title: problem ?? undefined }
  return (
    <>
      {result && <Outcome of={of} result={result} is_dry />}
      <div className={css.buttons}>
        {result ? (
          <Button data-key="c" loading={run.isPending} onClick={() => start(false)}>
            Import {counted(result.created, 'row')}
          </Button>
        ) : (
          <Button data-key="c" loading={run.isPending} {...off} onClick={() => !is_stopped && start(true)}>
            {of.status === 'interrupted' ? 'Check what is left' : 'Check the whole file'}
          </Button>
        )}
        {!result && <span className={css.note}>{problem ?? 'Every row is tried and taken back; nothing is recorded.'}</span>}
      </div>
    </>
  )
}

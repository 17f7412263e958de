import { Progress } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { addressOf } from '../../client/client.ts'
import { money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { Kpis } from '../shared/kpis.tsx'
import { useSession } from '../shell/session.tsx'
import css from './imports.module.css'
import type { Import, Result, Task } from './queries.ts'

const doing: Record<Task['kind'], string> = {
  dry_run: 'Reading every row; nothing is recorded',
  run: 'Importing; it goes on when you leave this page',
  undo_dry_run: 'Looking what would be taken back',
  undo: 'Taking back what was made; it goes on when you leave this page',
}

/** How far the work on an import is. */
export function Working({ of, task }: { of: Import; task: Task }) {
  const percent = task.share === null ? null : Math.floor(task.share * 100)
  return (
    <section className={css.working} aria-label="Progress" aria-live="polite">
      <p>
        {doing[task.kind]}…{percent !== null && ` ${percent} %`}
        {of.status === 'running' && of.read > 0 && ` · ${counted(of.read, 'row')} read`}
      </p>
      <Progress value={percent ?? 100} animated={percent === null} striped={percent === null} aria-label={doing[task.kind]} />
    </section>
  )
}

const amounts = (list: readonly { currency: string; amount_cents: number }[]) =>
  list.map(({ currency, amount_cents }) => ({ currency, cents: amount_cents }))

/** What came of the rows, or would: how many, for how much, and why some were rejected. */
export function Outcome({ of, result, is_dry }: { of: Import; result: Result; is_dry: boolean }) {
  return (
    <>
      <Kpis
        kpis={[
          { name: is_dry ? 'Will be created' : 'Created', value: result.created.toLocaleString('en') },
          { name: 'Duplicates', value: result.duplicates.toLocaleString('en') },
          { name: is_dry ? 'Will be rejected' : 'Rejected', value: result.rejected.toLocaleString('en') },
          ...(of.kind === 'conversions'
            ? [{ name: is_dry ? 'Partners would earn' : 'Partners earned', figures: amounts(result.amounts) }]
            : []),
        ]}
      />
      {result.rejected > 0 && <Reasons of={of} result={result} />}
    </>
  )
}

export function Rejects({ of }: { of: Import }) {
  const { brand } = useSession()
  const address = addressOf('/api/brands/{brand_id}/imports/{import_id}/rejects', { brand_id: brand.id, import_id: of.id })
  return (
    <a className={css.download} href={address} download>
      <IconDownload size={15} aria-hidden="true" /> Download rejected rows
    </a>
  )
}

function Reasons({ of, result }: { of: Import; result: Result }) {
  return (
    <div className={css.reasons}>
      <h3>
        Why {counted(result.rejected, 'row')} {result.rejected === 1 ? 'is' : 'are'} rejected
      </h3>
      <ul>
        {result.reasons.map(({ reason, count }) => (
          <li key={reason}>
            <span>{count.toLocaleString('en')}</span>
            {reason}
          </li>
        ))}
      </ul>
      <Rejects of={of} />
    </div>
  )
}

const isSomething = ({ amount_cents }: { amount_cents: number }): boolean => amount_cents !== 0

/** What an undo takes back, or would. */
export function TakenBack({ result, is_dry }: { result: Result; is_dry: boolean }): ReactNode {
  const { reversed, given_back, withdrawn, failed } = result
  const will = is_dry ? 'will be' : reversed + withdrawn + given_back === 1 ? 'was' : 'were'
  return (
    <ul className={css.taken}>
      {withdrawn > 0 && (
        <li>
          {counted(withdrawn, 'observation')} {will} withdrawn. What was accrued from them stands.
        </li>
      )}
      {reversed > 0 && (
        <li>
          {counted(reversed, 'conversion')} {will} taken back.
        </li>
      )}
      {given_back > 0 && (
        <li>
          {counted(given_back, 'reversal')} of other conversions {will} given back.
        </li>
      )}
      {result.amounts.filter(isSomething).map(({ currency, amount_cents }) => (
        <li key={currency}>
          Partners' earnings {is_dry ? 'change' : 'changed'} by <strong>{money(amount_cents, currency)}</strong>.
        </li>
      ))}
      {result.clawbacks.filter(isSomething).map(({ currency, amount_cents }) => (
        <li key={`back ${currency}`}>
          {money(amount_cents, currency)} of it was paid already: it {is_dry ? 'becomes' : 'became'} clawbacks on the next
          payouts.
        </li>
      ))}
      {failed > 0 && <li>{counted(failed, 'conversion')} cannot be taken back any more.</li>}
      {reversed + withdrawn + given_back === 0 && <li>There is nothing left of it to take back.</li>}
    </ul>
  )
}

import { Button, Modal, Progress } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { newKey, wordsOf } from '../api.ts'
import { counted } from '../shared/counted.ts'
import { useRenew } from '../shared/reads.ts'
import css from './sheet.module.css'

/** One thing that a bulk action is about. */
export type Item = { key: string; name: string }
/** What became of one of them. */
export type Outcome = { key: string; failed: string | null; said: string }

type BulkProps<T extends Item> = {
  title: string
  /** The button that does it, with the amount where money is meant. */
  action: string
  is_danger?: boolean
  items: readonly T[]
  /** Does it for some of them; what it throws is the failure of them all, and stops no other. `form` is what was filled in. */
  act: (batch: readonly T[], idempotency_key: string, form: FormData) => Promise<Outcome[]>
  /** How many at once. */
  batch?: number
  onClose: () => void
  /** What will happen, and fields for what has to be known. */
  children: ReactNode
}

/** Does one thing with many rows: says what, does it with a bar that moves, and lists what failed. Nothing fails its neighbours. */
export function BulkDialog<T extends Item>({ title, action, is_danger, items, act, batch = 1, onClose, children }: BulkProps<T>) {
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null)
  const renew = useRenew()
  const is_done = outcomes !== null && outcomes.length >= items.length
  const run = async (form: FormData) => {
    const so_far: Outcome[] = []
    setOutcomes([])
    for (let from = 0; from < items.length; from += batch) {
      const some = items.slice(from, from + batch)
      so_far.push(...(await act(some, newKey(), form).catch(error => allFailed(some, wordsOf(error)))))
      setOutcomes([...so_far])
    }
    await renew()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void run(new FormData(event.currentTarget))
  }
  return (
    <Modal opened onClose={() => (outcomes === null || is_done) && onClose()} title={title} size="md">
      {outcomes === null && (
        <form className={css.form} onSubmit={submit}>
          <div className={css.sheetText}>{children}</div>
          <div className={css.sheetActions}>
            <Button type="submit" data-autofocus {...(is_danger && { variant: 'default', className: css.danger as string })}>
              {action}
            </Button>
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
          </div>
        </form>
      )}
      {outcomes !== null && <Outcomes items={items} outcomes={outcomes} onClose={onClose} />}
    </Modal>
  )
}

const allFailed = (items: readonly Item[], failed: string): Outcome[] => items.map(({ key }) => ({ key, failed, said: '' }))

type OutcomesProps = { items: readonly Item[]; outcomes: readonly Outcome[]; onClose: () => void }

function Outcomes({ items, outcomes, onClose }: OutcomesProps) {
  const failed = outcomes.filter(each => each.failed !== null)
  const is_done = outcomes.length >= items.length
  const names = new Map(items.map(item => [item.key, item.name]))
  return (
    <>
      <Progress value={(outcomes.length / items.length) * 100} size="sm" aria-label="Progress" />
      <p className={css.sheetText} role="status">
        {is_done
          ? `${(outcomes.length - failed.length).toLocaleString('en')} done${failed.length > 0 ? `, ${failed.length.toLocaleString('en')} failed` : ''}`
          : `${outcomes.length.toLocaleString('en')} of ${counted(items.length, 'payout')}`}
      </p>
      <ul className={css.runList}>
        {[...failed, ...outcomes.filter(each => each.failed === null)].map(({ key, failed: why, said }) => (
          <li key={key} data-failed={why !== null || undefined}>
            <span>
              {why === null ? <IconCheck size={14} aria-label="done" /> : <IconAlertTriangle size={14} aria-label="failed" />}
              {names.get(key)}
            </span>
            <span>{why ?? said}</span>
          </li>
        ))}
      </ul>
      <div className={css.sheetActions}>
        <Button onClick={onClose} disabled={!is_done}>
          Done
        </Button>
      </div>
    </>
  )
}

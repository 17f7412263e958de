import { Button } from '@mantine/core'
import { wordsOf } from '../api.ts'
import { Empty } from './empty.tsx'
import css from './shared.module.css'

/** A part of the page that could not be read, and the way out. */
export const Failed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <Empty title="This could not be read.">
    {wordsOf(error)}{' '}
    <Button variant="default" size="compact-sm" onClick={onRetry}>
      Try again
    </Button>
  </Empty>
)

export const Waiting = () => (
  <div className={css.waiting} role="status" aria-label="Loading">
    <span />
    <span />
    <span />
  </div>
)

import { IconCircleCheckFilled, IconCircleX } from '@tabler/icons-react'
import { Pill } from '../shared/pill.tsx'
import { Facts } from '../shared/rail.tsx'
import css from './parts.module.css'
import type { TestResult } from './queries.ts'

/** What came back from the test call, and exactly what was called. */
export const TestAnswer = ({ result }: { result: TestResult }) => (
  <div className={css.answer} role="status" aria-label="Result of the test">
    {result.ok ? (
      <Pill label="Your address answered" tone="good" icon={IconCircleCheckFilled} />
    ) : (
      <Pill label="That did not work" tone="bad" icon={IconCircleX} />
    )}
    <Facts
      facts={[
        ['Status', result.status === null ? null : String(result.status)],
        ['Took', `${result.latency_ms.toLocaleString('en')} ms`],
        ['Error', result.error],
        ['Called', <code key="url">{result.url}</code>],
      ]}
    />
  </div>
)

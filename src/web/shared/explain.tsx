import { Button, CopyButton, Modal } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api } from '../api.ts'
import { useSession } from '../shell/session.tsx'
import { Amount, money } from './amount.tsx'
import { DateText } from './date-text.tsx'
import css from './explain.module.css'
import { type Explanation, placeOf, textOf, verdictOf } from './explain-text.ts'
import { keyOf } from './reads.ts'
import { Failed, Waiting } from './states.tsx'

type PanelProps = { earning_id: string }

/** Why an amount is what it is: the sentence first, then the steps, the rules that lost, the raw event. */
export function ExplainPanel({ earning_id }: PanelProps) {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(brand.id, 'explanation', earning_id),
    queryFn: async ({ signal }) => (await api.earnings.explanation({ params: { brand_id: brand.id, earning_id }, signal })).data,
  })
  const heading = useId()
  return (
    <section className={css.panel} aria-labelledby={heading}>
      <h3 id={heading} className={css.hidden}>
        Explanation
      </h3>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <Explained explanation={data} />}
    </section>
  )
}

/** The same in a dialog, for pages without a rail. */
export const ExplainDialog = ({ earning_id, onClose }: PanelProps & { onClose: () => void }) => (
  <Modal opened onClose={onClose} title="Explanation" size="lg">
    <ExplainPanel earning_id={earning_id} />
  </Modal>
)

function Explained({ explanation }: { explanation: Explanation }) {
  const { steps, lost, reverses, reversed_by, event, currency } = explanation
  return (
    <>
      <p className={css.sentence}>
        <strong>{money(explanation.amount_cents, currency)}</strong>: {explanation.because}
      </p>
      <ol className={css.steps} aria-label="Steps">
        {steps.map(step => (
          <li key={step.key + step.text} data-step={step.key}>
            <span>{step.text}</span> {step.at && <When at={step.at} />}
            <Facts facts={step.facts} />
          </li>
        ))}
        <li data-step="money">
          <span>{placeOf(explanation)}</span> {explanation.money.payment && <When at={explanation.money.payment.paid_at} />}
        </li>
      </ol>
      <Related title="Takes back" rows={reverses ? [reverses] : []} currency={currency} />
      <Related title="Taken back by" rows={reversed_by} currency={currency} />
      <Lost lost={lost} />
      <Verdict explanation={explanation} />
      <div className={css.actions}>
        <CopyButton value={textOf(explanation)}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="compact-sm"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
            >
              <span aria-live="polite">{copied ? 'Copied' : 'Copy as text'}</span>
            </Button>
          )}
        </CopyButton>
        {event && <RawEvent event={event} />}
      </div>
    </>
  )
}

const When = ({ at }: { at: string }) => (
  <span className={css.when}>
    <DateText at={at} />
  </span>
)

function Facts({ facts }: { facts: Explanation['steps'][number]['facts'] }) {
  if (facts.length === 0) return null
  return (
    <dl className={css.facts}>
      {facts.map(({ name, text, at }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts never move, and two may bear one name
        <div key={n}>
          <dt>{name}</dt>
          <dd>{at ? <DateText at={at} /> : text}</dd>
        </div>
      ))}
    </dl>
  )
}

type RelatedProps = { title: string; rows: Explanation['reversed_by']; currency: string }

function Related({ title, rows, currency }: RelatedProps) {
  if (rows.length === 0) return null
  return (
    <>
      <h4 className={css.head}>{title}</h4>
      <ul className={css.related}>
        {rows.map(row => (
          <li key={row.earning_id}>
            <span>{row.because}</span>
            <Amount cents={row.amount_cents} currency={currency} />
          </li>
        ))}
      </ul>
    </>
  )
}

const SHOWN = 5

function Lost({ lost }: { lost: Explanation['lost'] }) {
  const [is_whole, setWhole] = useState(false)
  if (lost.length === 0) return null
  return (
    <>
      <h4 className={css.head}>Did not apply</h4>
      <ul className={css.lost}>
        {(is_whole ? lost : lost.slice(0, SHOWN)).map(({ rule, why }) => (
          <li key={rule}>
            <s>{rule}</s> {why}
          </li>
        ))}
      </ul>
      {!is_whole && lost.length > SHOWN && (
        <button type="button" className={css.link} onClick={() => setWhole(true)}>
          {lost.length - SHOWN} more
        </button>
      )}
    </>
  )
}

function Verdict({ explanation }: { explanation: Explanation }) {
  const text = verdictOf(explanation)
  if (!text) return null
  const agrees = explanation.recomputed?.agrees
  return (
    <p className={css.verdict} data-agrees={agrees}>
      {agrees ? <IconCheck size={15} aria-hidden="true" /> : <IconAlertTriangle size={15} aria-hidden="true" />}
      {text}
    </p>
  )
}

function RawEvent({ event }: { event: NonNullable<Explanation['event']> }) {
  return (
    <details className={css.raw}>
      <summary>Raw {event.kind}</summary>
      {/* It scrolls sideways, so the keyboard must reach it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre tabIndex={0}>{JSON.stringify({ id: event.id, ...event.data }, null, 2)}</pre>
    </details>
  )
}

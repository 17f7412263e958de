import { Button, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { api, tell } from '../api.ts'
import { Section } from '../shared/page.tsx'
import { useWrite } from '../shared/reads.ts'
import { useSession } from '../shell/session.tsx'
import { faultOf, type Payment } from './queries.ts'
import css from './tracker.module.css'

/** What people and programs keep beside a payment. Its amount, method and date never change. */
export function Describe({ payment }: { payment: Payment }) {
  const { is_admin } = useSession()
  const [is_open, setOpen] = useState(false)
  const keys = Object.entries(payment.metadata)
  return (
    <Section
      id="described"
      title="Notes and metadata"
      aside={
        is_admin &&
        !is_open && (
          <Button variant="default" size="compact-sm" onClick={() => setOpen(true)}>
            Edit
          </Button>
        )
      }
    >
      {is_open && <Form payment={payment} onClose={() => setOpen(false)} />}
      {!is_open && (
        <>
          <p className={css.readme}>{payment.readme || <span className={css.quiet}>No notes.</span>}</p>
          {keys.length > 0 && <pre className={css.json}>{JSON.stringify(payment.metadata, null, 2)}</pre>}
        </>
      )}
    </Section>
  )
}

type Metadata = Payment['metadata']

/** The object that a text is; null when it is none. */
function objectIn(text: string): Metadata | null {
  try {
    const value = JSON.parse(text.trim() || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function Form({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const [readme, setReadme] = useState(payment.readme ?? '')
  const [text, setText] = useState(() => JSON.stringify(payment.metadata, null, 2))
  const metadata = objectIn(text)
  const save = useWrite((body: { readme: string | null; metadata: Metadata }, idempotency_key) =>
    api.payments.change({ params: { payment_id: payment.id }, body, idempotency_key }),
  )
  const done = () => {
    tell('Saved.')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (metadata) save.mutate({ readme: readme.trim() || null, metadata }, { onSuccess: done })
  }
  return (
    <form className={css.form} onSubmit={submit} aria-label="Notes and metadata">
      <Textarea
        label="Notes"
        autosize
        minRows={3}
        maxRows={12}
        maxLength={50_000}
        value={readme}
        error={faultOf(save.error, 'readme')}
        onChange={event => setReadme(event.currentTarget.value)}
      />
      <Textarea
        label="Metadata"
        description="Names and values as JSON, for programs that read this payment."
        autosize
        minRows={3}
        maxRows={12}
        value={text}
        error={metadata ? faultOf(save.error, 'metadata') : 'This is no JSON object, such as {"batch": "march"}'}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        onChange={event => setText(event.currentTarget.value)}
      />
      <div className={css.buttons}>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  )
}

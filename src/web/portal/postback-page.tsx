import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { api, codeOf, tell, wordsOf } from '../api.ts'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { ChangeButton } from './change-button.tsx'
import { Deliveries } from './deliveries.tsx'
import { faultAt } from './faults.ts'
import css from './parts.module.css'
import { PortalPage } from './portal-page.tsx'
import { type Postback, postbackQuery, usePortalWrite } from './queries.ts'
import { usePortal } from './session.tsx'
import { TestAnswer } from './test-answer.tsx'

/** The partner's own address, called for each approved conversion. Source: spec A15, C10. */
export function PostbackPage() {
  const { who } = usePortal()
  const { data, error, refetch } = useQuery(postbackQuery(who))
  return (
    <PortalPage
      title="Postback"
      lead="An address of yours that we call once for each approved conversion, so that your own tracker knows of it."
    >
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <PostbackForm key={data.url} postback={data} />}
      {data && (
        <Section id="calls" title="Last calls">
          <Deliveries deliveries={data.deliveries} />
        </Section>
      )}
    </PortalPage>
  )
}

function PostbackForm({ postback }: { postback: Postback }) {
  const { who } = usePortal()
  const [url, setUrl] = useState(postback.url ?? '')
  const input = useRef<HTMLInputElement>(null)
  const save = usePortalWrite((next: string | null, idempotency_key) =>
    api.portal.changePostback({ query: who, body: { url: next }, idempotency_key }),
  )
  const test = useMutation({
    meta: { says_itself: true },
    mutationFn: async (next: string) => (await api.portal.testPostback({ query: who, body: { url: next } })).data,
  })
  const said = url.trim()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    save.mutate(said || null, {
      onSuccess: ({ data }) =>
        tell(data.url ? 'Saved: it is called for each approved conversion.' : 'Saved: nothing is called any more.'),
    })
  }
  const insert = (name: string) => {
    const at = input.current?.selectionStart ?? url.length
    setUrl(`${url.slice(0, at)}${name}${url.slice(input.current?.selectionEnd ?? at)}`)
    input.current?.focus()
  }
  const fault = (save.error && faultAt(save.error, 'url')) ?? (test.error && faultAt(test.error, 'url'))
  return (
    <>
      <form className={css.postback} onSubmit={submit}>
        <TextInput
          ref={input}
          type="url"
          label="Postback URL"
          description="Leave it empty to stop the calls."
          placeholder="https://tracker.example.com/postback?click={click_id}&payout={payout}"
          value={url}
          maxLength={2000}
          onChange={event => setUrl(event.currentTarget.value)}
          error={fault}
          autoComplete="off"
          spellCheck={false}
        />
        <div className={css.buttons}>
          <ChangeButton type="submit" loading={save.isPending} data-key="c">
            Save
          </ChangeButton>
          {said ? (
            <ChangeButton variant="default" loading={test.isPending} onClick={() => test.mutate(said)}>
              Send Test
            </ChangeButton>
          ) : (
            <Button
              variant="default"
              data-disabled
              aria-disabled
              title="Enter an address first"
              onClick={event => event.preventDefault()}
            >
              Send Test
            </Button>
          )}
        </div>
        {test.data && <TestAnswer result={test.data} />}
        {test.error && codeOf(test.error) !== 'invalid_body' && (
          <p className={css.fault} role="alert">
            {wordsOf(test.error)}
          </p>
        )}
      </form>
      <Macros macros={postback.macros} onInsert={insert} />
    </>
  )
}

/** What may stand in the address; each is replaced when it is called. A click puts it where the cursor is. */
const Macros = ({ macros, onInsert }: { macros: Postback['macros']; onInsert: (name: string) => void }) => (
  <Section id="macros" title="What you can put into the address" aside={<span className={css.quiet}>a click inserts it</span>}>
    <ul className={css.macros}>
      {macros.map(({ name, meaning, sample }) => (
        <li key={name}>
          <button type="button" onClick={() => onInsert(name)} aria-label={`Insert ${name}`}>
            <code>{name}</code>
          </button>
          <span>{meaning}</span>
          <span className={css.quiet}>{sample}</span>
        </li>
      ))}
    </ul>
  </Section>
)

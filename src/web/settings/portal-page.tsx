import { Anchor, Button, FileButton, Switch, TextInput } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Client } from '../../client/client.ts'
import { api, tell, tellFailure } from '../api.ts'
import { keyOf, useWrite } from '../shared/reads.ts'
import shared from '../shared/shared.module.css'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './portal.module.css'
import { SettingsPage } from './settings-page.tsx'

type Settings = Awaited<ReturnType<Client['portal']['settings']>>['data']
type Wish = Pick<Settings, 'title' | 'logo_path' | Toggle>

const settingsQuery = (brand_id: string) =>
  queryOptions({
    queryKey: keyOf(brand_id, 'portal-settings'),
    queryFn: async ({ signal }) => (await api.portal.settings({ params: { brand_id }, signal })).data,
  })

/** What the partner portal looks like, what partners see there, and who gets in. Source: spec C11. */
export function PortalSettingsPage() {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(settingsQuery(brand.id))
  return (
    <SettingsPage title="Partner portal">
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && (
        <>
          <Places settings={data} />
          <PortalForm key={brand.id} settings={data} />
        </>
      )}
    </SettingsPage>
  )
}

type Toggle = 'allow_sign_up' | 'approved_by_default' | 'show_balance' | 'show_alias' | 'show_log'
const groups: { title: string; toggles: { name: Toggle; label: string; on: string; off: string }[] }[] = [
  {
    title: 'Who gets in',
    toggles: [
      {
        name: 'allow_sign_up',
        label: 'Allow sign up',
        on: 'Anybody with the sign-up link can apply as a partner.',
        off: 'Nobody can apply; you add every partner yourself.',
      },
      {
        name: 'approved_by_default',
        label: 'Approved by default',
        on: 'Who applies is a partner at once and can sign in.',
        off: 'Who applies waits until you approve them, and cannot sign in before.',
      },
    ],
  },
  {
    title: 'What partners see',
    toggles: [
      {
        name: 'show_balance',
        label: 'Show balance & payment history',
        on: 'Partners see their balance, what is on hold, and every payment with its statement and invoice.',
        off: 'Partners see no balance, no payments, no statements and no invoices.',
      },
      {
        name: 'show_alias',
        label: 'Show alias',
        on: 'Partners see the alias that stands in their links.',
        off: 'Partners see their name only; links still carry the alias.',
      },
      {
        name: 'show_log',
        label: 'Show log',
        on: 'Partners see each conversion with its status and what it pays them, never what it was worth to you.',
        off: 'Partners see sums by day and campaign, but no single conversion.',
      },
    ],
  },
]

/** Where partners go; the address to hand out. */
const Places = ({ settings: { portal_url, sign_up_url, allow_sign_up, mails } }: { settings: Settings }) => (
  <dl className={css.places}>
    <dt>Portal</dt>
    <dd>
      <Anchor href={portal_url} target="_blank" rel="noreferrer">
        {portal_url} <IconExternalLink size={13} aria-label="(opens in a new tab)" />
      </Anchor>
    </dd>
    <dt>Sign-up link</dt>
    <dd>{allow_sign_up ? <Anchor href={sign_up_url}>{sign_up_url}</Anchor> : <span>Sign-up is off</span>}</dd>
    <dt>Sign-in links</dt>
    <dd>
      {mails
        ? 'Mailed to partners when they are approved, and when they ask for one.'
        : 'No mail is set up (SMTP_URL): copy a partner’s link from its page.'}
    </dd>
  </dl>
)

function PortalForm({ settings }: { settings: Settings }) {
  const { brand, is_admin } = useSession()
  const { title, logo_path, allow_sign_up, approved_by_default, show_balance, show_alias, show_log } = settings
  const [wish, setWish] = useState<Wish>({
    ...{ title, logo_path, allow_sign_up, approved_by_default, show_balance, show_alias, show_log },
  })
  const save = useWrite((body: Wish, idempotency_key) =>
    api.portal.changeSettings({ params: { brand_id: brand.id }, body, idempotency_key }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ ...wish, title: wish.title?.trim() || null }, { onSuccess: () => tell('Saved. Partners see it from now on.') })
  }
  return (
    <form className={shared.form} onSubmit={submit} aria-label="Partner portal">
      <TextInput
        label="Title"
        description="Stands on top of the portal and in mails to partners."
        placeholder={brand.name}
        maxLength={100}
        disabled={!is_admin}
        value={wish.title ?? ''}
        onChange={event => setWish({ ...wish, title: event.currentTarget.value })}
      />
      <Logo path={wish.logo_path} onChange={is_admin ? path => setWish({ ...wish, logo_path: path }) : null} />
      {groups.map(group => (
        <fieldset key={group.title} className={css.group}>
          <legend>{group.title}</legend>
          {group.toggles.map(({ name, label, on, off }) => (
            <Switch
              key={name}
              label={label}
              description={wish[name] ? on : off}
              disabled={!is_admin}
              checked={wish[name]}
              onChange={event => setWish({ ...wish, [name]: event.currentTarget.checked })}
            />
          ))}
        </fieldset>
      ))}
      {is_admin && (
        <div className={shared.buttons}>
          <Button type="submit" data-key="c" loading={save.isPending}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}

const PICTURES = 'image/png,image/jpeg,image/webp,image/svg+xml'

/** `onChange` is null for those who may only look. */
function Logo({ path, onChange }: { path: string | null; onChange: ((path: string | null) => void) | null }) {
  const [busy, setBusy] = useState(false)
  const upload = async (file: File | null) => {
    if (!file || !onChange) return
    setBusy(true)
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const { data } = await api.methods.uploadIcon({ body: { media_type: file.type, bytes } })
      onChange(`/${data.icon_path}`)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={css.logo}>
      <span className={css.picture}>
        {path === null ? <span>No logo</span> : <img src={path} alt="The logo of the portal" />}
      </span>
      {onChange && (
        <>
          <FileButton accept={PICTURES} onChange={file => void upload(file)}>
            {props => (
              <Button {...props} variant="default" loading={busy}>
                {path === null ? 'Upload a logo' : 'Replace the logo'}
              </Button>
            )}
          </FileButton>
          {path !== null && (
            <Button variant="subtle" color="gray" onClick={() => onChange(null)}>
              Remove
            </Button>
          )}
          <span className={css.hint}>PNG, JPEG, WebP or SVG, at most 1 MB.</span>
        </>
      )}
    </div>
  )
}

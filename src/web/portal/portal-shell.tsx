import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useSearch } from '@tanstack/react-router'
import { type ReactNode, Suspense } from 'react'
import { codeOf, wordsOf } from '../api.ts'
import { fullTime } from '../shared/dates.ts'
import { PlaceContext } from '../shared/place.tsx'
import { Keys } from '../shell/keys.tsx'
import { Plain } from '../shell/plain.tsx'
import css from './portal.module.css'
import { PortalHead } from './portal-head.tsx'
import { PortalContext, type PortalMe, portalMeQuery, signOut, type Who, whoIn } from './session.tsx'
import { PortalSignIn } from './sign-in.tsx'

/** Everything for partners who signed in; for the others, the portal's sign-in page at the same address. */
export function PortalShell() {
  const who = whoIn(useSearch({ from: '/portal' }))
  const { data: me, error, refetch } = useQuery({ ...portalMeQuery(who), placeholderData: keepPreviousData })
  if (me && codeOf(error) !== 'unauthorized') return <Portal me={me} who={who} />
  if (!error) return <div className={css.waiting} role="status" aria-label="Loading" />
  if (codeOf(error) === 'unauthorized') return <PortalSignIn />
  if (codeOf(error) === 'forbidden' || codeOf(error) === 'not_found') return <NotHere words={wordsOf(error)} />
  return (
    <Plain title="The server does not answer">
      <p>{wordsOf(error)}</p>
      <Button onClick={() => void refetch()}>Try again</Button>
    </Plain>
  )
}

function Portal({ me, who }: { me: PortalMe; who: Who }) {
  const { currency, time_zone } = me.program
  return (
    <PortalContext value={{ me, who }}>
      <PlaceContext value={{ currency, time_zone }}>
        <div className={css.portal}>
          {me.is_viewing && <Viewing me={me} />}
          {me.clock.is_travelling && (
            <div className={css.banner} role="status">
              The clock is travelling: it is {fullTime(me.clock.now)} here.
            </div>
          )}
          <PortalHead />
          <Suspense fallback={<div className={css.waiting} role="status" aria-label="Loading" />}>
            <Outlet key={me.partner.id} />
          </Suspense>
        </div>
        <Keys />
      </PlaceContext>
    </PortalContext>
  )
}

/** Says to who looks after the program that these are not its own pages, and leads back. */
const Viewing = ({ me }: { me: PortalMe }) => (
  <div className={css.banner} role="status">
    <span>
      You see the portal as <strong>{me.partner.name}</strong>; nothing can be changed here.
    </span>
    <Link to="/partners/$partner_id" params={{ partner_id: me.partner.id }} search={{ brand: me.program.slug }}>
      Back to workspace
    </Link>
  </div>
)

/** Somebody is signed in, but no partner with a portal. */
const NotHere = ({ words }: { words: string }) => (
  <Plain title="This portal is not open to you">
    <p role="alert">{words}</p>
    <p>
      <a href="/">Go to the workspace</a>, or <SignOut>sign in as somebody else</SignOut>.
    </p>
  </Plain>
)

const SignOut = ({ children }: { children: ReactNode }) => (
  <button type="button" className={css.linkButton} onClick={() => void signOut()}>
    {children}
  </button>
)

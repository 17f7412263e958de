import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { codeOf, wordsOf } from '../api.ts'
import { PlaceContext } from '../shared/place.tsx'
import { SignIn } from '../sign-in/sign-in.tsx'
import { ClockBanner } from './clock-banner.tsx'
import { Keys } from './keys.tsx'
import { LimitModal } from './limit-modal.tsx'
import { Nav } from './nav.tsx'
import { Plain } from './plain.tsx'
import { type Me, meQuery, SessionContext } from './session.tsx'
import css from './shell.module.css'

const GoAnywhere = lazy(async () => ({ default: (await import('./go-anywhere.tsx')).GoAnywhere }))

/** Everything for people who signed in; for the others, the sign-in page at the same address. */
export function Shell() {
  const { data: me, error, refetch } = useQuery(meQuery)
  if (me) return <Workspace me={me} />
  if (!error) return <div className={css.waiting} role="status" aria-label="Loading" />
  if (codeOf(error) === 'unauthorized') return <SignIn />
  // a partner, who has a portal instead of a workspace
  if (codeOf(error) === 'forbidden') return <Navigate to="/portal" replace />
  return (
    <Plain title="The server does not answer">
      <p>{wordsOf(error)}</p>
      <Button onClick={() => void refetch()}>Try again</Button>
    </Plain>
  )
}

function Workspace({ me }: { me: Me }) {
  const wanted = useSearch({ strict: false, select: search => (search as { brand?: string }).brand })
  const brand = me.brands.find(each => each.slug === wanted || each.id === wanted) ?? me.brands[0]
  if (!brand) {
    return (
      <Plain title="No brand yet">
        <p>You have no access to a brand. Ask an admin of {me.organization.name} to give you one.</p>
      </Plain>
    )
  }
  const session = { me, brand, is_admin: brand.role === 'admin', time_zone: me.organization.time_zone }
  const place = { time_zone: me.organization.time_zone, currency: brand.currency }
  return (
    <SessionContext value={session}>
      <PlaceContext value={place}>
        <div className={css.workspace}>
          {me.clock.is_travelling && <ClockBanner now={me.clock.now} />}
          <Nav />
          <Suspense fallback={<div className={css.waiting} role="status" aria-label="Loading" />}>
            <Outlet key={brand.id} />
          </Suspense>
        </div>
        <Keys />
        <LimitModal />
        <Suspense>
          <GoAnywhere />
        </Suspense>
      </PlaceContext>
    </SessionContext>
  )
}

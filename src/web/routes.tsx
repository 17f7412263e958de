/** Which address shows which page. What a page shows (brand, filter, open payout) is in its address too. */
import { createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router'
import { PayoutsPage } from './payouts/payouts-page.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { LeaveSignIn } from './sign-in/leave.tsx'
import { Setup } from './sign-in/setup.tsx'

export const statuses = ['draft', 'approved', 'paid', 'cancelled'] as const
export type Status = (typeof statuses)[number]
export type PayoutsSearch = { brand?: string; status?: Status; payout?: string }

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
const payouts = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: PayoutsPage,
  validateSearch: (search): PayoutsSearch => ({
    brand: textOf(search.brand),
    status: statuses.find(status => status === search.status),
    payout: textOf(search.payout),
  }),
})
/** Where a link that no longer works leads; whoever is signed in goes on to the payouts. */
const sign_in = createRoute({
  getParentRoute: () => shell,
  path: '/sign-in',
  component: LeaveSignIn,
  validateSearch: (search): { error?: string } => ({ error: textOf(search.error) }),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: Setup,
  validateSearch: (search): { token?: string } => ({ token: textOf(search.token) }),
})

export const router = createRouter({ routeTree: root.addChildren([shell.addChildren([payouts, sign_in]), setup]) })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Which address shows which page. What a page shows (brand, filter, open payout) is in its address too. */
import { createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router'
import { PayoutsPage } from './payouts/payouts-page.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
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
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: Setup,
  validateSearch: (search): { token?: string } => ({ token: textOf(search.token) }),
})

export const router = createRouter({ routeTree: root.addChildren([shell.addChildren([payouts]), setup]) })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

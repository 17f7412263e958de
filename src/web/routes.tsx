/** Which address shows which page. What a page shows (brand, filter, what is open) is in its address too. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent as lazy,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router'
import * as search from './searches.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  validateSearch: search.shell,
  search: { middlewares: [retainSearchParams(['brand'])] },
})
const inShell = <const Path extends string>(path: Path) => ({ getParentRoute: () => shell, path })

const pages = [
  createRoute({ ...inShell('/'), component: lazy(() => import('./home/home-page.tsx'), 'HomePage') }),
  createRoute({
    ...inShell('/payouts'),
    component: lazy(() => import('./payouts/payouts-page.tsx'), 'PayoutsPage'),
    validateSearch: search.payouts,
  }),
  createRoute({
    ...inShell('/tracker'),
    component: lazy(() => import('./tracker/tracker-page.tsx'), 'TrackerPage'),
    validateSearch: search.tracker,
  }),
  createRoute({
    ...inShell('/tracker/payments/$payment_id'),
    component: lazy(() => import('./tracker/payment-page.tsx'), 'PaymentPage'),
  }),
  createRoute({
    ...inShell('/on-account'),
    component: lazy(() => import('./on-account/on-account-page.tsx'), 'OnAccountPage'),
    validateSearch: search.onAccount,
  }),
  createRoute({
    ...inShell('/partners'),
    component: lazy(() => import('./partners/partners-page.tsx'), 'PartnersPage'),
    validateSearch: search.partners,
  }),
  createRoute({
    ...inShell('/partners/$partner_id'),
    component: lazy(() => import('./partners/partner-page.tsx'), 'PartnerPage'),
    validateSearch: search.partner,
  }),
  createRoute({
    ...inShell('/conversions'),
    component: lazy(() => import('./conversions/conversions-page.tsx'), 'ConversionsPage'),
    validateSearch: search.conversions,
  }),
  createRoute({
    ...inShell('/imports'),
    component: lazy(() => import('./imports/imports-page.tsx'), 'ImportsPage'),
    validateSearch: search.imports,
  }),
  createRoute({
    ...inShell('/campaigns'),
    component: lazy(() => import('./campaigns/campaigns-page.tsx'), 'CampaignsPage'),
    validateSearch: search.campaigns,
  }),
  createRoute({
    ...inShell('/campaigns/$campaign_id'),
    component: lazy(() => import('./campaigns/campaign-page.tsx'), 'CampaignPage'),
    validateSearch: search.campaign,
  }),
  createRoute({
    ...inShell('/structures'),
    component: lazy(() => import('./structures/structures-page.tsx'), 'StructuresPage'),
    validateSearch: search.structures,
  }),
  createRoute({
    ...inShell('/structures/$structure_id'),
    component: lazy(() => import('./structures/structure-page.tsx'), 'StructurePage'),
    validateSearch: search.structure,
  }),
  createRoute({ ...inShell('/settings'), component: lazy(() => import('./settings/payouts-page.tsx'), 'PayoutSettingsPage') }),
  createRoute({ ...inShell('/settings/methods'), component: lazy(() => import('./settings/methods-page.tsx'), 'MethodsPage') }),
  createRoute({ ...inShell('/settings/team'), component: lazy(() => import('./settings/team-page.tsx'), 'TeamPage') }),
  createRoute({ ...inShell('/settings/keys'), component: lazy(() => import('./settings/keys-page.tsx'), 'KeysPage') }),
  createRoute({
    ...inShell('/settings/organization'),
    component: lazy(() => import('./settings/organization-page.tsx'), 'OrganizationPage'),
  }),
  createRoute({
    ...inShell('/settings/invoices'),
    component: lazy(() => import('./settings/invoices-page.tsx'), 'InvoicesPage'),
  }),
  createRoute({
    ...inShell('/settings/portal'),
    component: lazy(() => import('./settings/portal-page.tsx'), 'PortalSettingsPage'),
  }),
  /** Where a link that no longer works leads; whoever is signed in goes on. */
  createRoute({
    ...inShell('/sign-in'),
    component: lazy(() => import('./sign-in/leave.tsx'), 'LeaveSignIn'),
    validateSearch: search.signIn,
  }),
]

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazy(() => import('./sign-in/setup.tsx'), 'Setup'),
  validateSearch: search.setup,
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazy(() => import('./sign-in/invitation.tsx'), 'Invitation'),
  validateSearch: search.setup,
})

const sign_up = createRoute({
  getParentRoute: () => root,
  path: '/portal/sign-up',
  component: lazy(() => import('./portal/sign-up-page.tsx'), 'SignUpPage'),
  validateSearch: search.signUp,
})

const portal = createRoute({
  getParentRoute: () => root,
  path: '/portal',
  component: lazy(() => import('./portal/portal-shell.tsx'), 'PortalShell'),
  validateSearch: search.portal,
  search: { middlewares: [retainSearchParams(['as', 'partner_id'])] },
})
const inPortal = <const Path extends string>(path: Path) => ({ getParentRoute: () => portal, path })
const portal_pages = [
  createRoute({ ...inPortal('/'), component: lazy(() => import('./portal/dashboard-page.tsx'), 'DashboardPage') }),
  createRoute({
    ...inPortal('/campaigns'),
    component: lazy(() => import('./portal/campaigns-page.tsx'), 'CampaignsPage'),
    validateSearch: search.portalCampaigns,
  }),
  createRoute({
    ...inPortal('/report'),
    component: lazy(() => import('./portal/report-page.tsx'), 'ReportPage'),
    validateSearch: search.report,
  }),
  createRoute({
    ...inPortal('/payments'),
    component: lazy(() => import('./portal/payments-page.tsx'), 'PaymentsPage'),
    validateSearch: search.portalPayments,
  }),
  createRoute({
    ...inPortal('/conversions'),
    component: lazy(() => import('./portal/conversions-page.tsx'), 'ConversionsPage'),
    validateSearch: search.portalConversions,
  }),
  createRoute({ ...inPortal('/postback'), component: lazy(() => import('./portal/postback-page.tsx'), 'PostbackPage') }),
  createRoute({ ...inPortal('/profile'), component: lazy(() => import('./portal/profile-page.tsx'), 'ProfilePage') }),
]

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren(pages), setup, invitation, sign_up, portal.addChildren(portal_pages)]),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

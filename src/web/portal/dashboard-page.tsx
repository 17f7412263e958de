import { PortalPage } from './portal-shell.tsx'

export const DashboardPage = () => <PortalPage title="Dashboard">…</PortalPage>

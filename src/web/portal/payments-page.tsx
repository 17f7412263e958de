import { PortalPage } from './portal-shell.tsx'

export const PaymentsPage = () => <PortalPage title="Payments">…</PortalPage>

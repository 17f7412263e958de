import { PortalPage } from './portal-shell.tsx'

export const ReportPage = () => <PortalPage title="Report">…</PortalPage>

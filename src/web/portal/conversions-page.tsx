import { PortalPage } from './portal-shell.tsx'

export const ConversionsPage = () => <PortalPage title="Conversion logs">…</PortalPage>

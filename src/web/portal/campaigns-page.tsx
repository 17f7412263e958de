import { PortalPage } from './portal-shell.tsx'

export const CampaignsPage = () => <PortalPage title="Campaigns">…</PortalPage>

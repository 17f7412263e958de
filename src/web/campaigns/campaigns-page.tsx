import { Page } from '../shared/page.tsx'

export const CampaignsPage = () => <Page title="Campaigns">…</Page>

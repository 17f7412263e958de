import { Page } from '../shared/page.tsx'

export const CampaignPage = () => <Page title="Campaign">…</Page>

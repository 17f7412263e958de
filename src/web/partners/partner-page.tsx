import { Page } from '../shared/page.tsx'

export const PartnerPage = () => <Page title="Partner">…</Page>

import { Page } from '../shared/page.tsx'

export const PartnersPage = () => <Page title="Partners">…</Page>

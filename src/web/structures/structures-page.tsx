import { Page } from '../shared/page.tsx'

export const StructuresPage = () => <Page title="Payout structures">…</Page>

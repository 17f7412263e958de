import { Page } from '../shared/page.tsx'

export const StructurePage = () => <Page title="Payout structure">…</Page>

import { Page } from '../shared/page.tsx'

export const TrackerPage = () => <Page title="Payouts tracker">…</Page>

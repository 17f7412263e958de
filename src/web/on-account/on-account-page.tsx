import { Page } from '../shared/page.tsx'

export const OnAccountPage = () => <Page title="Publisher payouts">…</Page>

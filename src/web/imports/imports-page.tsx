import { Page } from '../shared/page.tsx'

export const ImportsPage = () => <Page title="Import">…</Page>

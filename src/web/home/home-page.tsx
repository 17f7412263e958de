import { Page } from '../shared/page.tsx'

export const HomePage = () => <Page title="Home">…</Page>

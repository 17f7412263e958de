import { Page } from '../shared/page.tsx'

export const ConversionsPage = () => <Page title="Conversions">…</Page>

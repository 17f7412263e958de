import { Page } from '../shared/page.tsx'

export const PaymentPage = () => <Page title="Payment">…</Page>

import { SettingsPage } from './settings-page.tsx'

export const MethodsPage = () => <SettingsPage title="Payout methods">…</SettingsPage>

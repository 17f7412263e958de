import { SettingsPage } from './settings-page.tsx'

export const PayoutSettingsPage = () => <SettingsPage title="Payout settings">…</SettingsPage>

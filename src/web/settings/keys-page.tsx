import { SettingsPage } from './settings-page.tsx'

export const KeysPage = () => <SettingsPage title="API keys">…</SettingsPage>

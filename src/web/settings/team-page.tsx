import { SettingsPage } from './settings-page.tsx'

export const TeamPage = () => <SettingsPage title="Team">…</SettingsPage>

import { SettingsPage } from './settings-page.tsx'

export const OrganizationPage = () => <SettingsPage title="Organization">…</SettingsPage>

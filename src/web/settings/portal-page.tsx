import { SettingsPage } from './settings-page.tsx'

export const PortalSettingsPage = () => <SettingsPage title="Partner portal">…</SettingsPage>

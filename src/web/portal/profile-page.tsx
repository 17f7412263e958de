import { PortalPage } from './portal-shell.tsx'

export const ProfilePage = () => <PortalPage title="Profile">…</PortalPage>

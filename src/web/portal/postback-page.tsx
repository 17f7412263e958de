import { PortalPage } from './portal-shell.tsx'

export const PostbackPage = () => <PortalPage title="Postback">…</PortalPage>

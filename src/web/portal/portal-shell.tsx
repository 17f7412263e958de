import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** Everything for partners who signed in; for the others, the portal's sign-in page. */
export const PortalShell = () => <Outlet />

export const PortalPage = ({ title, children }: { title: string; children: ReactNode }) => (
  <main>
    <h1>{title}</h1>
    {children}
  </main>
)

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../shared/page.tsx'
import css from './settings.module.css'

const tabs = [
  { to: '/settings', label: 'Payouts' },
  { to: '/settings/methods', label: 'Payout methods' },
  { to: '/settings/invoices', label: 'Invoices' },
  { to: '/settings/team', label: 'Team' },
  { to: '/settings/keys', label: 'API keys' },
  { to: '/settings/organization', label: 'Organization' },
  { to: '/settings/portal', label: 'Partner portal' },
] as const

type SettingsPageProps = { title: string; actions?: ReactNode; rail?: ReactNode; children: ReactNode }

/** A page of the settings, with the way to the others. */
export const SettingsPage = ({ title, actions, rail, children }: SettingsPageProps) => (
  <Page title={title} actions={actions} rail={rail} narrow>
    <nav className={css.tabs} aria-label="Settings">
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          search={(before: { brand?: string }) => ({ brand: before.brand }) as never}
          className={css.tab}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
    </nav>
    {children}
  </Page>
)

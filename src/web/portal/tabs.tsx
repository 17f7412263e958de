import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import css from './portal.module.css'

/** The tabs of the portal, in their order and by their names. Source: spec C10. */
export const tabs = [
  { to: '/portal', label: 'Dashboard' },
  { to: '/portal/campaigns', label: 'Campaigns' },
  { to: '/portal/report', label: 'Report' },
  { to: '/portal/payments', label: 'Payments' },
  { to: '/portal/conversions', label: 'Conversion logs' },
  { to: '/portal/postback', label: 'Postback' },
] as const

/** Where one can go; a phone scrolls them sideways, and the open one is always in sight. */
export function Tabs({ path }: { path: string }) {
  const box = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another open tab
  useEffect(() => box.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [path])
  return (
    <nav ref={box} className={css.tabs} aria-label="Pages">
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          search={((before: { as?: string }) => ({ as: before.as })) as never}
          className={css.tab}
          activeOptions={{ exact: to === '/portal', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}

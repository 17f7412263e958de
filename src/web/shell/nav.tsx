import { Burger, Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconArrowsExchange,
  IconBuildingStore,
  IconFileImport,
  IconHome2,
  IconLayoutList,
  IconReceipt2,
  IconReportMoney,
  IconSettings,
  IconTargetArrow,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import css from './nav.module.css'

/** The pages, in the order of the work: what to do, paying, who earns, how it is priced, the rest. */
export const places = [
  [
    { to: '/', label: 'Home', icon: IconHome2 },
    { to: '/payouts', label: 'Payouts', icon: IconReportMoney },
    { to: '/tracker', label: 'Payouts tracker', icon: IconLayoutList },
    { to: '/on-account', label: 'Publisher payouts', icon: IconReceipt2 },
  ],
  [
    { to: '/partners', label: 'Partners', icon: IconUsers },
    { to: '/conversions', label: 'Conversions', icon: IconArrowsExchange },
    { to: '/imports', label: 'Import', icon: IconFileImport },
  ],
  [
    { to: '/campaigns', label: 'Campaigns', icon: IconBuildingStore },
    { to: '/structures', label: 'Payout structures', icon: IconTargetArrow },
  ],
  [{ to: '/settings', label: 'Settings', icon: IconSettings }],
] as const

const Places = ({ onGo }: { onGo?: () => void }) => (
  <>
    {places.map(group => (
      <ul key={group[0].to} className={css.group}>
        {group.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              search={(before: { brand?: string }) => ({ brand: before.brand }) as never}
              className={css.place}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
              {...(onGo && { onClick: onGo })}
            >
              <Icon size={17} stroke={1.7} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    ))}
  </>
)

/** The pages at the left side. */
export const Nav = () => (
  <nav className={css.nav} aria-label="Pages">
    <Places />
  </nav>
)

/** The same behind a button, where the side has no room. */
export function NavButton() {
  const [is_open, { open, close }] = useDisclosure()
  return (
    <>
      <Burger className={css.burger} size="sm" opened={is_open} onClick={open} aria-label="Pages" />
      <Drawer opened={is_open} onClose={close} size={250} title="Quittance" closeButtonProps={{ 'aria-label': 'Close' }}>
        <nav aria-label="Pages">
          <Places onGo={close} />
        </nav>
      </Drawer>
    </>
  )
}

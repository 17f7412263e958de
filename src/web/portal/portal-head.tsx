import { Menu } from '@mantine/core'
import { IconCheck, IconLogout, IconUser } from '@tabler/icons-react'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { money } from '../shared/amount.tsx'
import { Mark } from '../shell/mark.tsx'
import css from './portal.module.css'
import { signOut, usePortal } from './session.tsx'
import { Tabs } from './tabs.tsx'

/** The program, what the partner is owed, the account, and the tabs. */
export function PortalHead() {
  const { me } = usePortal()
  const path = useLocation({ select: location => location.pathname })
  return (
    <header className={css.top}>
      <div className={css.bar}>
        {me.program.logo_path ? <img className={css.logo} src={me.program.logo_path} alt="" /> : <Mark size={26} />}
        <span className={css.program}>{me.program.title}</span>
        <div className={css.account}>
          <Balance />
          <Account />
        </div>
      </div>
      <Tabs path={path} />
    </header>
  )
}

/** The balance on every page, where the program shows it. */
function Balance() {
  const { me } = usePortal()
  if (!me.balances) return null
  const shown = me.balances.length > 0 ? me.balances : [{ currency: me.program.currency, balance_cents: 0 }]
  return (
    <Link to="/portal/payments" search={((before: { as?: string }) => ({ as: before.as })) as never} className={css.balance}>
      <span>Balance</span>{' '}
      <strong>
        {shown
          .slice(0, 2)
          .map(({ currency, balance_cents }) => money(balance_cents, currency))
          .join(' · ')}
      </strong>
    </Link>
  )
}

function Account() {
  const { me } = usePortal()
  const navigate = useNavigate()
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <button type="button" className={css.person} aria-label={`Account of ${me.partner.name}`}>
          {[...me.partner.name][0]?.toUpperCase()}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={css.who}>
          {me.partner.name}
          {me.partner.email && <span>{me.partner.email}</span>}
          {me.partner.alias && <span>Partner id {me.partner.alias}</span>}
        </Menu.Label>
        {me.partners.length > 1 &&
          me.partners.map(each => (
            <Menu.Item
              key={each.id}
              rightSection={each.id === me.partner.id && <IconCheck size={15} aria-label="shown" />}
              onClick={() => void navigate({ to: '/portal', search: { partner_id: each.id } as never })}
            >
              {each.title} · {each.name}
            </Menu.Item>
          ))}
        <Menu.Item
          leftSection={<IconUser size={15} aria-hidden="true" />}
          onClick={() => void navigate({ to: '/portal/profile', search: ((before: object) => before) as never })}
        >
          Profile
        </Menu.Item>
        {!me.is_viewing && (
          <Menu.Item leftSection={<IconLogout size={15} aria-hidden="true" />} onClick={() => void signOut()}>
            Sign out
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

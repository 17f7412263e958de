import { Menu } from '@mantine/core'
import { IconCheck, IconLogout, IconSelector } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'
import { NavButton } from './nav.tsx'
import { useSession } from './session.tsx'
import css from './shell.module.css'

/** The brand on the left, what the page can do on the right, the person at the end. */
export const TopBar = ({ children }: { children?: ReactNode }) => (
  <header className={css.topBar}>
    <NavButton />
    <Mark />
    <BrandName />
    <div className={css.actions}>{children}</div>
    <Person />
  </header>
)

function BrandName() {
  const { me, brand } = useSession()
  const navigate = useNavigate()
  if (me.brands.length < 2) return <span className={css.brand}>{brand.name}</span>
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className={css.brandButton} aria-label={`${brand.name}, change brand`}>
          <span>{brand.name}</span>
          <IconSelector size={15} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me.brands.map(each => (
          <Menu.Item
            key={each.id}
            onClick={() => void navigate({ to: '.', search: { brand: each.slug } as never, params: {} as never })}
            rightSection={each.id === brand.id && <IconCheck size={15} aria-label="shown" />}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Person() {
  const { me, is_admin } = useSession()
  const queries = useQueryClient()
  const signOut = async () => {
    await fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    queries.clear()
    window.location.assign('/')
  }
  const name = me.email ?? me.id
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className={css.person} aria-label={`Signed in as ${name}`}>
          {name.slice(0, 1).toUpperCase()}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {me.organization.name} · {is_admin ? 'Admin' : 'Member, can look'}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden="true" />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import css from './parts.module.css'
import { type PortalMe, usePortal } from './session.tsx'

type Todo = PortalMe['todo'][number]

const places: Record<Todo['key'], '/portal/payments' | '/portal/profile'> = {
  billing_details: '/portal/profile',
  payment_method: '/portal/payments',
  password: '/portal/profile',
}

/** What only the partner can do; each says what waits for it. */
export function TodoStrip() {
  const { me } = usePortal()
  if (me.todo.length === 0) return null
  return (
    <ul className={css.todos} aria-label="To do">
      {me.todo.map(({ key, text, blocks }) => (
        <li key={key}>
          <Link to={places[key]} search={((before: object) => before) as never} data-strong={blocks !== null || undefined}>
            <strong>{text}</strong>
            {blocks && <span>{blocks}</span>}
            <IconChevronRight size={16} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  )
}

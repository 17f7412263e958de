import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import css from './parts.module.css'

export type Todo = {
  key: string
  /** What to do: `Say how you want to be paid`. */
  title: string
  /** What waits for it. */
  blocks: string
  to: '/portal/payments' | '/portal/profile' | '/portal/postback'
}

/** What only the partner can do; each says what waits for it. */
export const TodoStrip = ({ todos }: { todos: readonly Todo[] }) =>
  todos.length === 0 ? null : (
    <ul className={css.todos} aria-label="To do">
      {todos.map(({ key, title, blocks, to }) => (
        <li key={key}>
          <Link to={to} search={((before: { as?: string }) => ({ as: before.as })) as never}>
            <strong>{title}</strong>
            <span>{blocks}</span>
            <IconChevronRight size={16} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  )

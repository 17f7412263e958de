import { Link } from '@tanstack/react-router'
import { Plain } from './plain.tsx'

export function NotFound() {
  return (
    <Plain title="There is no such page">
      <p>
        Go to <Link to="/">the payouts</Link>.
      </p>
    </Plain>
  )
}

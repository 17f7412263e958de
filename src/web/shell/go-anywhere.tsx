import { Spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { useNavigate } from '@tanstack/react-router'
import { places } from './nav.tsx'

/** Ctrl K: go to a page. */
export function GoAnywhere() {
  const navigate = useNavigate()
  const actions = places.flat().map(({ to, label }) => ({
    id: to,
    label,
    onClick: () => void navigate({ to, search: ((before: { brand?: string }) => ({ brand: before.brand })) as never }),
  }))
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      nothingFound="Nothing is called that."
      searchProps={{ placeholder: 'Go to …', 'aria-label': 'Go to' }}
    />
  )
}

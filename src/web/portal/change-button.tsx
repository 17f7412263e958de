import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import { usePortal } from './session.tsx'

type ChangeButtonProps = ButtonProps & { type?: 'button' | 'submit'; onClick?: () => void; 'data-key'?: string }

/** A button that changes something: the partner's alone. Who only looks at the portal is told so. */
export function ChangeButton({ onClick, type = 'button', ...more }: ChangeButtonProps) {
  const { me } = usePortal()
  if (!me.is_viewing) return <Button {...more} type={type} {...(onClick && { onClick })} />
  return (
    <Tooltip label={`Only ${me.partner.name} can change this.`}>
      <Button {...more} type="button" data-disabled aria-disabled onClick={event => event.preventDefault()} />
    </Tooltip>
  )
}

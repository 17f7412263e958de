import { Button, Tooltip } from '@mantine/core'

type SaveButtonProps = {
  children: string
  is_pending: boolean /** Why there is nothing to save; null when there is. */
  reason: string | null
}

/** Saves a form; while it cannot, it says why, to the mouse and to the keyboard. */
export const SaveButton = ({ children, is_pending, reason }: SaveButtonProps) => (
  <Tooltip label={reason} disabled={reason === null}>
    <Button type="submit" loading={is_pending} {...(reason !== null && { 'aria-disabled': true, 'data-disabled': true })}>
      {children}
    </Button>
  </Tooltip>
)

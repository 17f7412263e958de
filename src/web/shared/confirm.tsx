import { Button, Modal, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import css from './shared.module.css'

type ConfirmProps = {
  title: string
  children: ReactNode
  /** The button that does it, in the words of what it does: `Void payment`. */
  action: string
  is_danger?: boolean
  /** Asks for a reason, and does nothing without one. */
  reason?: string
  is_pending: boolean
  onConfirm: (reason: string) => void
  onClose: () => void
}

/** Says what will happen before it happens. What cannot be taken back is done by the button's own words, never by "OK". */
export function Confirm({ title, children, action, is_danger, reason, is_pending, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState('')
  return (
    <Modal opened onClose={onClose} title={title} size="md">
      <form
        className={css.form}
        onSubmit={event => {
          event.preventDefault()
          onConfirm(text.trim())
        }}
      >
        <div className={css.said}>{children}</div>
        {reason && (
          <Textarea
            label={reason}
            required
            withAsterisk={false}
            maxLength={500}
            value={text}
            onChange={e => setText(e.currentTarget.value)}
            data-autofocus
          />
        )}
        <div className={css.buttons}>
          <Button type="submit" loading={is_pending} {...(is_danger && { variant: 'default', className: css.danger })}>
            {action}
          </Button>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Modal>
  )
}

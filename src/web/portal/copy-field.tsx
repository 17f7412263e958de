import { Button, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useRef } from 'react'
import css from './parts.module.css'

/** An address to take along. Where the browser does not let pages copy (plain http), the button selects the text. */
export function CopyField({ label, value, is_quiet = false }: { label: string; value: string; is_quiet?: boolean }) {
  const clipboard = useClipboard({ timeout: 2500 })
  const input = useRef<HTMLInputElement>(null)
  const copy = () => {
    input.current?.select()
    clipboard.copy(value)
  }
  const Icon = clipboard.copied ? IconCheck : IconCopy
  return (
    <div className={css.copy}>
      <TextInput
        ref={input}
        {...(is_quiet ? { 'aria-label': label } : { label })}
        value={value}
        readOnly
        onFocus={event => event.currentTarget.select()}
      />
      <Button
        variant="default"
        size="sm"
        fz={13}
        leftSection={<Icon size={15} aria-hidden="true" />}
        aria-label={`Copy ${label}`}
        onClick={copy}
      >
        {clipboard.copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}

import { CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import css from './copied.module.css'

/** Text to paste elsewhere: an address, an id. A press copies it. */
export const Copied = ({ text, label }: { text: string; label: string }) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <span className={css.copied}>
        <code>{text}</code>
        <button type="button" onClick={copy} aria-label={`${copied ? 'Copied' : 'Copy'} ${label}`} title={`Copy ${label}`}>
          {copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
        </button>
      </span>
    )}
  </CopyButton>
)

import { Modal } from '@mantine/core'
import css from './sheet.module.css'

const keys = [
  ['j', 'Next row, or next payout while one is open'],
  ['k', 'Row before, or payout before'],
  ['Enter', 'Open the payout, or press the button of the row'],
  ['Esc', 'Close what is open, one step a press'],
  ['?', 'This list'],
] as const

export const ShortcutList = ({ onClose }: { onClose: () => void }) => (
  <Modal opened onClose={onClose} title="Keyboard" size="sm">
    <dl className={css.keys}>
      {keys.map(([key, does]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Modal>
)

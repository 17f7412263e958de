import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { moveRow } from '../shared/rows.ts'
import css from './keys.module.css'

/**
 * The keyboard of every page. A control that has a key says so itself (`data-key="c"`): pressing the key presses it, or moves
 * the focus into it when it is a field. So a key never does what cannot be seen, and money moves only from a plan that is shown.
 */
export function Keys() {
  const [is_listed, setListed] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => pressed(event) && event.preventDefault()
    const onList = () => setListed(true)
    window.addEventListener('keydown', onKey)
    window.addEventListener('quittance:keys', onList)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('quittance:keys', onList)
    }
  }, [])
  return is_listed ? <KeyList onClose={() => setListed(false)} /> : null
}

const FIELDS = 'input, textarea, select, [contenteditable]'

/** Does what the key stands for; false when it stands for nothing here. */
function pressed(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, target } = event
  if ((ctrlKey || metaKey) && key === 'k') return search()
  if (ctrlKey || metaKey || altKey || event.isComposing || key.length !== 1) return false
  const is_typing = target instanceof Element && target.closest(FIELDS) && !target.matches('[type="checkbox"], [type="radio"]')
  if (is_typing) return false
  // while a row is open, moving opens the next one
  if (key === 'j') return press(']') || moveRow(1) !== null
  if (key === 'k') return press('[') || moveRow(-1) !== null
  if (key === 'x') return selectRow()
  return press(key)
}

/** Its code may not be there yet when somebody is quick. */
function search(): true {
  void import('./go-anywhere.tsx').then(({ openSearch }) => openSearch())
  return true
}

/** The topmost control with this key: one in a dialog comes before those behind it. */
function press(key: string): boolean {
  const dialogs = [...document.querySelectorAll('[role="dialog"]')].filter(each => each.checkVisibility())
  const dialog = dialogs.at(-1) ?? document
  const control = [...dialog.querySelectorAll<HTMLElement>('[data-key]')].findLast(
    each => each.dataset.key === key && each.checkVisibility() && !each.closest('[inert]'),
  )
  if (!control) return false
  if (control.matches(FIELDS)) control.focus()
  else control.click()
  return true
}

function selectRow(): boolean {
  const box = document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('input[type="checkbox"]')
  box?.click()
  return Boolean(box)
}

const always = [
  ['j  k', 'Next row, row before'],
  ['Enter', 'Open the row, or press the button that has the focus'],
  ['x', 'Select the row'],
  ['/', 'Search'],
  ['f', 'Filter'],
  ['c', 'The main button of the page'],
  ['a', 'Approve what is open'],
  ['e', 'Explain what is open'],
  ['[  ]', 'Row before, next row, while one is open'],
  ['Esc', 'Close what is open, one step a press'],
  ['Ctrl K', 'Go anywhere: a page, a partner, a payout, an order number'],
  ['?', 'This list'],
] as const

const KeyList = ({ onClose }: { onClose: () => void }) => (
  <Modal opened onClose={onClose} title="Keyboard" size="sm">
    <dl className={css.keys}>
      {always.map(([key, does]) => (
        <div key={key}>
          <dt>
            {key.split('  ').map(each => (
              <kbd key={each}>{each}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Modal>
)

import { ActionIcon, CloseButton, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import css from './rail.module.css'
import { nextRow } from './rows.ts'

type RailProps = {
  /** What the rail is about, for people who cannot see it: `Payout no. 12, Nick`. */
  label: string
  /** Small, above the heading: a number, a kind. */
  kicker: ReactNode
  pill?: ReactNode
  title?: ReactNode
  /** The large figure. */
  amount?: ReactNode
  /** The row that is open, such as `payout:ID`; with `onMove` the rows before and after it can be opened from here. */
  row?: string
  onMove?: (id: string) => void
  /** One press of Esc; return true when it closed something inside (a form) and the rail stays. */
  onEscape?: () => boolean
  onClose: () => void
  children: ReactNode
}

/** What is open beside the table: a head that stays, and the rest below it. Esc closes it, `[` and `]` leaf through the rows. */
export function Rail({ label, kicker, pill, title, amount, row, onMove, onEscape, onClose, children }: RailProps) {
  const box = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row is another rail, and takes the focus again
  useEffect(() => box.current?.focus(), [row])
  useEscape(() => isTop() && !onEscape?.() && onClose())
  return (
    <aside ref={box} className={css.rail} tabIndex={-1} aria-label={label}>
      <header className={css.head}>
        <div className={css.headLine}>
          <span className={css.kicker}>{kicker}</span>
          {pill}
          <span className={css.moves}>
            {row && onMove && <Move row={row} onMove={onMove} />}
            <CloseButton aria-label="Close" onClick={onClose} className={css.close} />
          </span>
        </div>
        {title && <h2 className={css.title}>{title}</h2>}
        {amount && <p className={css.amount}>{amount}</p>}
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  )
}

/**
 * Hears Esc before a dialog that was opened later does: asked afterwards, the dialog would be gone already, and one press
 * would close both.
 */
function useEscape(act: () => void): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && latest.current()
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [])
}

function Move({ row, onMove }: { row: string; onMove: (id: string) => void }) {
  const move = (step: 1 | -1) => {
    const next = nextRow(row, step)
    if (next) onMove(next.slice(next.indexOf(':') + 1))
  }
  return (
    <>
      <Tooltip label="Row before  [">
        <ActionIcon variant="subtle" color="gray" aria-label="Row before" data-key="[" onClick={() => move(-1)}>
          <IconChevronUp size={16} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next row  ]">
        <ActionIcon variant="subtle" color="gray" aria-label="Next row" data-key="]" onClick={() => move(1)}>
          <IconChevronDown size={16} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

/** A dialog above the rail closes first. */
const isTop = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') === null

export const RailSection = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={css.section}>
    <h3>{title}</h3>
    {children}
  </section>
)

/** Names and values; what is null or undefined is left out. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) => (
  <dl className={css.facts}>
    {facts
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)

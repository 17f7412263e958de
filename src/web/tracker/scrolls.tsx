import type { ReactNode } from 'react'
import css from './tracker.module.css'

/** A table that may be broader than its place: it scrolls alone, with the keyboard too, and the page does not. */
export const Scrolls = ({ label, children }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse
  <section className={css.scrolls} tabIndex={0} aria-label={label}>
    {children}
  </section>
)

import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { useSession } from '../shell/session.tsx'
import { TopBar } from '../shell/top-bar.tsx'
import css from './page.module.css'
import { focusRow } from './rows.ts'

type PageProps = {
  title: string
  /** Buttons of the top bar; the main one has `data-key="c"`. */
  actions?: ReactNode
  /** A line below the title: what this page is for, or where one came from. */
  lead?: ReactNode
  /** What is open beside the table (`<Rail>`), and the row that gets the focus back when it closes. */
  rail?: ReactNode
  railRow?: string | undefined
  /** The breadth of text and forms instead of tables. */
  narrow?: boolean
  children: ReactNode
}

/** A page of the workspace: top bar, title, content, and a rail at its right side when something is open. */
export function Page({ title, actions, lead, rail, railRow, narrow = false, children }: PageProps) {
  const { brand } = useSession()
  const is_phone = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  useReturnTo(railRow)
  return (
    <div className={css.page} data-rail={rail ? 'open' : undefined}>
      <title>{`${title} · ${brand.name}`}</title>
      {/* A rail that covers the page, as on a phone, leaves nothing behind it to be reached. */}
      <div className={css.main} inert={is_phone && Boolean(rail)}>
        <TopBar>{actions}</TopBar>
        <main className={css.content} data-narrow={narrow || undefined}>
          <h1 className={css.title}>{title}</h1>
          {lead && <p className={css.lead}>{lead}</p>}
          {children}
          <Foot />
        </main>
      </div>
      {rail}
    </div>
  )
}

/** Closing what was open gives the focus back to its row. */
function useReturnTo(row: string | undefined): void {
  const before = useRef(row)
  useEffect(() => {
    if (!row && before.current) focusRow(before.current)
    before.current = row
  }, [row])
}

function Foot() {
  const { time_zone } = useSession()
  return (
    <footer className={css.foot}>
      <span>
        Days are in {time_zone}; hover over one for its instant{time_zone === 'UTC' ? '' : ' in UTC'}.
      </span>
      <button type="button" data-key="?" onClick={() => window.dispatchEvent(new Event('quittance:keys'))}>
        <kbd>?</kbd> Keyboard
      </button>
    </footer>
  )
}

type SectionProps = { id: string; title: string; aside?: ReactNode; children: ReactNode }

/** A part of a page with a heading, and what belongs beside the heading. */
export const Section = ({ id, title, aside, children }: SectionProps) => (
  <section aria-labelledby={id} className={css.section}>
    <div className={css.head}>
      <h2 id={id}>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
)

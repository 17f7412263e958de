import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef } from 'react'
import { focusRow } from '../shared/rows.ts'
import css from './portal.module.css'
import { usePortal } from './session.tsx'

type PortalPageProps = {
  title: string
  /** Beside the title: the page's own buttons. */
  actions?: ReactNode
  /** A line below the title: what this page is for. */
  lead?: ReactNode
  /** What is open beside the list (`<Rail>`), and the row that gets the focus back when it closes. */
  rail?: ReactNode
  railRow?: string | undefined
  /** The breadth of text and forms instead of tables. */
  narrow?: boolean
  children: ReactNode
}

/** A page of the portal: its title, its content, and a rail at the right side when something is open. */
export function PortalPage({ title, actions, lead, rail, railRow, narrow = false, children }: PortalPageProps) {
  const { me } = usePortal()
  const is_covered = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false }) && Boolean(rail)
  useReturnTo(railRow)
  return (
    <div className={css.page} data-rail={rail ? 'open' : undefined}>
      <title>{`${title} · ${me.program.title}`}</title>
      <main className={css.content} data-narrow={narrow || undefined} inert={is_covered}>
        <div className={css.head}>
          <h1>{title}</h1>
          {actions}
        </div>
        {lead && <p className={css.lead}>{lead}</p>}
        {children}
        <footer className={css.foot}>
          Days are in {me.program.time_zone}; hover over one for its instant{me.program.time_zone === 'UTC' ? '' : ' in UTC'}.
        </footer>
      </main>
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

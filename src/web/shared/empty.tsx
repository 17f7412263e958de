import type { ReactNode } from 'react'
import css from './shared.module.css'

/** What a table says when it has no rows: nothing yet, nothing that matches, or nothing left to do. */
export const Empty = ({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) => (
  <div className={css.empty}>
    {icon}
    <p className={css.emptyTitle}>{title}</p>
    {children && <div className={css.emptyMore}>{children}</div>}
  </div>
)

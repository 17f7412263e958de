import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'
import css from './shell.module.css'

/** A page without a workspace around it: sign-in, setup, an error. */
export function Plain({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={css.plain}>
      <title>{`${title} · Quittance`}</title>
      <div className={css.plainBox}>
        <Mark />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}

import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import table from './table.module.css'

type RowLinkProps = Pick<LinkProps, 'to' | 'params'> & {
  /** The name of the row for the keyboard: `payout:ID`. */
  row: string
  search?: object
  children: ReactNode
  /** A second, quiet line that only a phone shows. */
  narrow?: ReactNode
}

/** The link of a row: what it opens has an address, so it opens in another tab as well, and j, k and Enter find it. */
export const RowLink = ({ row, to = '.', params, search, children, narrow }: RowLinkProps) => (
  <>
    <Link
      to={to}
      {...(params && { params })}
      search={((before: object) => ({ ...before, ...search })) as never}
      data-row={row}
      className={table.name}
      activeProps={{}}
    >
      {children}
    </Link>
    {narrow && <span className={table.narrow}>{narrow}</span>}
  </>
)

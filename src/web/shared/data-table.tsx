import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { type DataTableColumn, DataTable as MantineDataTable, type DataTableProps as MantineProps } from 'mantine-datatable'
import 'mantine-datatable/styles.layer.css'
import { type MouseEvent, type ReactNode, useState } from 'react'
import css from './data-table.module.css'
import { Failed, Waiting } from './states.tsx'

export type Column<Row> = {
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** Right-aligned, tabular digits. */
  numeric?: boolean
  /** Behind the title, once for the whole column: the currency. */
  unit?: string | null
  /** The server can order by it, under this key. */
  sortable?: boolean
  /** Left out where there is no room, as on a phone or beside a rail; what matters of it belongs into another column's second line. */
  wide?: boolean
  /** Always shown: it cannot be switched off. */
  fixed?: boolean
  /** Not shown until it is switched on. */
  optional?: boolean
  width?: number
  /** The total of the current filter. */
  total?: ReactNode
}

export type Sort = { key: string; direction: 'asc' | 'desc' }

type DataTableProps<Row> = {
  /** Under this name the choice of columns is remembered in the browser. */
  name: string
  /** What the table shows, for people who cannot see it. */
  label: string
  columns: readonly Column<Row>[]
  /** `undefined` while the first page is read. */
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string
  error?: unknown
  onRetry?: () => void
  empty: ReactNode
  sort?: Sort | undefined
  onSort?: (sort: Sort) => void
  /** Opens a row, by a click anywhere on it; the link in the row does the same from the keyboard. */
  onOpen?: (row: Row) => void
  openKey?: string | undefined
  selected?: readonly Row[]
  onSelect?: (rows: Row[]) => void
  /** Why a row cannot be selected; null when it can. */
  refusal?: (row: Row) => string | null
  /** What the row's checkbox is called. */
  rowName?: (row: Row) => string
  more?: { has: boolean; load: () => void; is_loading: boolean; label: string }
}

/** Rows of the server, dense and calm: columns to choose, order by the server, selection, more by the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, error, onRetry, empty, more } = props
  if (!rows) return error ? <Failed error={error} onRetry={() => onRetry?.()} /> : <Waiting />
  return (
    <div className={css.box}>
      {rows.length === 0 ? empty : <Rows {...props} rows={rows} />}
      {more?.has && (
        <Button variant="subtle" loading={more.is_loading} onClick={more.load} className={css.more}>
          {more.label}
        </Button>
      )}
    </div>
  )
}

function Rows<Row>(props: DataTableProps<Row> & { rows: readonly Row[] }) {
  const { name, label, columns, rows, rowKey, sort, onSort, onOpen, openKey } = props
  const hidden = useHidden(name, columns)
  const shown = columns.filter(column => !hidden.has(column.key))
  const open = ({ record, event }: { record: Row; event: MouseEvent }) => {
    const is_control = (event.target as Element).closest('a, button, input, label') !== null
    if (!is_control && !window.getSelection()?.toString()) onOpen?.(record)
  }
  const options = {
    ...selectionOf(props),
    className: css.table,
    withTableBorder: false,
    scrollAreaProps: { type: 'never' },
    tableRef: (table: HTMLTableElement | null) => table?.setAttribute('aria-label', label),
    minHeight: 0,
    idAccessor: rowKey,
    records: rows,
    columns: shown.map(columnOf),
    ...(onSort && {
      sortStatus: { columnAccessor: sort?.key ?? '', direction: sort?.direction ?? 'desc' },
      onSortStatusChange: ({ columnAccessor: key, direction }: { columnAccessor: string; direction: Sort['direction'] }) =>
        onSort({ key, direction }),
    }),
    ...(onOpen && { onRowClick: open }),
    rowClassName: (row: Row) => (rowKey(row) === openKey ? `${css.row} ${css.open}` : css.row),
  }
  return (
    <>
      <ColumnMenu columns={columns} hidden={hidden} />
      <MantineDataTable<Row> {...(options as unknown as MantineProps<Row>)} />
    </>
  )
}

function selectionOf<Row>({ selected, onSelect, refusal, rowName, rowKey }: DataTableProps<Row>): object {
  if (!selected || !onSelect) return {}
  return {
    selectedRecords: selected as Row[],
    onSelectedRecordsChange: onSelect,
    allRecordsSelectionCheckboxProps: { 'aria-label': 'Select all rows shown', size: 'xs' },
    getRecordSelectionCheckboxProps: (row: Row) => ({
      'aria-label': `Select ${rowName?.(row) ?? rowKey(row)}`,
      size: 'xs',
      title: refusal?.(row) ?? undefined,
    }),
    isRecordSelectable: (row: Row) => (refusal?.(row) ?? null) === null,
  }
}

function columnOf<Row>({ key, title, unit, numeric, wide, sortable, width, render, total }: Column<Row>): DataTableColumn<Row> {
  return {
    accessor: key,
    title: unit ? (
      <>
        {title} <span className={css.unit}>{unit}</span>
      </>
    ) : (
      title
    ),
    render,
    textAlign: numeric ? 'right' : 'left',
    sortable: sortable ?? false,
    ...(width !== undefined && { width }),
    ...(wide && { titleClassName: css.wide as string }),
    ...(total !== undefined && { footer: total }),
    footerClassName: [wide && css.wide, numeric && css.sum].filter(Boolean).join(' '),
    cellsClassName: [wide && css.wide, numeric && css.number].filter(Boolean).join(' '),
  }
}

type Hidden = { has(key: string): boolean; toggle(key: string): void }

function useHidden<Row>(name: string, columns: readonly Column<Row>[]): Hidden {
  const place = `columns:${name}`
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => {
    const kept = localStorage.getItem(place)
    return new Set(kept?.split(',') ?? columns.filter(column => column.optional).map(column => column.key))
  })
  const toggle = (key: string) => {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    localStorage.setItem(place, [...next].join(','))
    setHidden(next)
  }
  return { has: key => hidden.has(key), toggle }
}

function ColumnMenu<Row>({ columns, hidden }: { columns: readonly Column<Row>[]; hidden: Hidden }) {
  const choosable = columns.filter(column => !column.fixed)
  if (choosable.length < 2) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Columns">
          <ActionIcon variant="subtle" color="gray" size="sm" className={css.gear} aria-label="Columns">
            <IconColumns3 size={15} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {choosable.map(column => (
          <Menu.CheckboxItem key={column.key} checked={!hidden.has(column.key)} onChange={() => hidden.toggle(column.key)}>
            {column.title}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Moving through rows with the keyboard. A row is anything with `data-row`; it takes the focus itself. */

const all = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row]')].filter(row => !row.closest('[inert]'))

/** Moves the focus to the next or the one before; from nowhere, to the first. Returns its name, or null when there are no rows. */
export function moveRow(step: 1 | -1): string | null {
  const rows = all()
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return next?.dataset.row ?? null
}

export function focusRow(name: string): void {
  all()
    .find(row => row.dataset.row === name)
    ?.focus()
}

/** The name of the row before or after another one, among rows of the same kind (`payout:…`). */
export function nextRow(name: string, step: 1 | -1): string | null {
  const kind = name.split(':')[0]
  const names = all().flatMap(row => (row.dataset.row?.startsWith(`${kind}:`) ? [row.dataset.row] : []))
  return names[names.indexOf(name) + step] ?? null
}

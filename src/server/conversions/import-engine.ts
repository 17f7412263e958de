/** What imports need of a kind of rows: conversions here, metrics in their own folder. */

import type { RowKind } from '../../core/mapping.ts'
import type { App } from '../app.ts'
import type { Ctx } from '../context.ts'
import type { FileRequest, Imported, OnProgress } from './import-run.ts'
import type { Undone, UndoRequest } from './import-undo.ts'
import type { Sample } from './import-upload.ts'

/** How a file is read: by which mapping, and for which campaign where its rows are conversions. */
export type Reading = { mapping: Record<string, unknown>; campaign_id?: string | undefined }

/** A row in our terms, or why it is none. */
export type Previewed = { fields: Record<string, string | number> | null; fault: string | null; reverses: boolean }

export type Engine = {
  /** Reads rows as the mapping says and enters none. Refuses `invalid_body` for a mapping that does not fit the headers. */
  preview(ctx: Ctx, reading: Reading, sample: Sample): Promise<Previewed[]>
  take(
    app: App,
    request: FileRequest & Reading,
    onProgress: OnProgress,
  ): Promise<Omit<Imported, 'amount_cents'> & Partial<Imported>>
  undo(app: App, request: UndoRequest, onProgress: () => void): Promise<Partial<Undone> & { withdrawn?: number }>
}
export type Engines = Record<RowKind, Engine>

/** Fields that say something, by name; what is nested gets a name of its own (`subs.sub1`). */
export function flat(item: object, prefix = ''): Record<string, string | number> {
  const entries = Object.entries(item).flatMap(([name, value]): [string, string | number][] => {
    if (value === null || value === undefined) return []
    if (typeof value === 'object') return Object.entries(flat(value, `${prefix}${name}.`))
    return [[`${prefix}${name}`, typeof value === 'number' ? value : String(value)]]
  })
  return Object.fromEntries(entries)
}

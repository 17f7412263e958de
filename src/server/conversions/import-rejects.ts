/** The rows that the last reading of an import rejected, as a file to mend and import again. */
import fs from 'node:fs'
import { Readable } from 'node:stream'
import type { In } from '../../api/endpoint.ts'
import type { imports } from '../../api/imports.ts'
import { csvLine } from '../../core/csv.ts'
import { refuse } from '../../core/refusal.ts'
import { type App, work } from '../app.ts'
import type { Caller } from '../context.ts'
import type { Csv } from '../handler.ts'
import { rejectsPath } from './import-file.ts'
import * as sql from './import-jobs.sql.ts'

/** Without a rejected row it is a file of headers alone. Refuses `not_found`. */
export async function rejects(
  app: App,
  caller: Caller,
  program_id: string,
  { params }: In<typeof imports.rejects>,
): Promise<Csv> {
  const row = await work(app, caller, { program_id, readonly: true }, ctx => sql.one(ctx, params.import_id))
  if (!row) refuse('not_found', 'There is no such import in this brand.')
  const file = rejectsPath(app.config.data_dir, row.id)
  const stream = fs.existsSync(file) ? fs.createReadStream(file) : Readable.from([csvLine(['line', 'reason'])])
  return { file_name: `rejected-${row.file_name.replace(/[^\w.-]+/g, '-').slice(0, 80)}`, stream }
}

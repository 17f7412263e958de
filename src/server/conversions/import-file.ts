/** Files on this machine: the rows of the one that is read, and the one with the rows that were rejected. */
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CsvError, type Info, parse } from 'csv-parse'
import { csvLine } from '../../core/csv.ts'
import type { FileRow, Mapping } from '../../core/mapping.ts'
import { refuse } from '../../core/refusal.ts'

const BATCH = 1000
/** Longer than any line of data; without it a quote that never closes would read the rest of the file into one cell. */
const LONGEST_ROW = 1_000_000

type Format = Pick<Mapping, 'delimiter' | 'encoding'>
/** Rows in the order of the file, and how much of the file is read, from 0 to 1. */
export type Batch = { rows: FileRow[]; share: number }

/** The headers of a file. Refuses `invalid_body` for a file that cannot be read or has none. */
export async function headersOf(file: string, format: Format): Promise<string[]> {
  for await (const { cells } of records(file, format, () => {})) {
    if (cells.some(cell => cell.includes('\u0000'))) {
      refuse('invalid_body', 'The file is no text in this encoding; name it in the mapping, for example "encoding": "utf-16le".')
    }
    return cells.map(cell => cell.trim())
  }
  return refuse('invalid_body', 'The file is empty; it needs a line of headers.')
}

/** The rows of a file that are wanted, in batches; only one batch is held at a time, however long the file. */
export async function* batchesOf(
  file: string,
  format: Format,
  wanted: (row: FileRow) => boolean,
  batch = BATCH,
): AsyncGenerator<Batch> {
  const size = sizeOf(file)
  let bytes = 0
  let rows: FileRow[] = []
  let isHeader = true
  for await (const row of records(file, format, read => (bytes = read))) {
    if (!isHeader && wanted(row)) rows.push(row)
    isHeader = false
    if (rows.length < batch) continue
    yield { rows, share: bytes / size }
    rows = []
  }
  if (rows.length > 0) yield { rows, share: 1 }
}

/** Every line that holds something, with the number of its first line. */
async function* records(file: string, format: Format, onBytes: (bytes: number) => void): AsyncGenerator<FileRow> {
  const source = fs.createReadStream(file)
  const parser = csvParser(format)
  const read = pipeline(source, text => decoded(text, format.encoding), parser)
  read.catch(() => {}) // surfaces in the loop
  const lineOf = lineCounter()
  let last = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      last = lineOf(record, info.lines)
      onBytes(source.bytesRead)
      yield { line: last, cells: record }
    }
    await read
  } catch (error) {
    refuseUnreadable(file, error, last)
  } finally {
    source.destroy()
  }
}

const csvParser = ({ delimiter }: Format) =>
  parse({
    delimiter,
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  })

/** Text without its byte-order mark; a byte that is none in the encoding becomes U+FFFD, which only its own row minds. */
async function* decoded(source: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of source) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** The parser counts the line at which a record ends, and each CR LF inside quotes twice. */
function lineCounter(): (record: readonly string[], ends: number) => number {
  let twice = 0
  return (record, ends) => {
    let inside = 0
    for (const cell of record) {
      if (!/[\r\n]/.test(cell)) continue
      inside += cell.match(/\r\n|\r|\n/g)?.length ?? 0
      twice += cell.match(/\r\n/g)?.length ?? 0
    }
    return ends - twice - inside
  }
}

function refuseUnreadable(file: string, error: unknown, last: number): never {
  if (error instanceof CsvError) {
    const why =
      error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
        ? 'a quote opens there and is not closed'
        : error.message
    refuse('invalid_body', `The file cannot be read after line ${last}: ${why}.`)
  }
  if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
  refuse('invalid_body', `The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check its path.`)
}

function sizeOf(file: string): number {
  try {
    return Math.max(1, fs.statSync(file).size)
  } catch (error) {
    return refuseUnreadable(file, error, 0)
  }
}

export type Rejects = { add(row: FileRow, reason: string): void; flush(): Promise<void>; close(): Promise<string | null> }

export const rejectsPath = (data_dir: string, name: string): string => path.resolve(data_dir, 'imports', `${name}.rejects.csv`)

/** The rejected rows as they stood in the file, each with its line and reason; no file without a rejected row. */
export function rejectsFile(data_dir: string, name: string, headers: readonly string[]): Rejects {
  const file = rejectsPath(data_dir, name)
  fs.rmSync(file, { force: true }) // of an earlier reading
  let out: fs.WriteStream | null = null
  const open = () => {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const stream = fs.createWriteStream(file, { mode: 0o600 })
    stream.write(csvLine(['line', 'reason', ...headers]))
    return stream
  }
  return {
    add: (row, reason) => {
      out ??= open()
      out.write(csvLine([row.line, reason, ...row.cells]))
    },
    flush: async () => {
      if (out?.writableNeedDrain) await once(out, 'drain')
    },
    close: async () => {
      if (!out) return null
      out.end()
      await once(out, 'close')
      return file
    },
  }
}

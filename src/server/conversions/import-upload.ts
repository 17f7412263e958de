/** Uploaded files: streamed to the data folder, kept until they are imported or a day has passed, never held whole. */
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { CsvBytes } from '../../api/imports.ts'
import type { FileRow, Mapping } from '../../core/mapping.ts'
import { type Format, guessFormat } from '../../core/mapping-guess.ts'
import { refuse } from '../../core/refusal.ts'
import { realMs } from '../clock.ts'
import { batchesOf, headersOf } from './import-file.ts'

const DAY = 86_400_000
const START = 65_536

const folderOf = (data_dir: string): string => path.resolve(data_dir, 'uploads')
export const uploadPath = (data_dir: string, id: string): string => path.join(folderOf(data_dir), `${id}.csv`)

export type Kept = { id: string; bytes: number; format: Format }

/** Keeps a file and looks at its beginning. Refuses `payload_too_large`, and `invalid_body` for what is no table with rows. */
export async function keepUpload(data_dir: string, id: string, bytes: CsvBytes, limit: number): Promise<Kept> {
  const file = uploadPath(data_dir, id)
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    const size = await store(file, bytes as AsyncIterable<Uint8Array>, limit)
    const format = guessFormat(startOf(file))
    const [first] = (await sampleOf(file, format, 1)).rows
    if (!first) refuse('invalid_body', 'The file has a line of headers and no row below it.')
    return { id, bytes: size, format }
  } catch (error) {
    removeUpload(data_dir, id)
    throw error
  }
}

async function store(file: string, bytes: AsyncIterable<Uint8Array>, limit: number): Promise<number> {
  let size = 0
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      size += chunk.length
      if (size > limit) refuse('payload_too_large', `The file is larger than ${limit >> 20} MB; split it.`)
      yield chunk
    }
  }
  try {
    await pipeline(bytes, counted, fs.createWriteStream(file, { mode: 0o600 }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    refuse('invalid_body', 'The upload broke off; send the file again.')
  }
  return size
}

function startOf(file: string): Uint8Array {
  const handle = fs.openSync(file, 'r')
  try {
    const start = Buffer.alloc(START)
    return start.subarray(0, fs.readSync(handle, start, 0, START, 0))
  } finally {
    fs.closeSync(handle)
  }
}

export type Sample = { headers: string[]; rows: FileRow[] }

/** The headers and the first rows of a file. */
export async function sampleOf(file: string, format: Pick<Mapping, 'delimiter' | 'encoding'>, count: number): Promise<Sample> {
  const headers = await headersOf(file, format)
  for await (const { rows } of batchesOf(file, format, () => true, count)) return { headers, rows }
  return { headers, rows: [] }
}

export function removeUpload(data_dir: string, id: string): void {
  fs.rmSync(uploadPath(data_dir, id), { force: true })
}

/** Removes files that waited for more than a day, in real time. */
export function removeOldUploads(data_dir: string): void {
  const folder = folderOf(data_dir)
  if (!fs.existsSync(folder)) return
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    const { mtimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: realMs() }
    if (mtimeMs < realMs() - DAY) fs.rmSync(file, { force: true })
  }
}

/** Imports through the HTTP API: a file is uploaded, and work on it is waited for. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Answered, World } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
type Json = any

export const csv = { headers: { 'content-type': 'text/csv' } }

/** An uploaded file, which waits to be read. */
export async function upload(w: World, content: string | string[] | Buffer, query = ''): Promise<Json> {
  const body = Array.isArray(content) ? `${content.join('\n')}\n` : content
  const answer = await w.request('POST', w.path(`/imports?file_name=sales.csv${query}`), body, csv)
  expect(answer.status, answer.text).toBe(201)
  return answer.data
}

export const ask = (w: World, id: string, verb: string, body: object = {}): Promise<Answered> =>
  w.request('POST', w.path(`/imports/${id}/${verb}`), body)

export const look = async (w: World, id: string): Promise<Json> => (await w.request('GET', w.path(`/imports/${id}`))).data

/** The import once its work has ended. */
export async function ended(w: World, id: string): Promise<Json> {
  for (;;) {
    const found = await look(w, id)
    if (found.task?.state !== 'running') return found
    await wait(20)
  }
}

/** Asks for work and waits for its end. */
export async function done(w: World, id: string, verb: 'run' | 'undo', body: object = {}): Promise<Json> {
  const answer = await ask(w, id, verb, body)
  expect(answer.status, answer.text).toBe(200)
  const found = await ended(w, id)
  expect(found.task.state, JSON.stringify(found.task)).toBe('done')
  return found
}

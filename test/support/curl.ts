/** Requests as a person types them: with the `curl` of this machine, or with `fetch` where there is none. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
type Json = any
export type Told = { status: number; body: Json; data: Json; error: Json; meta: Json }
export type Asked = { method: string; url: string; headers: Record<string, string>; body?: string }

export const hasCurl = spawnSync('curl', ['--version']).status === 0
const run = promisify(execFile)

export const curl = async (asked: Asked): Promise<Told> => read(await (hasCurl ? byCurl : byFetch)(asked))
/** The same without a process of its own, where many are asked. */
export const fetched = async (asked: Asked): Promise<Told> => read(await byFetch(asked))

function read({ status, text }: { status: number; text: string }): Told {
  const body = JSON.parse(text)
  return { status, body, data: body.data, error: body.error, meta: body.meta }
}

async function byCurl({ method, url, headers, body }: Asked) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const sent = body === undefined ? [] : ['-d', body]
  const { stdout } = await run('curl', ['-sS', '--noproxy', '*', '-X', method, url, ...given, ...sent, '-w', '\n%{http_code}'])
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
}

async function byFetch({ method, url, headers, body }: Asked) {
  const answer = await fetch(url, { method, headers, body })
  return { status: answer.status, text: await answer.text() }
}

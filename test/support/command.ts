/** The command line as a user runs it: `node bin/quittance.mjs …` in its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { migrationsFolder } from '../../src/server/db/migrate.ts'

const BIN = path.join(path.dirname(migrationsFolder()), 'bin', 'quittance.mjs')

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
type Json = any
export type Ran = { code: number | null; out: string; err: string; json: Json }
export type Environment = Record<string, string | undefined>

/** What the tests' own runner sets must not reach the product. */
const environmentOf = (own: Environment): NodeJS.ProcessEnv => {
  const { VITEST: _, NODE_ENV: __, TEST: ___, ...rest } = process.env
  return { ...rest, LOG_LEVEL: 'error', ...own }
}

export const start = (environment: Environment, args: string[]): ChildProcess =>
  spawn(process.execPath, [BIN, ...args], { env: environmentOf(environment), stdio: ['ignore', 'pipe', 'pipe'] })

export function run(environment: Environment, ...args: string[]): Promise<Ran> {
  const child = start(environment, args)
  let [out, err] = ['', '']
  child.stdout?.on('data', data => (out += data))
  child.stderr?.on('data', data => (err += data))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, out, err: err.replace(/^build: .*\n/gm, ''), json: jsonOr(out) }))
  })
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return {} // not asked for JSON: the test looks at `out`
  }
}

export type Serving = {
  lines: string[]
  address: string
  link: string | undefined
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Serves until `stop`; resolves when the third line is printed. */
export function serve(environment: Environment, ...args: string[]): Promise<Serving> {
  const child = start({ PORT: '0', ...environment }, ['serve', ...args])
  let [out, err] = ['', '']
  child.stderr?.on('data', data => (err += data))
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`serve ended with ${code}: ${err}`)))
    child.stdout?.on('data', data => {
      out += data
      const lines = out.trimEnd().split('\n')
      if (lines.length < 3) return
      const address = /http:\S+/.exec(lines[0] as string)?.[0] as string
      resolve({ lines, address, link: /http:\S+/.exec(lines[1] as string)?.[0], stop })
    })
    const stop = (signal: NodeJS.Signals = 'SIGTERM') =>
      new Promise<number | null>(done => {
        child.once('exit', code => done(code))
        child.kill(signal)
      })
  })
}

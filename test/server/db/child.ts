/** Other processes that open the embedded database: the compiled code, as it runs in production. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** Compiles `src/server/db` as the build does and returns the folder. Below node_modules, so that imports resolve. */
export function compile(): string {
  const folder = path.join(ROOT, 'node_modules/.cache', `db-test-${process.pid}`)
  fs.mkdirSync(folder, { recursive: true })
  const tsconfig = path.join(folder, 'tsconfig.json')
  const compilerOptions = { rootDir: path.join(ROOT, 'src'), outDir: folder, noCheck: true }
  fs.writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: path.join(ROOT, 'tsconfig.build.json'),
      compilerOptions,
      include: [path.join(ROOT, 'src/server/db')],
      exclude: [],
    }),
  )
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', tsconfig])
  return folder
}

/** A process that opens the database in `data_dir` as `db` and runs `body`; failing to open, it prints the error as JSON. */
export function opener(compiled: string, data_dir: string, body: string, wrapper: string[] = []): ChildProcess {
  const module = (name: string) => JSON.stringify(pathToFileURL(path.join(compiled, 'server/db', name)).href)
  const program = `
    import { openDatabase } from ${module('database.js')}
    import { transaction } from ${module('transaction.js')}
    import { sql } from 'kysely'
    const say = text => new Promise(done => process.stdout.write(text + '\\n', done))
    try {
      const db = await openDatabase({ data_dir: ${JSON.stringify(data_dir)} })
      ${body}
    } catch (error) {
      await say(JSON.stringify({ message: error.message, code: error.code, owner: error.owner }))
      process.exit(3)
    }`
  const [command, ...args] = [...wrapper, process.execPath, '--input-type=module', '--eval', program]
  return spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: ROOT })
}

/** What a process printed, line by line, once it has ended. */
export async function output(child: ChildProcess): Promise<string[]> {
  let text = ''
  child.stdout!.on('data', data => {
    text += data
  })
  await new Promise(resolve => child.once('close', resolve))
  // kill -9 may cut the last line
  return text.split('\n').slice(0, -1)
}

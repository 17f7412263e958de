/** The command line: `quittance …`. Every command takes `--json`; exit 0, or 1 with one clear line on stderr. */
import fs from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { migrationsFolder } from '../server/db/migrate.ts'
import { addData } from './data.ts'
import { addPeople } from './people.ts'
import { addServe } from './serve.ts'
import { fail } from './show.ts'

const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(migrationsFolder()), 'package.json'), 'utf8'))

export function makeProgram(): Command {
  const program = new Command('quittance').description('Partner payouts, every cent explained.').version(version)
  for (const add of [addServe, addPeople, addData]) add(program)
  return program
}

await makeProgram().parseAsync(process.argv).catch(fail)

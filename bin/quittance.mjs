#!/usr/bin/env node
/** The command line: builds what is missing in a checkout (messages on stderr), then runs `dist/cli/main.js`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isCurrent, ROOT } from '../scripts/sources.mjs'

const MAIN = join(ROOT, 'dist', 'cli', 'main.js')

/** `serve` needs the pages too; the other commands do not wait for them. */
const parts = process.argv[2] === 'serve' && existsSync(join(ROOT, 'src', 'web', 'index.html')) ? ['server', 'web'] : ['server']

/** An installation without TypeScript or without sources runs what it was shipped with. */
function canBuild() {
  try {
    createRequire(import.meta.url).resolve('typescript/package.json')
    return existsSync(join(ROOT, 'src'))
  } catch {
    return false
  }
}

function build() {
  const args = [join(ROOT, 'scripts', 'build.mjs'), '--if-needed', ...(parts.includes('web') ? [] : ['--no-web'])]
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Quittance needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}
if (canBuild() && !parts.every(isCurrent)) build()
if (!existsSync(MAIN)) {
  console.error('dist/ is missing and cannot be built here: run npm ci with the development packages once.')
  process.exit(1)
}
process.setSourceMapsEnabled(true)
await import(new URL('../dist/cli/main.js', import.meta.url).href)

/**
 * Builds `dist/`: server, command line, client, api and core with tsc, and the pages with vite.
 *
 *   node scripts/build.mjs [--no-web] [--if-needed]
 *
 * It builds beside `dist/` and moves file by file, so a running server never sees half a build; a lock keeps two
 * builders from doing the same work twice. Everything it says goes to stderr.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { fingerprint, isCurrent, ROOT, stamp } from './sources.mjs'

const DIST = join(ROOT, 'dist')
const require = createRequire(import.meta.url)
const web = !process.argv.includes('--no-web')
const onlyIfNeeded = process.argv.includes('--if-needed')

class BuildFailed extends Error {}

async function main() {
  const parts = web && existsSync(join(ROOT, 'src', 'web', 'index.html')) ? ['server', 'web'] : ['server']
  if (web && parts.length === 1) say('no src/web/index.html: the pages are left out')
  await withLock(join(ROOT, '.cache', 'build.lock'), async () => {
    for (const part of parts) if (!onlyIfNeeded || !isCurrent(part)) await build(part)
  })
}

async function build(part) {
  const began = performance.now()
  const made = fingerprint(part)
  const fresh = join(ROOT, '.cache', `build-${part}-${process.pid}`)
  rmSync(fresh, { recursive: true, force: true })
  try {
    await (part === 'web' ? pages(fresh) : compile(fresh))
    if (part === 'web') move(fresh, join(DIST, 'web'))
    else move(fresh, DIST, ['web', '.server', '.web'])
    stamp(part, made)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  say(`built ${part} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

function compile(fresh) {
  const manifest = require.resolve('typescript/package.json')
  const tsc = join(dirname(manifest), require(manifest).bin.tsc)
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', fresh, '--pretty', 'false']
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new BuildFailed('tsc found errors: nothing was replaced in dist/')
  for (const path of filesOf(fresh).filter(name => name.endsWith('.map'))) liftSources(join(fresh, path))
  copyOthers(fresh)
}

/** The maps were made one folder deeper than they will live. */
function liftSources(path) {
  writeFileSync(path, readFileSync(path, 'utf8').replace('"sources":["../', '"sources":["'))
}

/** Whatever in src is no TypeScript (a template, a table) goes along as it is. */
function copyOthers(fresh) {
  const others = filesOf(join(ROOT, 'src')).filter(name => !name.startsWith('web/') && !/\.tsx?$/.test(name))
  for (const name of others) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true })
    copyFileSync(join(ROOT, 'src', name), join(fresh, name))
  }
}

async function pages(fresh) {
  const vite = await import('vite')
  const logger = vite.createLogger('warn')
  logger.warn = logger.error = text => say(text)
  await vite.build({
    configFile: join(ROOT, 'vite.config.ts'),
    customLogger: logger,
    logLevel: 'warn',
    mode: 'production',
    build: { outDir: fresh, emptyOutDir: true, reportCompressedSize: false },
  })
}

/** Renames every changed file into place, then removes what the new build no longer has (never the folders in `keep`). */
function move(from, to, keep = []) {
  const names = filesOf(from)
  for (const name of names) {
    const [source, target] = [join(from, name), join(to, name)]
    if (existsSync(target) && readFileSync(target).equals(readFileSync(source))) continue
    mkdirSync(dirname(target), { recursive: true })
    renameSync(source, target)
  }
  const current = new Set(names)
  const kept = name => keep.includes(name.split('/')[0])
  for (const name of filesOf(to)) if (!current.has(name) && !kept(name)) rmSync(join(to, name))
}

/** Paths of all files under a folder, relative to it, with slashes. */
function filesOf(folder, inside = '') {
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap(entry => {
    const name = inside ? `${inside}/${entry.name}` : entry.name
    return entry.isDirectory() ? filesOf(folder, name) : [name]
  })
}

function say(text) {
  process.stderr.write(`build: ${text}\n`)
}

try {
  await main()
} catch (error) {
  say(error instanceof BuildFailed ? error.message : (error.stack ?? error))
  process.exitCode = 1
}

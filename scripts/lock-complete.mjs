/**
 * Checks that the lock file is complete: `npm ci` fails on another platform when an optional package (a platform's
 * binary) of some package is not in it.
 *
 *   node scripts/lock-complete.mjs
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './sources.mjs'

const readJson = path => JSON.parse(readFileSync(path, 'utf8'))

/** What is missing, one line each: `a/b needs c, which is not in package-lock.json`. */
export function missingFromLock() {
  const { packages } = readJson(join(ROOT, 'package-lock.json'))
  const locked = new Set(Object.keys(packages).map(path => path.split('node_modules/').at(-1)))
  return Object.entries(packages).flatMap(([path, entry]) =>
    optionalOf(path, entry)
      .filter(name => !locked.has(name))
      .map(name => `${path || 'package.json'} needs ${name}, which is not in package-lock.json`),
  )
}

/** From the lock and from the installed package, since npm leaves a name it could not find out of the lock. */
function optionalOf(path, entry) {
  const manifest = join(ROOT, path, 'package.json')
  const installed = existsSync(manifest) ? readJson(manifest).optionalDependencies : {}
  return Object.keys({ ...entry.optionalDependencies, ...installed })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = missingFromLock()
  for (const line of missing) console.error(line)
  console.log(missing.length ? `${missing.length} missing` : 'package-lock.json is complete')
  process.exitCode = missing.length ? 1 : 0
}

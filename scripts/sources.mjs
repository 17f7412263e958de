/** Which sources each half of the build is made from, and whether `dist/` is younger than they are. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const SHARED = ['package.json', 'tsconfig.json']

/** `server`: everything that tsc compiles. `web`: the pages and what they import. */
const PARTS = {
  server: { stamp: '.server', folders: ['src'], without: 'web', files: [...SHARED, 'tsconfig.build.json'] },
  web: { stamp: '.web', folders: ['src/web', 'src/client', 'src/api', 'src/core'], files: [...SHARED, 'vite.config.ts'] },
}

/** Whether a part's build is current: nothing it is made from was changed, added or removed since. */
export function isCurrent(part) {
  const stamp = join(ROOT, 'dist', PARTS[part].stamp)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(part)
}

/** Newest change and number of a part's sources. Folders count too: they change when a file goes. */
export function fingerprint(part) {
  const { folders, without, files } = PARTS[part]
  const seen = { newest: 0, count: 0 }
  for (const path of [...folders, ...files]) look(join(ROOT, path), join(ROOT, 'src', without ?? ''), seen)
  return `${seen.newest} ${seen.count}`
}

function look(path, leftOut, seen) {
  if (path === leftOut || !existsSync(path)) return
  const status = statSync(path)
  seen.newest = Math.max(seen.newest, Math.round(status.mtimeMs))
  seen.count += 1
  if (status.isDirectory()) for (const name of readdirSync(path)) look(join(path, name), leftOut, seen)
}

/** Notes what a build was made from: the fingerprint taken before it began, so that an edit meanwhile is not lost. */
export const stamp = (part, made) => writeFileSync(join(ROOT, 'dist', PARTS[part].stamp), made)

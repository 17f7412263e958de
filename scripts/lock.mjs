/** A lock file that names its owner: one process at a time, and a dead owner's lock is taken over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownerEnded, ownerTag } from './processes.mjs'

/** Takes the lock if it is free or its owner has ended; gives the function that releases it, else null. */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true })
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, ownerTag(), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (!abandoned(path)) return null
      rmSync(path, { force: true })
    }
  }
  return null
}

/** Runs work under the lock, waiting up to ten minutes for another owner. */
export async function withLock(path, work) {
  let release = tryLock(path)
  for (let waited = 0; !release; waited += 100) {
    if (waited > 600_000) throw new Error(`${path} is held by another process`)
    await sleep(100)
    release = tryLock(path)
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

function abandoned(path) {
  try {
    const owner = readFileSync(path, 'utf8')
    return owner !== '' && ownerEnded(owner)
  } catch {
    return false
  }
}

/**
 * Finds a Chromium for the browser tests, or installs Debian's when the machine lets us; downloads no browser itself.
 *
 *   node scripts/chromium.mjs            # prints the path
 *   node scripts/chromium.mjs --install  # installs it first when it is missing
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
const PATHS = [
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

export const HOW_TO = 'Browser tests need Chromium: install the package chromium (or Google Chrome), or set CHROMIUM_PATH.'

/** The path of a Chromium, or null. `CHROMIUM_PATH` wins and must exist when it is set. */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH names ${given}, which does not exist.`)
    return given
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  const onPath = folders.filter(Boolean).flatMap(folder => NAMES.map(name => join(folder, name)))
  return [...onPath, ...PATHS, playwrightsOwn()].find(path => path && existsSync(path) && !isSnapStub(path)) ?? null
}

/** Finds it, or on Debian and its kin installs it as root; gives the path or throws with what to do, in one line. */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(HOW_TO)
  process.stderr.write('Chromium is missing: installing it with apt-get …\n')
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'chromium')
  const installed = findChromium()
  if (!installed) throw new Error(`apt-get gave no Chromium that runs. ${HOW_TO}`)
  return installed
}

function apt(...args) {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300']
  const { status } = spawnSync('apt-get', [...options, ...args], {
    stdio: ['ignore', 2, 2],
    timeout: 600_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status !== 0) process.stderr.write(`apt-get ${args[0]} ended with ${status}\n`)
}

/** A browser that someone had Playwright download earlier. */
function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('@playwright/test').chromium.executablePath()
  } catch {
    return null
  }
}

/** Ubuntu's package is a small script that asks for a snap. */
function isSnapStub(path) {
  if (!path.endsWith('chromium-browser')) return false
  return readFileSync(path).subarray(0, 2000).toString('latin1').includes('snap install')
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const path = process.argv.includes('--install') ? ensureChromium() : findChromium()
    console.log(path ?? HOW_TO)
    process.exitCode = path ? 0 : 1
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}

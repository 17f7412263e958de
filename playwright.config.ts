import { defineConfig } from '@playwright/test'
import { findChromium, HOW_TO } from './scripts/chromium.mjs'

const executablePath = findChromium()
if (!executablePath) throw new Error(HOW_TO)

const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser tests: one worker, a Chromium of the machine, screenshots and traces in `test-results/`. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  outputDir: process.env.TEST_RESULTS_DIR ?? 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    launchOptions: { executablePath, args: SWITCHES },
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    actionTimeout: 15_000,
  },
})

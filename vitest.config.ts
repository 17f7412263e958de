import { defineConfig } from 'vitest/config'

const SERVER = ['test/server/**/*.test.ts', 'test/flow/**/*.test.ts']
const DATABASE = 'test/server/db/**/*.test.ts'
/** Forty nights of 200 channels and their payments take a minute on one connection; the import of that file runs on both. */
const LONG = 'test/flow/youtube.test.ts'
const REAL = { globalSetup: './test/support/postgres.ts' }

/** One project for each way to run: the server's tests run twice, on the embedded database and on a real Postgres. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    projects: [
      project('core', { include: ['test/core/**/*.test.ts', 'test/api/**/*.test.ts', 'test/tidy.test.ts'] }),
      project('db', { include: [DATABASE], env: { TEST_DATABASE: 'embedded' }, ...REAL }),
      project('embedded', { include: SERVER, exclude: [DATABASE, LONG], env: { TEST_DATABASE: 'embedded' } }),
      project('postgres', { include: SERVER, exclude: [DATABASE], env: { TEST_DATABASE: 'postgres' }, ...REAL }),
      project('faults', {
        include: ['test/faults/**/*.test.ts'],
        env: { TEST_DATABASE: 'postgres' },
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 }, // after the others, so that its figures have the machine to themselves
        ...REAL,
      }),
    ],
  },
})

function project(name: string, test: object) {
  return { extends: true as const, test: { name, ...test } }
}

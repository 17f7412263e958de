/** Writes `docs/openapi.json` from the contract: `node scripts/openapi.mjs`. Needs no build. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { ROOT } from './sources.mjs'

const { module } = await runnerImport(join(ROOT, 'src', 'api', 'openapi.ts'), { configFile: false, logLevel: 'error' })
const target = join(ROOT, 'docs', 'openapi.json')
mkdirSync(join(ROOT, 'docs'), { recursive: true })
writeFileSync(target, `${JSON.stringify(module.openapiDocument(), null, 2)}\n`)
console.log(`wrote ${target}`)

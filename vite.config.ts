import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin, runnerImport } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'))
const SHARED = ['zod', 'temporal-polyfill']
const serverOnly = Object.keys(dependencies).filter(name => !SHARED.includes(name))

/** A page that reaches for the server, its packages or Node does not build. */
const noServerCode: Plugin = {
  name: 'no-server-code',
  enforce: 'pre',
  resolveId(source, importer) {
    const packaged = serverOnly.some(name => source === name || source.startsWith(`${name}/`))
    const ours = /\/(server|cli)\//.test(source) && source.startsWith('.') && !importer?.includes('node_modules')
    if (packaged || ours || source.startsWith('node:')) this.error(`${importer} imports ${source}, which belongs to the server`)
    return null
  },
}

/**
 * In the browser the contract is what a request needs: each endpoint's method, path and kind of answer. Its schemas, and zod
 * with them, stay on the server, which checks everything anyway.
 */
const slimContract: Plugin = {
  name: 'slim-contract',
  enforce: 'pre',
  async load(id) {
    if (id !== here('src/api/contract.ts')) return null
    const { contract } = await runnerImport<typeof import('./src/api/contract.ts')>(id).then(({ module }) => module)
    const slim = Object.entries(contract).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(
        Object.entries(verbs).map(([verb, { method, path, answers, takes }]) => [verb, { method, path, answers, takes }]),
      ),
    ])
    return `export const contract = ${JSON.stringify(Object.fromEntries(slim))}`
  },
}

export default defineConfig({
  root: here('src/web'),
  plugins: [noServerCode, slimContract, react()],
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400', '/icons': 'http://127.0.0.1:4400' } },
})

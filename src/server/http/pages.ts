/** The web application's files, and what is answered where no route is. */
import fs from 'node:fs'
import path from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { endpoints } from '../../api/contract.ts'
import { migrationsFolder } from '../db/migrate.ts'
import { sendFailure } from './failure.ts'
import { signInPaths } from './sign-in.ts'

const YEAR_SECONDS = 31_536_000

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Quittance</title>
<p>Quittance runs, but its pages are not built here. Run <code>npm run build</code> in the checkout and start again;
the API under <code>/api</code> works meanwhile.</p></html>`

/** `dist/web` beside the migrations: the same from `src/` and from `dist/`. */
export const pagesFolder = (): string => path.join(path.dirname(migrationsFolder()), 'dist', 'web')

export async function registerPages(server: FastifyInstance, folder = pagesFolder()): Promise<void> {
  const root = fs.existsSync(folder) ? folder : null
  if (root) await server.register(staticFiles, { root, serve: false, cacheControl: false })
  server.setNotFoundHandler((request, answer) => {
    const url = request.url.split('?')[0] as string
    const methods = methodsOf(url)
    if (request.method === 'OPTIONS' && methods.length > 0) return answer.header('allow', methods.join(', ')).status(204).send()
    if (methods.length > 0) return refuseMethod(request, answer, methods)
    if (/^\/(api|internal)(\/|$)/.test(url)) return refusePath(request, answer)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusePath(request, answer)
    return page(answer, root, url)
  })
}

function page(answer: FastifyReply, root: string | null, url: string): FastifyReply {
  if (!root) return answer.status(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(NOT_BUILT)
  const file = fileFor(root, url)
  if (file === null && url.startsWith('/assets/'))
    return answer.status(404).type('text/plain; charset=utf-8').send('There is no such file.')
  const hashed = file?.startsWith('assets/')
  answer.header('cache-control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
  return answer.sendFile(file ?? 'index.html')
}

/** The file that a path names, if it is one below the folder. */
function fileFor(root: string, url: string): string | null {
  const name = path.posix.normalize(url).replace(/^\/+/, '')
  if (name === '' || name.startsWith('..') || name.includes('\0')) return null
  const status = fs.statSync(path.join(root, name), { throwIfNoEntry: false })
  return status?.isFile() ? name : null
}

const pattern = (url: string) => new RegExp(`^${url.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}/?$`)
const known = [
  ...endpoints.flatMap(({ endpoint: { method, path, aliases = [] } }) =>
    [path, ...aliases].map(url => ({ method, pattern: pattern(url) })),
  ),
  ...signInPaths.map(({ method, path }) => ({ method, pattern: pattern(path) })),
  ...['/healthz', '/readyz'].map(url => ({ method: 'GET', pattern: pattern(url) })),
]

/** The methods that a path answers to; none when there is no such path. */
function methodsOf(url: string): string[] {
  const methods = known.filter(route => route.pattern.test(url)).map(route => route.method)
  const all = methods.includes('GET') && !url.startsWith('/api/auth/') ? [...methods, 'HEAD'] : methods
  return [...new Set(all)].sort()
}

function refuseMethod(request: FastifyRequest, answer: FastifyReply, methods: string[]): FastifyReply {
  answer.header('allow', methods.join(', '))
  return sendFailure(request, answer, {
    code: 'method_not_allowed',
    message: `This path answers to ${methods.join(', ')}.`,
    detail: {},
  })
}

const refusePath = (request: FastifyRequest, answer: FastifyReply): FastifyReply =>
  sendFailure(request, answer, {
    code: 'not_found',
    message: 'There is no such path; see docs/openapi.json for those there are.',
    detail: {},
  })

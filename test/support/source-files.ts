/** Reads and parses the project's own files for `tidy.test.ts`: each file once, each node visited once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ParseResult, parseSync } from 'oxc-parser'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const LEFT_OUT = new Set(['node_modules', 'dist', 'data', '.git', '.cache', 'test-results'])

/** Any syntax node: what the laws look at is read by name. */
// biome-ignore lint/suspicious/noExplicitAny: the laws read a dozen node types of a tree whose types they do not need
export type Node = Record<string, any> & { type: string; start: number; end: number }

export interface SourceFile {
  /** From the project's root, with slashes: `src/core/money.ts`. */
  path: string
  text: string
  lines: number
  parsed: ParseResult
  /** `src/core/money.ts:12`, for a position in the text. */
  at(position: number): string
}

/** All files under a folder of the project, by path, with or without an ending. */
export function filesIn(folder: string, ending = /./): string[] {
  const whole = join(ROOT, folder)
  if (!existsSync(whole)) return []
  return readdirSync(whole, { withFileTypes: true }).flatMap(entry => {
    if (LEFT_OUT.has(entry.name)) return []
    const path = relative(ROOT, join(whole, entry.name)).replaceAll('\\', '/')
    if (entry.isDirectory()) return filesIn(path, ending)
    return ending.test(entry.name) ? [path] : []
  })
}

const parsedFiles = new Map<string, SourceFile>()

/** The parsed programs under some folders. */
export const sources = (...folders: string[]): SourceFile[] =>
  folders.flatMap(folder => filesIn(folder, /\.(tsx?|mts|mjs)$/)).map(path => parsedFiles.get(path) ?? parse(path))

function parse(path: string): SourceFile {
  const text = read(path)
  const file = { path, text, lines: countLines(text), parsed: parseSync(path, text), at: position }
  function position(offset: number): string {
    return `${path}:${text.slice(0, offset).split('\n').length}`
  }
  parsedFiles.set(path, file)
  return file
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
export const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

/** Visits every node below one, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  visit(node, parent)
  for (const key in node) {
    const value = node[key]
    if (Array.isArray(value)) {
      for (const each of value) if (each && typeof each.type === 'string') walk(each, visit, node)
    } else if (value && typeof value.type === 'string') {
      walk(value, visit, node)
    }
  }
}

/** Every node of a file that a test accepts, as `file:line` with what it found there. */
export function findNodes(file: SourceFile, found: (node: Node, parent: Node | null) => string | false | null): string[] {
  const hits: string[] = []
  walk(file.parsed.program as unknown as Node, (node, parent) => {
    const what = found(node, parent)
    if (what) hits.push(`${file.at(node.start)}  ${what}`)
  })
  return hits
}

export interface Import {
  /** What the text says: `../core/money.ts`, `zod`. */
  specifier: string
  /** The file of this project that it means, or null for a package. */
  target: string | null
  /** Every name is a type. */
  typeOnly: boolean
  names: string[]
  start: number
}

/** All imports of a file: static, re-exports and dynamic ones with a plain text. */
export function importsOf(file: SourceFile): Import[] {
  const { staticImports, staticExports } = file.parsed.module
  const plain = staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    names: entries.map(entry => entry.importName.name ?? '*'),
    typeOnly: entries.length > 0 && entries.every(entry => entry.isType),
    start,
  }))
  const again = staticExports.flatMap(({ entries, start }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, names: ['*'], typeOnly: isType, start }] : [],
    ),
  )
  return [...plain, ...again, ...dynamicImports(file)].map(each => ({ ...each, target: resolve(file.path, each.specifier) }))
}

function dynamicImports(file: SourceFile) {
  return file.parsed.module.dynamicImports.flatMap(({ moduleRequest, start }) => {
    const literal = /^['"](.+)['"]$/.exec(file.text.slice(moduleRequest.start, moduleRequest.end))
    return literal ? [{ specifier: literal[1]!, names: ['*'], typeOnly: false, start }] : []
  })
}

const resolve = (from: string, specifier: string): string | null =>
  specifier.startsWith('.') ? join(dirname(from), specifier).replaceAll('\\', '/') : null

export interface NamedFunction {
  file: SourceFile
  name: string | null
  lines: number
  start: number
}

/** All functions of a file; a callback without a name has `name: null`. */
export function functionsOf(file: SourceFile): NamedFunction[] {
  const all: NamedFunction[] = []
  walk(file.parsed.program as unknown as Node, (node, parent) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return
    all.push({ file, name: nameOf(node, parent), lines: countLines(file.text.slice(node.start, node.end)), start: node.start })
  })
  return all
}

function nameOf(node: Node, parent: Node | null): string | null {
  if (node.id) return node.id.name
  if (parent?.type === 'VariableDeclarator') return parent.id.name ?? null
  if (parent && /^(MethodDefinition|Property|PropertyDefinition)$/.test(parent.type))
    return parent.key.name ?? parent.key.value ?? null
  return null
}

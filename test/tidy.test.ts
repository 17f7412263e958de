/**
 * The house law (ARCHITECTURE.md), one test a law. A broken law names file, line and what to do.
 *
 * A law is kept by changing the code. Changing a law needs a decision record in docs/decisions.
 */
import { describe, expect, test } from 'vitest'
import { missingFromLock } from '../scripts/lock-complete.mjs'
import { filesIn, findNodes, functionsOf, importsOf, type Node, read, type SourceFile, sources } from './support/source-files.ts'

const src = sources('src')
const withoutWeb = src.filter(file => !file.path.startsWith('src/web/'))
const tools = sources('scripts', 'bin')
const tests = sources('test')

/** Fails with every place that breaks a law (the first forty). */
function keep(law: string, violations: string[]): void {
  if (violations.length === 0) return
  const shown = [...new Set(violations)].slice(0, 40).join('\n  ')
  throw new Error(`${law}\n  ${shown}\n  (${violations.length} in all)`)
}

const at = (file: SourceFile, position: number, what: string) => `${file.at(position)}  ${what}`
const percentile = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0

describe('five floors, one direction', () => {
  /** The command line is where the program starts (serve, migrate, check), so it alone also sees the server. */
  const MAY_IMPORT: Record<string, string[]> = {
    core: ['core'],
    api: ['core', 'api'],
    server: ['core', 'api', 'server'],
    client: ['core', 'api', 'client'],
    web: ['core', 'api', 'client', 'web'],
    mcp: ['core', 'api', 'client', 'mcp'],
    cli: ['core', 'api', 'client', 'server', 'mcp', 'cli'],
  }
  const floorOf = (path: string) => path.split('/')[1]!

  test('every file lives on a floor', () => {
    keep(
      'src has only the floors of ARCHITECTURE.md',
      src.map(file => file.path).filter(path => !(floorOf(path) in MAY_IMPORT)),
    )
  })

  test('nothing imports back', () => {
    const back = eachImport(src, (file, { target }) => {
      if (!target) return null
      const inside = target.startsWith('src/') && (MAY_IMPORT[floorOf(file.path)] ?? []).includes(floorOf(target))
      return inside ? null : `src/${floorOf(file.path)} must not import ${target}`
    })
    keep('core ← api ← server; core ← api ← client ← web, cli, mcp', back)
  })

  test('the pages use no package of the server', () => {
    const reached = eachImport(sources('src/web', 'src/client'), (_, { specifier }) =>
      /^(node:|fastify|@fastify\/|kysely|pg$|pg-|@electric-sql\/|pino|commander)/.test(specifier) ? `imports ${specifier}` : null,
    )
    keep('web and client run in a browser', reached)
  })

  /** What is written by others (earnings, payments, payouts) lies below those who write it: docs/decisions/0002. */
  const NOUNS = [
    ...['organizations', 'partners', 'campaigns', 'earnings', 'payments', 'payouts'],
    ...['conversions', 'metrics', 'structures', 'statements', 'books'],
    // what only reads across all of them: docs/decisions/0019
    ...['portal', 'overview'],
  ]
  /** What is no noun: http is the shell above the use cases, checks read everything, db lies below all. */
  const SHELLS: Record<string, string[]> = { db: [], jobs: ['db'], checks: ['db', ...NOUNS], http: ['db', 'organizations'] }
  /** These put the program together and see every folder. */
  const ASSEMBLY = ['main', 'handlers', 'operations', 'demo', 'jobs/schedule'].map(name => `src/server/${name}.ts`)
  const folderOf = (path: string) => /^src\/server\/([^/]+)\//.exec(path)?.[1] ?? null

  test('every server folder has its place in the order', () => {
    const unknown = sources('src/server').filter(({ path }) => {
      const folder = folderOf(path)
      return folder && !NOUNS.includes(folder) && !(folder in SHELLS)
    })
    keep(
      `server folders are ${[...Object.keys(SHELLS), ...NOUNS].join(' ')}`,
      unknown.map(file => file.path),
    )
  })

  test('a server folder imports only folders before it', () => {
    const back = eachImport(sources('src/server'), (file, { target, typeOnly }) => {
      const [from, to] = [folderOf(file.path), target && folderOf(target)]
      if (from && target && ASSEMBLY.includes(target) && from !== 'http') return `imports ${target}, which assembles everything`
      if (!to || from === to || ASSEMBLY.includes(file.path)) return null
      const allowed = from
        ? (SHELLS[from] ?? ['db', 'jobs', ...NOUNS.slice(0, NOUNS.indexOf(from))])
        : ['db', 'jobs', 'organizations']
      if (allowed.includes(to) || (typeOnly && !from)) return null
      return `${from ?? 'the ground of the server'} must not import ${to}: use the outbox, or move it down`
    })
    keep('server folders depend in the order of the money flow', back)
  })
})

describe('a pure core', () => {
  test('core imports nothing with effects', () => {
    const PURE = ['zod', 'temporal-polyfill']
    const impure = eachImport(sources('src/core'), (_, { specifier, target }) =>
      target || PURE.includes(specifier) ? null : `imports ${specifier}; core may import only ${PURE.join(', ')}`,
    )
    keep('core has no I/O', impure)
  })

  test('core calls nothing outside itself', () => {
    const OUTSIDE =
      /^(process|fetch|console|setTimeout|setInterval|setImmediate|crypto|performance|require|globalThis|localStorage)$/
    const reached = sources('src/core').flatMap(file =>
      findNodes(
        file,
        (node, parent) => isGlobal(node, parent) && OUTSIDE.test(node.name) && `uses ${node.name}: pass the value in`,
      ),
    )
    keep('core has no I/O', reached)
  })
})

describe('one place', () => {
  test('only *.sql.ts, server/db and server/checks speak SQL', () => {
    const MAY = /^src\/(web\/|server\/(db|checks)\/|server\/.*\.sql\.ts$)/
    const BUILDERS = /^(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|replaceInto)$/
    const TEXT =
      /^\s*(with\s+\w+\s+as\s*\(|select\b[\s\S]+\bfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|truncate\s)/i
    const others = src.filter(file => !MAY.test(file.path))
    const tags = eachImport(others, (_, { specifier, names, typeOnly }) =>
      specifier === 'kysely' && !typeOnly && names.some(name => name === 'sql' || name === '*') ? 'imports the sql tag' : null,
    )
    const calls = others.flatMap(file =>
      findNodes(file, node => {
        if (node.type === 'MemberExpression' && BUILDERS.test(node.property.name ?? '')) return `calls ${node.property.name}`
        const text = node.type === 'TemplateLiteral' ? node.quasis[0].value.raw : node.type === 'Literal' ? node.value : null
        return typeof text === 'string' && TEXT.test(text) && `has SQL text: ${text.trim().slice(0, 40)}`
      }),
    )
    keep('tables are touched only in the noun’s *.sql.ts', [...tags, ...calls])
  })

  /** `src/web/clock.ts` is the browser's one place: what must not depend on the server's clock (an idempotency key). */
  const CLOCKS = ['src/server/clock.ts', 'src/web/clock.ts']

  test('the clock and randomness are read in one place', () => {
    const MEMBERS = /^(Date\.now|performance\.now|Math\.random|process\.hrtime|Temporal\.Now)$/
    const RANDOM = /^(randomUUID|randomBytes|randomInt|randomFill|randomFillSync|getRandomValues|generateKeySync)$/
    const others = src.filter(file => !CLOCKS.includes(file.path))
    const read = others.flatMap(file =>
      findNodes(file, (node, parent) => {
        const member = node.type === 'MemberExpression' && `${node.object.name}.${node.property.name}`
        if (member && MEMBERS.test(member)) return `reads ${member}`
        if (isDateNow(node)) return 'reads the clock with Date'
        return (
          node.type === 'Identifier' && RANDOM.test(node.name) && !isKey(node, parent) && `makes randomness with ${node.name}`
        )
      }),
    )
    keep(`ctx.now and ctx.newId() are the only clock and ids (${CLOCKS.join(', ')})`, read)
  })

  test('money is never a float', () => {
    const others = src.filter(file => !/^src\/web\/(.*\/)?format[^/]*$/.test(file.path))
    const floats = others.flatMap(file =>
      findNodes(file, (node, parent) => {
        if (node.type === 'MemberExpression' && /^(toFixed|toPrecision|EPSILON)$/.test(node.property.name ?? ''))
          return `uses ${node.property.name}`
        return (
          node.type === 'Identifier' &&
          node.name === 'parseFloat' &&
          !(parent?.type === 'Property' && parent.key === node) &&
          'uses parseFloat'
        )
      }),
    )
    keep('amounts are integers of minor units; scale is the one division, src/web/**/format* the one display', floats)
  })
})

describe('names', () => {
  const FOREIGN = /^(affiliate|creator|brand|publisher|project)s?$/
  const words = (name: string) =>
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
  const ours = src.filter(file => !/^src\/(api\/|core\/custom-payout)/.test(file.path))

  test('files and exports bear the glossary’s words', () => {
    const files = ours
      .filter(file => words(file.path.slice(4)).some(word => FOREIGN.test(word)))
      .map(file => `${file.path}  file name`)
    const exported = ours.flatMap(file =>
      file.parsed.module.staticExports.flatMap(each =>
        each.entries
          .map(entry => entry.exportName.name)
          .filter(name => name && words(name).some(word => FOREIGN.test(word)))
          .map(name => at(file, each.start, `exports ${name}`)),
      ),
    )
    keep('program and partner, never affiliate, creator, brand, publisher, project (GLOSSARY.md); the rename is in src/api', [
      ...files,
      ...exported,
    ])
  })

  test('no noun has more than seven homes', () => {
    const nouns = [
      'organization',
      'partner',
      'campaign',
      'conversion',
      'structure',
      'earning',
      'tab',
      'payout',
      'payment',
      'statement',
      'book',
    ]
    const crowded = nouns.flatMap(noun => {
      const homes = new Set(
        src
          .filter(({ path }) => words(path).some(word => word === noun || word === `${noun}s`))
          .map(({ path }) => path.replace(/\/[^/]*$/, '')),
      )
      return homes.size > 7 ? [`${noun} has ${homes.size} homes: ${[...homes].join(', ')}`] : []
    })
    keep('at most seven folders hold a file whose path bears one noun', crowded)
  })
})

describe('nothing left lying', () => {
  test('no note to self', () => {
    const NOTE = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)
    const inCode = [...src, ...tests, ...tools, ...sources('bench')].flatMap(file =>
      file.parsed.comments
        .filter(comment => NOTE.test(comment.value))
        .map(comment => at(file, comment.start, comment.value.trim().slice(0, 60))),
    )
    const inText = linesMatching([...filesIn('migrations'), ...filesIn('.ci'), ...filesIn('src', /\.css$/)], NOTE)
    keep('do it, or write it into an issue', [...inCode, ...inText])
  })

  test('no test is skipped without a printed reason, none runs alone', () => {
    const found = tests.flatMap(file => findNodes(file, brokenTest))
    keep('skip only inside a test, with ctx.skip(reason) or test.skip(condition, reason)', found)
  })

  test('no path of one machine and no registry host', () => {
    const MACHINE = /(^|[\s"'`(=])\/(work|root|home|Users)\/[\w.-]|https?:\/\/[^\s"'/]*registry[^\s"'/]*\//
    const folders = ['src', 'test', 'bench', 'scripts', 'bin', 'docs', 'migrations', '.ci']
    const files = [
      ...folders.flatMap(folder => filesIn(folder, /\.(ts|tsx|mts|mjs|md|sql|css|html|sh)$|^[^.]+$/)),
      ...rootFiles(),
    ]
    keep('the project knows no machine but the reader’s', linesMatching(files, MACHINE))
  })

  test('one manifest', () => {
    expect(filesIn('.', /^package\.json$/)).toEqual(['package.json'])
    expect(filesIn('.', /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/)).toEqual([
      'package-lock.json',
    ])
  })

  test('the lock file is complete on every platform', () => {
    keep('npm ci fails elsewhere when a platform’s package is not in the lock', missingFromLock())
  })

  test('each runtime dependency has a reason', () => {
    const names = Object.keys(JSON.parse(read('package.json')).dependencies)
    const reasons = filesIn('docs').includes('docs/dependencies.md') ? read('docs/dependencies.md') : ''
    const named = (name: string) => new RegExp(`(^|[^\\w@/-])${name.replace(/[/.]/g, '\\$&')}($|[^\\w/-])`, 'm').test(reasons)
    expect(names.length, 'at most 25 runtime dependencies').toBeLessThanOrEqual(25)
    keep(
      'docs/dependencies.md says why we need it',
      names.filter(name => !named(name)),
    )
  })
})

describe('house numbers', () => {
  const functions = src.flatMap(functionsOf)
  const named = functions.filter(each => each.name)
  /** A React component is markup: it may be longer than a function, up to 120 lines. */
  const limit = ({ file, name }: (typeof functions)[number]) =>
    /^src\/web\/.*\.tsx$/.test(file.path) && /^[A-Z]/.test(name ?? '') ? 120 : 70

  test('functions: median at most 10 lines, nine in ten at most 40', () => {
    const lengths = named.map(each => each.lines)
    console.log(
      `functions: ${lengths.length}, median ${percentile(lengths, 0.5)}, p90 ${percentile(lengths, 0.9)}, longest ${percentile(lengths, 1)}`,
    )
    expect(percentile(lengths, 0.5), 'median length').toBeLessThanOrEqual(10)
    expect(percentile(lengths, 0.9), 'p90 length').toBeLessThanOrEqual(40)
  })

  test('no function has more than 70 lines, no React component more than 120', () => {
    const long = functions.filter(each => each.lines > limit(each))
    keep(
      'a function fits a screen',
      long.map(each => at(each.file, each.start, `${each.name ?? 'a callback'} has ${each.lines} lines`)),
    )
  })

  test('files: nine in ten at most 250 lines, none more than 400', () => {
    const lengths = src.map(file => file.lines)
    console.log(
      `files: ${lengths.length}, median ${percentile(lengths, 0.5)}, p90 ${percentile(lengths, 0.9)}, longest ${percentile(lengths, 1)}`,
    )
    expect(percentile(lengths, 0.9), 'p90 of lines a file').toBeLessThanOrEqual(250)
    keep(
      'a file has at most 400 lines',
      [...src, ...tools].filter(file => file.lines > 400).map(file => `${file.path}  ${file.lines} lines`),
    )
  })

  test('as many lines of tests as of code', () => {
    const sum = (files: SourceFile[]) => files.reduce((lines, file) => lines + file.lines, 0)
    const [testLines, codeLines] = [sum(tests), sum(withoutWeb)]
    console.log(
      `tests ÷ code: ${testLines} ÷ ${codeLines} = ${Math.floor((testLines / Math.max(codeLines, 1)) * 100) / 100} (without src/web)`,
    )
    expect(testLines / Math.max(codeLines, 1), 'tests ÷ code').toBeGreaterThanOrEqual(1)
  })
})

function eachImport(
  files: SourceFile[],
  check: (file: SourceFile, each: ReturnType<typeof importsOf>[number]) => string | null,
): string[] {
  return files.flatMap(file =>
    importsOf(file).flatMap(each => {
      const what = check(file, each)
      return what ? [at(file, each.start, what)] : []
    }),
  )
}

/** A name that is no property, key or label: it stands for a variable. */
function isGlobal(node: Node, parent: Node | null): boolean {
  return node.type === 'Identifier' && !isKey(node, parent)
}

const isKey = (node: Node, parent: Node | null): boolean =>
  !!parent &&
  !parent.computed &&
  ((parent.type === 'MemberExpression' && parent.property === node) || (parent.key === node && !parent.shorthand))

function isDateNow(node: Node): boolean {
  if (!/^(NewExpression|CallExpression)$/.test(node.type) || node.callee.name !== 'Date') return false
  return node.type === 'CallExpression' || node.arguments.length === 0
}

/** `only`, `todo` and their kin never; `skip` with a reason that the reporter prints. */
function brokenTest(node: Node): string | false {
  if (node.type !== 'CallExpression') return false
  const path = dotted(node.callee)
  if (/^(test|it|describe|suite)\..*\b(only|todo|fixme|fails|skipIf|runIf)\b/.test(path)) return `${path}: not in this house`
  if (/^(xit|xtest|xdescribe|fit|fdescribe)$/.test(path)) return `${path}: not in this house`
  if (!/(^|\.)skip$/.test(path)) return false
  const reason = node.arguments.at(-1)
  const said =
    reason &&
    /^(Literal|TemplateLiteral|Identifier|CallExpression|MemberExpression|BinaryExpression)$/.test(reason.type) &&
    reason.value !== true
  const definition = /^(it|describe|suite)\./.test(path) || (/^test\./.test(path) && node.arguments.length < 2)
  return (!said || definition) && `${path} without a reason`
}

function dotted(node: Node): string {
  if (node.type === 'MemberExpression') return `${dotted(node.object)}.${node.property.name ?? ''}`
  if (node.type === 'CallExpression') return dotted(node.callee)
  return node.name ?? ''
}

function linesMatching(files: string[], pattern: RegExp): string[] {
  return files.flatMap(path =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}  ${line.trim().slice(0, 80)}`] : [])),
  )
}

/** Files that lie in the root itself. */
const rootFiles = () => filesIn('.', /\.(ts|json|md)$/).filter(path => !path.includes('/'))

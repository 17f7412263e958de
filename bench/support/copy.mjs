/** COPY through pg's own protocol: the fastest way in and out of Postgres that a client has. */
import { spawnSync } from 'node:child_process'
import pg from 'pg'

const PIECE = 256 * 1024

/** Sends a text as COPY … FROM STDIN. */
export function copyIn(client, statement, data) {
  return new Promise((resolve, reject) => {
    const query = new pg.Query(statement)
    query.handleCopyInResponse = connection => {
      for (let at = 0; at < data.length; at += PIECE) connection.sendCopyFromChunk(data.subarray(at, at + PIECE))
      connection.endCopyFrom()
    }
    query.callback = error => (error ? reject(error) : resolve())
    client.query(query)
  })
}

/** What COPY … TO STDOUT gives, as one buffer. */
export function copyOut(client, statement) {
  return new Promise((resolve, reject) => {
    const pieces = []
    const query = new pg.Query(statement)
    query.handleCopyData = ({ chunk }) => void pieces.push(Buffer.from(chunk))
    query.callback = error => (error ? reject(error) : resolve(Buffer.concat(pieces)))
    client.query(query)
  })
}

/** Whether a program of the PostgreSQL client package is there. */
export const has = program => spawnSync(program, ['--version']).status === 0

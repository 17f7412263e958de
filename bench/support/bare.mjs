/** Bare servers of `node:http`, as processes of their own: what the product is compared with. */
import { spawn } from 'node:child_process'

/** Starts the code of a server that prints its port; returns the port and how to stop it. */
export function startBare(code, { cwd } = {}) {
  const child = spawn(process.execPath, ['-e', code], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.stdout.once('data', data => resolve({ port: Number(data), stop: () => child.kill() }))
    child.once('exit', status => reject(new Error(`the bare server ended with ${status}`)))
  })
}

export const HELLO = `
  require('node:http').createServer((request, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' })
    answer.end('{"data":"hello","error":null,"meta":{}}')
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

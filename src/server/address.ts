/** Where the product is, as a browser sees it: what every link begins with. */
import type { App } from './app.ts'

const addresses = new WeakMap<object, string>()

/** Notes where the server listens; links point there unless `PUBLIC_URL` is set. */
export const listensAt = (app: App, address: string): void => void addresses.set(app, address)

/** The address of the product as a browser sees it, without a slash at its end. */
export function addressOf(app: App): string {
  const { public_url, host, port } = app.config
  const reachable = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host
  const local = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port || 4400}`
  return (public_url ?? addresses.get(app) ?? local).replace(/\/+$/, '')
}

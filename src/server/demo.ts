/** The demo's data. Stands in until it is built. */
import type { App } from './app.ts'

export async function loadDemo(_app: App): Promise<{ org_id: string; sign_in_url: string }> {
  throw new Error('The demo is not built yet.')
}

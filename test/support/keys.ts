/** Keys of a world's organization, made as the command line makes them. */
import { operate } from '../../src/server/operations.ts'
import { addMember } from './people.ts'
import type { World } from './world.ts'

export type KeyWish = {
  brand_id?: string
  scopes?: ('read' | 'write')[]
  expires_in?: string
  /** `member` makes a plain member of the organization and gives the key to them. */
  owner?: 'member'
}

let members = 0

export async function keyOf(w: World, { owner, ...wish }: KeyWish = {}): Promise<string> {
  const email = owner && `member-${++members}@example.org`
  if (email) await addMember(w, email, 'member')
  const input = { org_id: w.org_id, ...wish, ...(email && { owner: email }) }
  return ((await operate(w.app, 'key.create', input, () => {})) as { api_key: string }).api_key
}

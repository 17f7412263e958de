import type { creators } from '../../api/creators.ts'
import type { In, Out } from '../../api/endpoint.ts'
import type { Ctx } from '../context.ts'

export async function remove(_ctx: Ctx, _input: In<typeof creators.remove>): Promise<Out<typeof creators.remove>> {
  throw new Error('not built')
}

export async function removeSeveral(
  _ctx: Ctx,
  _input: In<typeof creators.removeSeveral>,
): Promise<Out<typeof creators.removeSeveral>> {
  throw new Error('not built')
}

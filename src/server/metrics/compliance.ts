import type { In, Out } from '../../api/endpoint.ts'
import type { goals } from '../../api/goals.ts'
import type { Ctx } from '../context.ts'

export async function compliance(_ctx: Ctx, _input: In<typeof goals.compliance>): Promise<Out<typeof goals.compliance>> {
  throw new Error('not built')
}

import type { In, Out } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import type { Ctx } from '../context.ts'

export async function record(_ctx: Ctx, _input: In<typeof payments.record>): Promise<Out<typeof payments.record>> {
  throw new Error('not built')
}

import type { In, Out } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import type { Ctx } from '../context.ts'

export async function change(_ctx: Ctx, _input: In<typeof payments.change>): Promise<Out<typeof payments.change>> {
  throw new Error('not built')
}

export async function reject(_ctx: Ctx, _input: In<typeof payments.reject>): Promise<Out<typeof payments.reject>> {
  throw new Error('not built')
}

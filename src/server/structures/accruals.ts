import type { accruals } from '../../api/accruals.ts'
import type { In, Out } from '../../api/endpoint.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof accruals.list>): Promise<Out<typeof accruals.list>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof accruals.one>): Promise<Out<typeof accruals.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof accruals.change>): Promise<Out<typeof accruals.change>> {
  throw new Error('not built')
}

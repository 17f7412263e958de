import type { In, Out } from '../../api/endpoint.ts'
import type { payments } from '../../api/payments.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof payments.list>): Promise<Out<typeof payments.list>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof payments.one>): Promise<Out<typeof payments.one>> {
  throw new Error('not built')
}

export async function listOfBrand(_ctx: Ctx, _input: In<typeof payments.listOfBrand>): Promise<Out<typeof payments.listOfBrand>> {
  throw new Error('not built')
}

export async function oneOfBrand(_ctx: Ctx, _input: In<typeof payments.oneOfBrand>): Promise<Out<typeof payments.oneOfBrand>> {
  throw new Error('not built')
}

import type { In, Out } from '../../api/endpoint.ts'
import type { publisherPayouts } from '../../api/payments.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof publisherPayouts.list>): Promise<Out<typeof publisherPayouts.list>> {
  throw new Error('not built')
}

export async function create(
  _ctx: Ctx,
  _input: In<typeof publisherPayouts.create>,
): Promise<Out<typeof publisherPayouts.create>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof publisherPayouts.one>): Promise<Out<typeof publisherPayouts.one>> {
  throw new Error('not built')
}

export async function change(
  _ctx: Ctx,
  _input: In<typeof publisherPayouts.change>,
): Promise<Out<typeof publisherPayouts.change>> {
  throw new Error('not built')
}

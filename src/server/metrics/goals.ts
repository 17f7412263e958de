import type { In, Out } from '../../api/endpoint.ts'
import type { goals } from '../../api/goals.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof goals.list>): Promise<Out<typeof goals.list>> {
  throw new Error('not built')
}

export async function create(_ctx: Ctx, _input: In<typeof goals.create>): Promise<Out<typeof goals.create>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof goals.one>): Promise<Out<typeof goals.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof goals.change>): Promise<Out<typeof goals.change>> {
  throw new Error('not built')
}

export async function remove(_ctx: Ctx, _input: In<typeof goals.remove>): Promise<Out<typeof goals.remove>> {
  throw new Error('not built')
}

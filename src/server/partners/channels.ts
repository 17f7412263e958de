import type { creators } from '../../api/creators.ts'
import type { In, Out } from '../../api/endpoint.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof creators.list>): Promise<Out<typeof creators.list>> {
  throw new Error('not built')
}

export async function add(_ctx: Ctx, _input: In<typeof creators.add>): Promise<Out<typeof creators.add>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof creators.one>): Promise<Out<typeof creators.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof creators.change>): Promise<Out<typeof creators.change>> {
  throw new Error('not built')
}

import type { In, Out } from '../../api/endpoint.ts'
import type { structures } from '../../api/structures.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof structures.list>): Promise<Out<typeof structures.list>> {
  throw new Error('not built')
}

export async function create(_ctx: Ctx, _input: In<typeof structures.create>): Promise<Out<typeof structures.create>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof structures.one>): Promise<Out<typeof structures.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof structures.change>): Promise<Out<typeof structures.change>> {
  throw new Error('not built')
}

export async function remove(_ctx: Ctx, _input: In<typeof structures.remove>): Promise<Out<typeof structures.remove>> {
  throw new Error('not built')
}

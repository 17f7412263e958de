import type { In, Out } from '../../api/endpoint.ts'
import type { videos } from '../../api/videos.ts'
import type { Ctx } from '../context.ts'

export async function list(_ctx: Ctx, _input: In<typeof videos.list>): Promise<Out<typeof videos.list>> {
  throw new Error('not built')
}

export async function create(_ctx: Ctx, _input: In<typeof videos.create>): Promise<Out<typeof videos.create>> {
  throw new Error('not built')
}

export async function one(_ctx: Ctx, _input: In<typeof videos.one>): Promise<Out<typeof videos.one>> {
  throw new Error('not built')
}

export async function change(_ctx: Ctx, _input: In<typeof videos.change>): Promise<Out<typeof videos.change>> {
  throw new Error('not built')
}

import type { In, Out } from '../../api/endpoint.ts'
import type { videos } from '../../api/videos.ts'
import type { Ctx } from '../context.ts'

export async function observe(_ctx: Ctx, _input: In<typeof videos.observe>): Promise<Out<typeof videos.observe>> {
  throw new Error('not built')
}

export async function observations(_ctx: Ctx, _input: In<typeof videos.observations>): Promise<Out<typeof videos.observations>> {
  throw new Error('not built')
}

export async function observeCreator(
  _ctx: Ctx,
  _input: In<typeof videos.observeCreator>,
): Promise<Out<typeof videos.observeCreator>> {
  throw new Error('not built')
}

export async function creatorObservations(
  _ctx: Ctx,
  _input: In<typeof videos.creatorObservations>,
): Promise<Out<typeof videos.creatorObservations>> {
  throw new Error('not built')
}

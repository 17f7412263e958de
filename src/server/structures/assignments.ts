import type { In, Out } from '../../api/endpoint.ts'
import type { structures } from '../../api/structures.ts'
import type { Ctx } from '../context.ts'

export async function assignments(
  _ctx: Ctx,
  _input: In<typeof structures.assignments>,
): Promise<Out<typeof structures.assignments>> {
  throw new Error('not built')
}

export async function assign(_ctx: Ctx, _input: In<typeof structures.assign>): Promise<Out<typeof structures.assign>> {
  throw new Error('not built')
}

export async function unassign(_ctx: Ctx, _input: In<typeof structures.unassign>): Promise<Out<typeof structures.unassign>> {
  throw new Error('not built')
}

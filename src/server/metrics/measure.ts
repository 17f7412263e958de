/** What partners reached in spans of time, by what is measured: one statement a kind, however many there are. Source: spec B14. */
import type { GoalType } from '../../core/goal.ts'
import type { Ctx } from '../context.ts'
import { followers, gains, posts, type Span } from './actuals.sql.ts'

export type Asked = Span & { type: GoalType }

/** By the number of the span; nothing stands for one in which nothing is known. */
export async function measure(ctx: Ctx, asked: Asked[]): Promise<Map<number, number>> {
  const typeOf = new Map(asked.map(({ n, type }) => [n, type]))
  const of = (...types: GoalType[]) => asked.filter(({ type }) => types.includes(type))
  const [gained, posted, followed] = await Promise.all([
    gains(ctx, of('views', 'engagement')),
    posts(ctx, of('posts')),
    followers(ctx, of('followers')),
  ])
  const found = new Map(posted.map(each => [each.n, each.posts]))
  for (const { n, gained_views, gained_engagement } of gained) {
    found.set(n, (found.get(n) ?? 0) + (typeOf.get(n) === 'views' ? gained_views : gained_engagement))
  }
  for (const { n, followers: count } of followed) if (count !== null) found.set(n, count)
  return found
}

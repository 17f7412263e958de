/** Who is signed in to the portal, what the program shows, and what is left to do. Source: spec A15, C10, C11, market 4.4. */
import type { Out } from '../../api/endpoint.ts'
import type { portal } from '../../api/portal.ts'
import type { App } from '../app.ts'
import type { Caller, Ctx } from '../context.ts'
import type { Entry } from '../organizations/access.sql.ts'
import { ownPartners } from '../organizations/access.ts'
import { addressOfIcon } from '../organizations/icons.ts'
import { passwordOf } from '../organizations/people.ts'
import { shownBalances } from './home.ts'
import { partnerOf, shownTo } from './own.sql.ts'
import * as sql from './payment-settings.sql.ts'

type Me = Out<typeof portal.me>
type Person = { partners: Me['partners']; has_password: boolean }

const titleOf = ({ portal, program }: Pick<Entry, 'portal' | 'program'>): string => portal.title ?? program.name

/** What is known of the person beside this partner, over all organizations: read before the partner's own transaction. */
export async function preparePerson(app: App, caller: Caller): Promise<Person> {
  const { is_viewing, session, ...entry } = caller.partner as NonNullable<Caller['partner']>
  const entries = is_viewing ? [entry] : await ownPartners(app, session)
  return {
    partners: entries.map(each => ({ id: each.partner.id, name: each.partner.name, title: titleOf(each) })),
    has_password: !is_viewing && (await passwordOf(app, caller.id)) !== null,
  }
}

export async function me(ctx: Ctx, _: unknown, person: Person): Promise<Me> {
  const entry = ctx.caller.partner as NonNullable<Caller['partner']>
  const { id, name, email, alias, status } = partnerOf(ctx)
  const { show_balance, show_alias, show_log, logo_path } = shownTo(ctx)
  const { slug, currency } = ctx.program
  const balances = await shownBalances(ctx)
  return {
    partner: { id, name, email, alias: show_alias ? alias : null, status: status as 'approved' | 'paused' },
    program: {
      ...{ id: ctx.program.id, slug, currency, time_zone: ctx.time_zone },
      ...{ title: titleOf(entry), logo_path: addressOfIcon(logo_path) },
    },
    toggles: { show_balance, show_alias, show_log },
    ...person,
    is_viewing: entry.is_viewing,
    balances: balances?.map(({ currency, balance_cents }) => ({ currency, balance_cents })) ?? null,
    todo: todoOf(await sql.read(ctx), person.has_password || entry.is_viewing),
    clock: { now: ctx.now, is_travelling: ctx.is_travelling },
  }
}

function todoOf(settings: sql.SettingsRow, has_password: boolean): Me['todo'] {
  const { method_name, billing_details, address, company } = settings
  return [
    ...(method_name === null
      ? [{ key: 'payment_method' as const, text: 'Say how you want to be paid.', blocks: 'Payments may be late without it.' }]
      : []),
    ...(billing_details === null && address === null && company === null
      ? [{ key: 'billing_details' as const, text: 'Add your billing details.', blocks: 'Invoices are incomplete without them.' }]
      : []),
    ...(has_password ? [] : [{ key: 'password' as const, text: 'Set a password, to sign in without a link.', blocks: null }]),
  ]
}

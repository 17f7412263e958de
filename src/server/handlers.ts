/** Every endpoint's handler, by the contract's own names: a missing one does not compile. */
import type { Contract } from '../api/contract.ts'
import type { Endpoint } from '../api/endpoint.ts'
import * as campaigns from './campaigns/campaigns.ts'
import * as customPayouts from './campaigns/custom-payouts.ts'
import * as clicks from './conversions/clicks.ts'
import * as conversions from './conversions/conversions.ts'
import * as decisions from './conversions/decisions.ts'
import * as record from './conversions/record.ts'
import * as reversals from './conversions/reversals.ts'
import { type AnyHandler, type Handler, open, plain, streamed } from './handler.ts'
import * as organizations from './organizations/organizations.ts'
import * as setup from './organizations/setup.ts'
import * as partners from './partners/partners.ts'
import * as balances from './payouts/balances.ts'
import * as change from './payouts/change.ts'
import * as draft from './payouts/draft.ts'
import * as payouts from './payouts/payouts.ts'

type Handlers = {
  [N in keyof Contract]: { [V in keyof Contract[N]]: Contract[N][V] extends Endpoint ? Handler<Contract[N][V]> : never }
}

export const handlers: Handlers = {
  organizations: {
    me: plain(organizations.me),
    setup: open(setup.setup),
    createProgram: plain(organizations.createProgram),
    payoutSettings: plain(organizations.payoutSettings),
    changePayoutSettings: plain(organizations.changePayoutSettings),
    conversionTypes: plain(organizations.conversionTypes),
    changeConversionTypes: plain(organizations.changeConversionTypes),
    payoutMethods: plain(organizations.payoutMethods),
  },
  partners: {
    list: plain(partners.list),
    create: plain(partners.create),
    one: plain(partners.one),
    change: plain(partners.change),
  },
  campaigns: {
    list: plain(campaigns.list),
    create: plain(campaigns.create),
    one: plain(campaigns.one),
    change: plain(campaigns.change),
    customPayouts: plain(customPayouts.read),
    changeCustomPayouts: plain(customPayouts.change),
    testCustomPayouts: plain(customPayouts.test),
    setOverride: plain(customPayouts.setOverride),
    removeOverride: plain(customPayouts.removeOverride),
  },
  conversions: {
    record: plain(record.record, { shared: record.shared }),
    list: plain(conversions.list),
    approve: plain(decisions.approve),
    reject: plain(decisions.reject),
    one: plain(conversions.one),
    reverse: plain(reversals.reverse),
    postback: open(clicks.postback),
    click: open(clicks.click),
  },
  payouts: {
    list: plain(payouts.list),
    create: plain(draft.create, { prepare: draft.prepare }),
    balances: plain(balances.list),
    exportPaid: streamed(payouts.exportPaid),
    one: plain(payouts.one),
    change: plain(change.change),
  },
}

export function handlerOf(name: string): AnyHandler {
  const [noun, verb] = name.split('.') as [keyof Handlers, string]
  return (handlers[noun] as Record<string, AnyHandler>)[verb] as AnyHandler
}

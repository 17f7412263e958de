/** Every endpoint's handler, by the contract's own names: a missing one does not compile. */
import type { Contract } from '../api/contract.ts'
import type { Endpoint } from '../api/endpoint.ts'
import * as campaigns from './campaigns/campaigns.ts'
import * as customPayouts from './campaigns/custom-payouts.ts'
import * as clicks from './conversions/clicks.ts'
import * as conversions from './conversions/conversions.ts'
import * as decisions from './conversions/decisions.ts'
import { conversionEngine } from './conversions/import.ts'
import { importsOver } from './conversions/import-jobs.ts'
import { rejects } from './conversions/import-rejects.ts'
import * as record from './conversions/record.ts'
import * as reversals from './conversions/reversals.ts'
import { type AnyHandler, document, type Handler, open, type Prepare, plain, streamed } from './handler.ts'
import { canMail } from './mail.ts'
import * as compliance from './metrics/compliance.ts'
import * as goals from './metrics/goals.ts'
import { metricEngine } from './metrics/import.ts'
import * as observations from './metrics/observations.ts'
import * as videos from './metrics/videos.ts'
import * as icons from './organizations/icons.ts'
import * as invitations from './organizations/invitations.ts'
import * as keys from './organizations/keys.ts'
import * as members from './organizations/members.ts'
import * as methods from './organizations/methods.ts'
import * as organizations from './organizations/organizations.ts'
import * as payer from './organizations/payer.ts'
import * as profile from './organizations/profile.ts'
import * as setup from './organizations/setup.ts'
import * as account from './overview/account.ts'
import * as directory from './overview/directory.ts'
import * as search from './overview/search.ts'
import * as tracker from './overview/tracker.ts'
import * as overview from './overview/work.ts'
import * as channels from './partners/channels.ts'
import * as partners from './partners/partners.ts'
import * as onAccount from './payments/on-account.ts'
import * as payments from './payments/payments.ts'
import * as recordPayment from './payments/record.ts'
import * as release from './payments/release.ts'
import * as balances from './payouts/balances.ts'
import * as change from './payouts/change.ts'
import * as draft from './payouts/draft.ts'
import * as payouts from './payouts/payouts.ts'
import * as portalCampaigns from './portal/campaigns.ts'
import * as entering from './portal/entering.ts'
import * as portalHome from './portal/home.ts'
import * as portalLog from './portal/log.ts'
import * as portalMe from './portal/me.ts'
import * as paymentSettings from './portal/payment-settings.ts'
import * as portalPayments from './portal/payments.ts'
import * as portalPostback from './portal/postback.ts'
import * as portalReport from './portal/report.ts'
import * as portalSettings from './portal/settings.ts'
import * as reference from './reference.ts'
import * as explanation from './statements/explanation.ts'
import * as invoices from './statements/invoices.ts'
import * as monthFiles from './statements/month-files.ts'
import * as settledFiles from './statements/settled-files.ts'
import * as accruals from './structures/accruals.ts'
import * as assignments from './structures/assignments.ts'
import * as leave from './structures/leave.ts'
import * as structures from './structures/structures.ts'

type Handlers = {
  [N in keyof Contract]: { [V in keyof Contract[N]]: Contract[N][V] extends Endpoint ? Handler<Contract[N][V]> : never }
}

/** What a use case must know of the settings of this installation, of which its context knows nothing. */
const mails: Prepare = async app => canMail(app)
const mayCallPrivate: Prepare = async app => app.config.postback_allow_private
const imports = importsOver({ conversions: conversionEngine, metrics: metricEngine })

export const handlers: Handlers = {
  organizations: {
    me: plain(organizations.me),
    setup: open(setup.setup),
    one: plain(profile.one),
    change: plain(profile.change),
    programs: plain(organizations.programs),
    createProgram: plain(organizations.createProgram),
    payoutSettings: plain(organizations.payoutSettings),
    changePayoutSettings: plain(organizations.changePayoutSettings),
    conversionTypes: plain(organizations.conversionTypes),
    changeConversionTypes: plain(organizations.changeConversionTypes),
  },
  members: {
    list: plain(members.list),
    change: plain(members.change),
    remove: plain(members.remove),
  },
  invitations: {
    list: plain(invitations.list),
    create: plain(invitations.create, { prepare: mails }),
    resend: plain(invitations.resend, { prepare: mails }),
    revoke: plain(invitations.revoke),
    look: open(invitations.look),
    accept: open(invitations.accept),
  },
  keys: {
    list: plain(keys.list),
    create: plain(keys.create),
    revoke: plain(keys.revoke),
  },
  methods: {
    list: plain(methods.list),
    create: plain(methods.create),
    one: plain(methods.one),
    change: plain(methods.change),
    remove: plain(methods.remove),
    uploadIcon: plain(icons.upload),
  },
  partners: {
    list: plain(partners.list),
    create: plain(partners.create),
    overview: plain(directory.list),
    changeStatus: plain(partners.changeStatus),
    one: plain(partners.one),
    change: plain(partners.change),
    earnings: plain(account.earnings),
    terms: plain(account.terms),
    activity: plain(account.activity),
  },
  creators: {
    list: plain(channels.list),
    add: plain(channels.add),
    one: plain(channels.one),
    change: plain(channels.change),
    remove: plain(leave.remove),
    removeSeveral: plain(leave.removeSeveral),
  },
  campaigns: {
    list: plain(campaigns.list),
    create: plain(campaigns.create),
    one: plain(campaigns.one),
    change: plain(campaigns.change),
    versions: plain(campaigns.versions),
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
  imports: {
    list: plain(imports.list),
    upload: plain(imports.upload, { prepare: imports.prepareUpload }),
    one: plain(imports.one),
    preview: plain(imports.preview, { prepare: imports.look }),
    run: plain(imports.run, { prepare: imports.look }),
    rejects: streamed(rejects),
    undo: plain(imports.undo),
  },
  earnings: {
    explanation: plain(explanation.explanation),
  },
  payouts: {
    list: plain(payouts.list),
    create: plain(draft.create, { prepare: draft.prepare }),
    balances: plain(balances.list),
    settingsEffect: plain(balances.settingsEffect),
    exportPaid: streamed(payouts.exportPaid),
    one: plain(payouts.one),
    change: plain(change.change),
  },
  payments: {
    list: plain(payments.list),
    record: plain(recordPayment.record),
    one: plain(payments.one),
    change: plain(release.change),
    listOfBrand: plain(payments.listOfProgram),
    oneOfBrand: plain(payments.oneOfProgram),
    reject: plain(release.reject),
  },
  publisherPayouts: {
    list: plain(onAccount.list),
    create: plain(onAccount.create),
    one: plain(onAccount.one),
    change: plain(onAccount.change),
  },
  statements: {
    month: plain(monthFiles.month),
    monthPdf: plain(monthFiles.monthPdf),
    monthCsv: plain(monthFiles.monthCsv),
    ofPayout: plain(settledFiles.ofPayout),
  },
  invoices: {
    settings: plain(payer.invoiceSettings),
    changeSettings: plain(payer.changeInvoiceSettings),
    ofPublisherPayout: plain(invoices.ofOnAccount),
    ofPayout: plain(invoices.ofPayout),
  },
  videos: {
    list: plain(videos.list),
    create: plain(videos.create),
    one: plain(videos.one),
    change: plain(videos.change),
    observe: plain(observations.observe),
    observations: plain(observations.observations),
    observeCreator: plain(observations.observePartner),
    creatorObservations: plain(observations.partnerObservations),
  },
  goals: {
    list: plain(goals.list),
    create: plain(goals.create),
    one: plain(goals.one),
    change: plain(goals.change),
    remove: plain(goals.remove),
    compliance: plain(compliance.compliance),
  },
  structures: {
    list: plain(structures.list),
    create: plain(structures.create),
    one: plain(structures.one),
    totals: plain(structures.totals),
    change: plain(structures.change),
    remove: plain(structures.remove),
    assignments: plain(assignments.assignments),
    assign: plain(assignments.assign),
    unassign: plain(assignments.unassign),
  },
  accruals: {
    list: plain(accruals.list),
    one: plain(accruals.one),
    change: plain(accruals.change),
  },
  overview: {
    work: plain(overview.work),
    search: plain(search.search),
  },
  portal: {
    brand: open(portalSettings.front),
    signInLink: open(entering.signInLink),
    signUp: open(entering.signUp),
    password: plain(entering.password, { prepare: entering.preparePassword }),
    me: plain(portalMe.me, { prepare: portalMe.preparePerson }),
    home: plain(portalHome.home),
    stats: plain(portalReport.stats),
    campaigns: plain(portalCampaigns.campaigns),
    report: plain(portalReport.report),
    payments: plain(portalPayments.payments),
    paymentSettings: plain(paymentSettings.paymentSettings),
    changePaymentSettings: plain(paymentSettings.changePaymentSettings),
    conversions: plain(portalLog.conversions),
    postback: plain(portalPostback.postback),
    changePostback: plain(portalPostback.changePostback, { prepare: mayCallPrivate }),
    testPostback: plain(portalPostback.testPostback, { prepare: portalPostback.prepareTest }),
    statements: plain(portalPayments.statements),
    statement: plain(portalPayments.statement),
    month: plain(portalPayments.month),
    monthFile: plain(portalPayments.monthFile),
    invoices: plain(portalPayments.invoices),
    invoice: plain(portalPayments.invoice),
    settings: plain(portalSettings.settings, { prepare: mails }),
    changeSettings: plain(portalSettings.changeSettings, { prepare: mails }),
    link: plain(entering.link, { prepare: entering.prepareLink }),
  },
  tracker: {
    list: plain(tracker.list),
    series: plain(tracker.series),
    exportAccruals: streamed(tracker.exportAccruals),
    structuresOfPartner: plain(tracker.structuresOfPartner),
  },
  reference: {
    schema: plain(reference.schema),
    openapi: document(reference.openapi),
  },
}

export function handlerOf(name: string): AnyHandler {
  const [noun, verb] = name.split('.') as [keyof Handlers, string]
  return (handlers[noun] as Record<string, AnyHandler>)[verb] as AnyHandler
}

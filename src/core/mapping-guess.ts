/**
 * Looks at a foreign file and proposes how to read it, so that a person has little to say: its encoding, what separates its
 * cells, and which column is which of our fields. A guess is shown before anything is read by it.
 */
import { type Column, plainFields, type RowKind } from './mapping.ts'

export type Format = { delimiter: string; encoding: string }

const DELIMITERS = [',', ';', '\t', '|']

/** The encoding and delimiter of the beginning of a file. */
export function guessFormat(start: Uint8Array): Format {
  const encoding = encodingOf(start)
  const text = new TextDecoder(encoding).decode(start, { stream: true })
  const [line = ''] = text.split(/\r\n|\r|\n/).filter(each => each.trim() !== '')
  const outside = line.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map(each => outside.split(each).length)
  const most = Math.max(...counts)
  return { delimiter: DELIMITERS[counts.indexOf(most)] as string, encoding }
}

/** A byte-order mark says it; else it is UTF-8 when it reads as such, and what Windows writes when not. */
function encodingOf(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** Other words for our fields, as files use them; letters and digits only, in lower case. */
const others: Record<RowKind, Record<string, readonly string[]>> = {
  conversions: {
    external_id: [
      ...['externalid', 'orderid', 'ordernumber', 'orderno', 'order', 'transactionid', 'txnid', 'transaction', 'invoiceno'],
      ...['invoiceid', 'saleid', 'conversionid', 'leadid', 'id'],
    ],
    partner: [
      ...['partner', 'partnerid', 'affiliate', 'affiliateid', 'publisher', 'publisherid', 'pubid', 'affid', 'alias', 'referrer'],
      ...['ref', 'source', 'reseller', 'customerid', 'creator', 'creatorid'],
    ],
    revenue: ['revenue', 'amount', 'total', 'ordertotal', 'saleamount', 'sum', 'value', 'price', 'subtotal'],
    revenue_cents: ['revenuecents', 'amountcents', 'totalcents'],
    currency: ['currency', 'currencycode'],
    occurred_at: [
      ...['occurredat', 'date', 'datetime', 'time', 'timestamp', 'createdat', 'created', 'orderdate', 'invoicedate', 'saledate'],
      ...['conversiondate', 'eventtime'],
    ],
    country: ['country', 'countrycode', 'geo'],
    os: ['os', 'operatingsystem', 'platform'],
    type: ['type', 'conversiontype', 'event', 'eventname', 'goal'],
    status: ['status', 'state'],
    click_id: ['clickid', 'click'],
    coupon_code: ['couponcode', 'coupon', 'discountcode', 'promocode', 'voucher'],
    event_id: ['eventid'],
    payout: ['payout', 'commission'],
    payout_cents: ['payoutcents', 'commissioncents'],
  },
  metrics: {
    creator: ['creator', 'channel', 'channeltitle', 'channelname', 'author', 'username', 'partner', 'account'],
    handle: ['handle', 'channelhandle', 'tiktokhandle'],
    platform: ['platform', 'network'],
    video: ['video', 'videoid', 'postid', 'externalid', 'post'],
    title: ['title', 'videotitle', 'caption'],
    url: ['url', 'link', 'videourl'],
    posted_at: ['postedat', 'publishedat', 'publishtime', 'uploaddate'],
    captured_at: ['capturedat', 'date', 'datetime', 'day', 'timestamp', 'trendingdate', 'observedat'],
    view_count: ['viewcount', 'views', 'view', 'plays', 'playcount'],
    like_count: ['likecount', 'likes', 'hearts'],
    comment_count: ['commentcount', 'comments', 'commenttotal'],
    share_count: ['sharecount', 'shares'],
    save_count: ['savecount', 'saves', 'bookmarks'],
    follower_count: ['followercount', 'followers', 'subscribers', 'subscribercount'],
  },
}

const plain = (header: string): string => header.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The column of each field that its header gives away; the nearest word for a field wins, and no column serves twice. */
export function proposeColumns(headers: readonly string[], kind: RowKind): Record<string, Column> {
  const free = new Map(headers.map(header => [plain(header), header]).reverse() as [string, string][])
  const found: Record<string, Column> = {}
  for (const field of plainFields[kind]) {
    for (const word of [plain(field), ...(others[kind][field] ?? [])]) {
      const header = free.get(word)
      if (header === undefined || twins(field).some(twin => twin in found)) continue
      found[field] = header
      free.delete(word)
      break
    }
  }
  return { ...found, ...(kind === 'conversions' && { ...productIn(headers, found), ...subsIn(headers) }) }
}

/** What was paid in all, where a file names how many and for how much each. */
function productIn(headers: readonly string[], found: Record<string, Column>): Record<string, Column> {
  const named = (...words: string[]) => headers.find(header => words.includes(plain(header)))
  const [count, price] = [named('quantity', 'qty', 'units'), named('unitprice', 'priceeach', 'itemprice')]
  return count && price && !('revenue' in found) && !('revenue_cents' in found) ? { revenue: { multiply: [count, price] } } : {}
}

/** A file names an amount in major units or in minor ones; a video or a follower count. */
const twins = (field: string): string[] =>
  [
    ['revenue', 'revenue_cents'],
    ['payout', 'payout_cents'],
  ].flatMap(pair => (pair.includes(field) ? pair.filter(other => other !== field) : []))

function subsIn(headers: readonly string[]): Record<string, Column> {
  const subs = headers.flatMap(header => {
    const [, number] = /^sub(?:id)?[ _-]?([1-9]|1\d|20)$/i.exec(header) ?? []
    return number === undefined ? [] : [[`subs.sub${number}`, header] as const]
  })
  return Object.fromEntries(subs)
}

/** Whether headers look like those of metrics: something was viewed, liked or followed. */
export const guessKind = (headers: readonly string[]): RowKind => {
  const fields = Object.keys(proposeColumns(headers, 'metrics'))
  return fields.some(field => field.endsWith('_count')) && fields.includes('captured_at') ? 'metrics' : 'conversions'
}

/** Patterns of dates by how they look, most likely first; null is ISO 8601. */
const DATES: readonly [RegExp, string | null][] = [
  [/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$/, null],
  [/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, 'yyyy-MM-dd HH:mm:ss'],
  [/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/, 'yyyy-MM-dd HH:mm'],
  [/^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}$/, 'd.M.yyyy H:mm:ss'],
  [/^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}$/, 'd.M.yyyy H:mm'],
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, 'd.M.yyyy'],
  [/^\d{1,2}\.\d{1,2}$/, 'd.M'],
]
const SLASHED = /^(\d{1,2})\/(\d{1,2})\/(\d{4})( \d{1,2}:\d{2}(:\d{2})?)?$/

/** The pattern that all of these dates follow; null is ISO 8601, or none that we know. Days come first unless one cannot be a month. */
export function guessDateFormat(samples: readonly string[]): string | null {
  const dates = samples.map(sample => sample.trim()).filter(sample => sample !== '')
  if (dates.length === 0) return null
  const known = DATES.find(([shape]) => dates.every(date => shape.test(date)))
  if (known) return known[1]
  const slashed = dates.map(date => SLASHED.exec(date))
  if (slashed.some(match => match === null)) return null
  const is_month_first = slashed.some(match => Number(match?.[2]) > 12)
  const [, , , , time, seconds] = slashed[0] as RegExpExecArray
  return `${is_month_first ? 'M/d' : 'd/M'}/yyyy${time ? ' H:mm' : ''}${seconds ? ':ss' : ''}`
}

/** The mark in these numbers: a comma when it stands last before one or two digits. */
export const guessDecimal = (samples: readonly string[]): '.' | ',' =>
  samples.some(sample => /,\d{1,2}$/.test(sample.trim())) && !samples.some(sample => /\.\d{1,2}$/.test(sample.trim())) ? ',' : '.'

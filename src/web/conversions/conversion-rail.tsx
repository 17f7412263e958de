import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { subNames } from '../../core/conversion.ts'
import { actorText } from '../shared/actor.ts'
import { figure, money } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Facts, Rail, RailSection } from '../shared/rail.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import css from './conversions.module.css'
import { type ConversionDetail, conversionQuery } from './queries.ts'
import { RailActions } from './rail-actions.tsx'
import { StatusPill } from './status.tsx'

type RailProps = {
  conversion_id: string
  row: string
  onMove: (id: string) => void
  onClose: () => void
}

/** One conversion: what it brought and pays, whose it is, what it came with, and all that happened to it. */
export function ConversionRail({ conversion_id, row, onMove, onClose }: RailProps) {
  const { brand, is_admin } = useSession()
  const { data, error, refetch } = useQuery(conversionQuery(brand.id, conversion_id))
  return (
    <Rail
      label={data ? `Conversion ${data.external_id}, ${data.partner_name}` : 'Conversion'}
      kicker="Conversion"
      pill={data && <StatusPill row={data} />}
      title={data?.external_id}
      amount={
        data && (
          <>
            {figure(data.commission_cents - data.reversed_commission_cents, data.commission_currency)}{' '}
            <span className="currency">{data.commission_currency}</span>
          </>
        )
      }
      row={row}
      onMove={onMove}
      onClose={onClose}
    >
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && (
        <>
          {data.because && <p className={css.because}>{data.because}</p>}
          {is_admin && <RailActions key={data.status} conversion={data} />}
          <Sums conversion={data} />
          <Origin conversion={data} />
          <Subs title="Subs" subs={data.subs} />
          <Subs title="Conversion subs" subs={data.conversion_subs} />
          <Click conversion={data} />
          <History conversion={data} />
          <Reversals conversion={data} />
        </>
      )}
    </Rail>
  )
}

/** Revenue, payout, and what is left to the brand: each less what was taken back. */
function Sums({ conversion: c }: { conversion: ConversionDetail }) {
  const revenue = c.revenue_cents - c.reversed_cents
  const payout = c.commission_cents - c.reversed_commission_cents
  return (
    <Facts
      facts={[
        ['Revenue', <Net key="revenue" now={revenue} was={c.revenue_cents} currency={c.currency} />],
        ['Payout', <Net key="payout" now={payout} was={c.commission_cents} currency={c.commission_currency} />],
        ['Profit', c.currency === c.commission_currency ? money(revenue - payout, c.currency) : 'In two currencies'],
      ]}
    />
  )
}

const Net = ({ now, was, currency }: { now: number; was: number; currency: string }) => (
  <>
    {money(now, currency)}
    {now !== was && (
      <span className={css.quiet}>
        {' '}
        {figure(was, currency)} less {figure(was - now, currency)} taken back
      </span>
    )}
  </>
)

function Origin({ conversion: c }: { conversion: ConversionDetail }) {
  return (
    <RailSection title="Whose it is">
      <Facts
        facts={[
          [
            'Partner',
            <Link key="partner" className={css.link} to="/partners/$partner_id" params={{ partner_id: c.partner_id }} search={{}}>
              {c.partner_name}
            </Link>,
          ],
          [
            'Campaign',
            <Link
              key="campaign"
              className={css.link}
              to="/campaigns/$campaign_id"
              params={{ campaign_id: c.campaign_id }}
              search={{}}
            >
              {c.campaign_name}
            </Link>,
          ],
          ['Type', c.type],
          ['Occurred', <DateText key="occurred" at={c.occurred_at} />],
          c.status === 'hold' ? ['Released', <DateText key="held" at={c.held_until} />] : ['Released', null],
          [
            'In payout',
            c.payout && (
              <Link key="payout" className={css.link} to="/payouts" search={{ payout: c.payout.id }}>
                No. {c.payout.number}, {c.payout.status}
              </Link>
            ),
          ],
          ['Reason', c.reason],
          ['Sent as', c.posted_status === 'approved' ? null : c.posted_status],
          ['Payout sent', c.posted_payout_cents === null ? null : money(c.posted_payout_cents, c.currency)],
          ['Coupon', c.coupon_code],
          ['Event id', c.event_id],
          ['Id', <code key="id">{c.id}</code>],
        ]}
      />
    </RailSection>
  )
}

/** sub1 to sub20, in their order. */
function Subs({ title, subs }: { title: string; subs: Record<string, string> | null }) {
  const named = subNames.flatMap(name => (subs?.[name] === undefined ? [] : [[name, subs[name]] as const]))
  if (named.length === 0) return null
  return (
    <RailSection title={title}>
      <Facts facts={named} />
    </RailSection>
  )
}

function Click({ conversion: c }: { conversion: ConversionDetail }) {
  const facts: (readonly [string, ReactNode])[] = [
    ['Clicked', c.click && <DateText at={c.click.clicked_at} />],
    ['Country', c.country],
    ['OS', c.os],
    ['Click id', c.click_id && <code>{c.click_id}</code>],
  ]
  if (facts.every(([, value]) => value === null)) return null
  return (
    <RailSection title="Click">
      <Facts facts={facts} />
    </RailSection>
  )
}

const stepWords = { recorded: 'Recorded', approved: 'Approved', rejected: 'Rejected', reversed: 'Taken back' } as const

function History({ conversion: { history } }: { conversion: ConversionDetail }) {
  return (
    <RailSection title="History">
      <ol className={css.history}>
        {history.map(({ step, at, by, reason }) => (
          <li key={`${step} ${at}`}>
            <strong>{stepWords[step]}</strong>
            {by && <span> by {actorText(by)}</span>}
            <span className={css.day}>
              <DateText at={at} />
            </span>
            {reason && <p>{reason}</p>}
          </li>
        ))}
      </ol>
    </RailSection>
  )
}

function Reversals({ conversion: { reversals, currency, commission_currency } }: { conversion: ConversionDetail }) {
  if (reversals.length === 0) return null
  return (
    <RailSection title="Reversals">
      <ul className={css.reversals}>
        {reversals.map(reversal => (
          <li key={reversal.id}>
            <span>
              {reversal.reason} <DateText at={reversal.recorded_at} />
            </span>
            <span className={css.taken}>
              {money(-reversal.revenue_cents, currency)} revenue
              <br />
              {money(reversal.commission_cents, commission_currency)} payout
            </span>
          </li>
        ))}
      </ul>
    </RailSection>
  )
}

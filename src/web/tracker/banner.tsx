import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Cents } from '../../core/money.ts'
import { figure, money } from '../shared/amount.tsx'
import { counted } from '../shared/counted.ts'
import { useSession } from '../shell/session.tsx'
import type { Totals } from './queries.ts'
import css from './tracker.module.css'

type BannerProps = { totals: readonly Totals[] | undefined; is_filtered: boolean; is_owed_only: boolean }

/** What is earned and unpaid, and to how many partners; beside it what was earned and paid. All of it follows the filter. */
export function Banner({ totals, is_filtered, is_owed_only }: BannerProps) {
  const navigate = useNavigate({ from: '/tracker' })
  const owed = totals?.filter(each => each.outstanding_cents > 0) ?? []
  const partners = Math.max(0, ...owed.map(each => each.outstanding_partner_count))
  const held = owed.filter(each => each.in_payouts_cents > 0)
  return (
    <section className={css.banner} aria-label="Outstanding balance" aria-busy={totals === undefined}>
      <div className={css.owed}>
        <h2>Outstanding{is_filtered && <span className={css.quiet}> in this filter</span>}</h2>
        <Figures totals={totals} shown={owed} pick={each => each.outstanding_cents} />
        {totals && (
          <p className={css.quiet}>
            {owed.length === 0 ? 'Everything earned is paid.' : `Earned and not paid yet, by ${counted(partners, 'partner')}.`}
            {held.map(each => ` ${money(each.in_payouts_cents, each.currency)} of it is held by payouts.`)}
          </p>
        )}
      </div>
      <Beside name="Earned" totals={totals} pick={each => each.earned_cents} />
      <Beside name="Paid" totals={totals} pick={each => each.paid_cents}>
        {totals
          ?.filter(each => each.without_partner_cents > 0)
          .map(each => (
            <p key={each.currency} className={css.quiet}>
              {money(each.without_partner_cents, each.currency)} ad hoc, to no partner
            </p>
          ))}
      </Beside>
      <Button
        variant="default"
        className={css.bannerButton}
        aria-pressed={is_owed_only}
        onClick={() =>
          void navigate({ search: before => ({ ...before, status: is_owed_only ? undefined : 'earned' }), replace: true })
        }
      >
        {is_owed_only ? 'Show everything' : 'Show who is owed'}
      </Button>
    </section>
  )
}

type FiguresProps = { totals: readonly Totals[] | undefined; shown: readonly Totals[]; pick: (total: Totals) => Cents }

function Figures({ totals, shown, pick }: FiguresProps) {
  const { brand } = useSession()
  if (!totals) return <p className={css.bannerFigure}>…</p>
  const figures = shown.map(each => ({ currency: each.currency, cents: pick(each) }))
  return (figures.length > 0 ? figures : [{ currency: brand.currency, cents: 0 }]).map(({ currency, cents }) => (
    <p key={currency} className={css.bannerFigure}>
      {figure(cents, currency)} <span className={css.unit}>{currency}</span>
    </p>
  ))
}

type BesideProps = { name: string; totals: readonly Totals[] | undefined; pick: (total: Totals) => Cents; children?: ReactNode }

const Beside = ({ name, totals, pick, children }: BesideProps) => (
  <div className={css.beside}>
    <h2>{name}</h2>
    <Figures totals={totals} shown={totals?.filter(each => pick(each) > 0) ?? []} pick={pick} />
    {children}
  </div>
)

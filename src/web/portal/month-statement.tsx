import { ActionIcon } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { contract } from '../../api/contract.ts'
import { addressOf } from '../../client/client.ts'
import { Amount } from '../shared/amount.tsx'
import { DateText } from '../shared/date-text.tsx'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import css from './parts.module.css'
import { type MonthStatement as Month, monthQuery } from './queries.ts'
import { monthBeside } from './ranges.ts'
import { usePortal } from './session.tsx'

/** The account of one month: what it began with, what came and went, what it closed with. Source: market 4.4. */
export function MonthStatement() {
  const { who } = usePortal()
  const { month } = useSearch({ from: '/portal/payments' })
  const { data, error, refetch } = useQuery({ ...monthQuery(who, month), placeholderData: keepPreviousData })
  return (
    <Section id="statement" title="Statement" aside={data && <Choice statement={data} />}>
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data?.currencies.map(each => (
        <Account key={each.currency} account={each} is_running={data.is_running} />
      ))}
    </Section>
  )
}

const nameOf = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))

/** Which month, and the same to keep. */
function Choice({ statement }: { statement: Month }) {
  const { who } = usePortal()
  const navigate = useNavigate({ from: '/portal/payments' })
  const { month, first_month, is_running } = statement
  const move = (by: 1 | -1) => void navigate({ search: before => ({ ...before, month: monthBeside(month, by) }), replace: true })
  const file = (format: 'pdf' | 'csv') => addressOf(contract.portal.monthFile.path, {}, { ...who, month, format })
  return (
    <span className={css.months}>
      {month > first_month && (
        <ActionIcon variant="subtle" color="gray" aria-label="Month before" onClick={() => move(-1)}>
          <IconChevronLeft size={16} aria-hidden="true" />
        </ActionIcon>
      )}
      <span className={css.strong}>{nameOf(month)}</span>
      {!is_running && (
        <ActionIcon variant="subtle" color="gray" aria-label="Next month" onClick={() => move(1)}>
          <IconChevronRight size={16} aria-hidden="true" />
        </ActionIcon>
      )}
      <span className={css.papers}>
        <a href={file('pdf')} download aria-label={`Statement of ${nameOf(month)} as PDF`}>
          PDF
        </a>
        <a href={file('csv')} download aria-label={`Statement of ${nameOf(month)} as CSV`}>
          CSV
        </a>
      </span>
    </span>
  )
}

type AccountProps = { account: Month['currencies'][number]; is_running: boolean }

function Account({ account, is_running }: AccountProps) {
  const { currency, opening_cents, closing_cents, entries } = account
  return (
    <ul className={css.account} aria-label={`Statement in ${currency}`}>
      <li>
        <span>Opening balance</span>
        <Amount cents={opening_cents} currency={currency} />
      </li>
      {entries.map(entry => (
        <li key={`${entry.on}${entry.kind}${entry.payment_id}${entry.payout_id}${entry.text}`}>
          <span>
            <span className={css.day}>
              <DateText at={entry.on} />
            </span>
            {entry.text}
          </span>
          <Amount cents={entry.amount_cents} currency={currency} />
        </li>
      ))}
      <li className={css.closing}>
        <span>{is_running ? 'Balance now' : 'Closing balance'}</span>
        <Amount cents={closing_cents} currency={currency} />
      </li>
    </ul>
  )
}

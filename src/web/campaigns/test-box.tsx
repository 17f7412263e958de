import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { precedence, type TableKey, tableKeys, tableOf } from '../../core/custom-payout.ts'
import { api } from '../api.ts'
import { money } from '../shared/amount.tsx'
import { fieldErrors } from '../shared/field-errors.ts'
import { centsOf, MoneyField } from '../shared/money-field.tsx'
import { Section } from '../shared/page.tsx'
import { PartnerField } from '../shared/partner-field.tsx'
import { useSession } from '../shell/session.tsx'
import type { Campaign, Tables, TestBody, Tested } from './queries.ts'
import css from './test-box.module.css'

type BoxProps = {
  campaign: Campaign
  currency: string
  tables: Tables
  /** Why nothing can be tested now; empty when it can. */
  reason: string
}
const nothing = { publisher: '', country: '', os: '', type: '', revenue: '', subs: '', conversion_subs: '' }
type Asked = typeof nothing

/** What one conversion would earn with the lines as they stand here, saved or not: which line wins, and why the others lose. */
export function TestBox({ campaign, currency, tables, reason }: BoxProps) {
  const { brand } = useSession()
  const [asked, setAsked] = useState<Asked>(nothing)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const test = useMutation({
    mutationFn: (body: TestBody) =>
      api.campaigns.testCustomPayouts({ params: { brand_id: brand.id, campaign_id: campaign.id }, body }),
    onError: error => setErrors(fieldErrors(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = bodyOf(asked, currency)
    setErrors(read.errors)
    const texts = Object.fromEntries(tableKeys.map(key => [key, tables[key] ?? '']))
    if (Object.keys(read.errors).length === 0) test.mutate({ ...read.body, tables: texts })
  }
  const field = (name: keyof Asked) => ({
    value: asked[name],
    error: errors[name],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => setAsked({ ...asked, [name]: event.currentTarget.value }),
  })
  return (
    <Section id="test" title="Test">
      <p className={css.lead}>What would a conversion earn with the lines above, saved or not? Nothing is stored.</p>
      <div className={css.box}>
        <form className={css.form} onSubmit={submit} aria-label="Test">
          <PartnerField label="Publisher" value={asked.publisher} onChange={publisher => setAsked({ ...asked, publisher })} />
          <TextInput label="Country" placeholder="US" maxLength={10} {...field('country')} />
          <TextInput label="OS" placeholder="iOS 17" maxLength={50} {...field('os')} />
          <TextInput label="Type" placeholder="sale" maxLength={50} {...field('type')} />
          <TextInput label="Subs of the click" placeholder="sub1=12347, sub2=red" {...field('subs')} />
          <TextInput label="Conversion subs" placeholder="sub1=product1" {...field('conversion_subs')} />
          <MoneyField
            label="Revenue"
            placeholder="as the campaign"
            currency={currency}
            value={asked.revenue}
            error={errors.revenue}
            onChange={revenue => setAsked({ ...asked, revenue })}
          />
          <Button type="submit" variant="default" loading={test.isPending} disabled={reason !== ''}>
            {reason || 'Test'}
          </Button>
        </form>
        <div aria-live="polite">{test.data ? <Result tested={test.data.data} /> : <p className={css.lead}>No test yet.</p>}</div>
        <Precedence winner={test.data?.data.winner.tab} />
      </div>
    </Section>
  )
}

const SUB = /^(sub(?:[1-9]|1\d|20))\s*=\s*(.+)$/

/** `sub1=12347, sub2=red` by name; null when it is not written like that. */
function subsOf(text: string): Record<string, string> | null {
  const written = text.split(',').filter(part => part.trim() !== '')
  const parts = written.map(part => SUB.exec(part.trim()))
  return parts.every(part => part !== null) ? Object.fromEntries(parts.map(part => [part[1], part[2]])) : null
}

function bodyOf(asked: Asked, currency: string): { body: TestBody; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  const revenue_cents = asked.revenue.trim() === '' ? undefined : centsOf(asked.revenue, currency)
  if (revenue_cents === null) errors.revenue = `Write an amount of ${currency}, for example 80.00.`
  const subs = (name: 'subs' | 'conversion_subs') => {
    if (asked[name].trim() === '') return undefined
    const read = subsOf(asked[name])
    if (read === null) errors[name] = 'Write them like sub1=12347, sub2=red.'
    return read ?? undefined
  }
  const text = (name: keyof Asked) => asked[name].trim() || undefined
  const body = {
    ...{ publisher: text('publisher'), country: text('country'), os: text('os'), type: text('type'), currency },
    ...{ subs: subs('subs'), conversion_subs: subs('conversion_subs'), revenue_cents: revenue_cents ?? undefined },
  }
  return { body, errors }
}

const titleOf = (tab: string): string => tableOf[tab as TableKey]?.title ?? 'Campaign rate'

function Result({ tested: { winner, amount_cents, currency, because, losers } }: { tested: Tested }) {
  return (
    <div className={css.result} data-testid="tested">
      <p className={css.amount}>{money(amount_cents, currency)}</p>
      <p>{because}</p>
      <dl aria-label="Winner">
        <dt>Winner</dt>
        <dd>
          {titleOf(winner.tab)}
          {winner.line !== null && ` line ${winner.line}`} {winner.text && <code>{winner.text}</code>}
        </dd>
        {winner.model && (
          <>
            <dt>Value</dt>
            <dd>
              {winner.value} {winner.model === 'percent' ? '% of the revenue' : `${currency} a conversion`}
            </dd>
          </>
        )}
      </dl>
      {losers.length > 0 && <Losers losers={losers} />}
    </div>
  )
}

const SHOWN = 100

const Losers = ({ losers }: { losers: Tested['losers'] }) => (
  <table className={css.losers}>
    <caption>Lines that lost</caption>
    <thead>
      <tr>
        <th scope="col">Line</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      {losers.slice(0, SHOWN).map(({ tab, line, text, why }) => (
        <tr key={`${tab} ${line}`}>
          <td>
            {titleOf(tab)} {line} <code>{text}</code>
          </td>
          <td>{why}</td>
        </tr>
      ))}
      {losers.length > SHOWN && (
        <tr>
          <td colSpan={2}>and {(losers.length - SHOWN).toLocaleString('en')} more</td>
        </tr>
      )}
    </tbody>
  </table>
)

/** Which table wins when several match: the constant list of the core, first to last. */
const Precedence = ({ winner }: { winner: string | undefined }) => (
  <div className={css.precedence}>
    <h3 id="precedence">Which table wins</h3>
    <ol aria-labelledby="precedence">
      {[...precedence, 'default'].map(tab => (
        <li key={tab} data-on={tab === winner || undefined} aria-current={tab === winner ? 'true' : undefined}>
          {titleOf(tab)}
        </li>
      ))}
    </ol>
  </div>
)

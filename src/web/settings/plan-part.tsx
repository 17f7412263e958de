import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { limitOf, limitWords, type Plan, plans } from '../../core/plan.ts'
import { tell } from '../api.ts'
import { Confirm } from '../shared/confirm.tsx'
import table from '../shared/table.module.css'
import { useSession } from '../shell/session.tsx'
import { useOrganizationChange } from './organization-page.tsx'
import type { Organization } from './queries.ts'
import css from './settings.module.css'

const labels: Record<Plan, string> = { free: 'Free', starter: 'Starter', ultra: 'Ultra', unlimited: 'Unlimited' }

/** The plan, which the admin of an own installation chooses, and how much of each limit is used. Source: spec B4. */
export function PlanPart({ organization }: { organization: Organization }) {
  const { me } = useSession()
  const [asked, setAsked] = useState<Plan | null>(null)
  const change = useOrganizationChange()
  const changed = (plan: Plan) => {
    setAsked(null)
    tell(`The plan is ${labels[plan]} now.`)
  }
  return (
    <>
      <div className={css.row}>
        <NativeSelect
          label="Plan"
          data={plans.map(value => ({ value, label: labels[value] }))}
          value={organization.plan}
          disabled={me.role !== 'admin'}
          onChange={event => setAsked(event.currentTarget.value as Plan)}
        />
        <p className={css.effect}>
          This installation is yours, and so is the choice: Unlimited sets no limit. The others are for those who host
          organizations of others.
        </p>
      </div>
      <Usage organization={organization} />
      {asked && asked !== organization.plan && (
        <Confirm
          title={`Change the plan to ${labels[asked]}?`}
          action={`Change to ${labels[asked]}`}
          is_pending={change.isPending}
          onConfirm={() => change.mutate({ plan: asked }, { onSuccess: () => changed(asked) })}
          onClose={() => setAsked(null)}
        >
          <p>{lostBy(organization, asked)}</p>
        </Confirm>
      )}
    </>
  )
}

/** What a plan would leave no room for. What there is stays, whatever the plan. */
function lostBy({ limits }: Organization, plan: Plan): string {
  const over = limits.filter(each => each.current > limitOf(plan, each.limit_key))
  const names = [...new Set(over.map(each => limitWords[each.limit_key].counts.toLowerCase()))]
  const keys = limitOf(plan, 'max_api_requests_per_day') === 0 ? ' API keys may ask nothing on this plan.' : ''
  if (names.length === 0) return `Everything there is has room in it.${keys}`
  return `What there is stays, but there is no room for more: ${names.join(', ')}.${keys}`
}

function Usage({ organization: { limits } }: { organization: Organization }) {
  const { me } = useSession()
  return (
    <table className={table.table} aria-label="Usage" style={{ marginTop: 12 }}>
      <thead>
        <tr>
          <th scope="col">Limit</th>
          <th scope="col" className={table.number}>
            Used
          </th>
          <th scope="col" className={table.number}>
            Of
          </th>
          <th scope="col" className={css.meterCell}>
            <span className={table.hidden}>Share</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {limits.map(({ limit_key, project_id, current, max }) => (
          <tr key={`${limit_key}${project_id ?? ''}`}>
            <th scope="row">
              {limitWords[limit_key].counts}
              {project_id && <span className={css.more}>{me.brands.find(brand => brand.id === project_id)?.name}</span>}
            </th>
            <td className={table.number}>{current.toLocaleString('en')}</td>
            <td className={table.number}>{max === null ? 'no limit' : max.toLocaleString('en')}</td>
            <td className={css.meterCell}>{max !== null && <Meter current={current} max={max} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Meter = ({ current, max }: { current: number; max: number }) => (
  <div className={css.meter} data-full={current >= max || undefined}>
    <span style={{ width: `${max === 0 ? 100 : Math.min(100, (current * 100) / max)}%` }} />
  </div>
)

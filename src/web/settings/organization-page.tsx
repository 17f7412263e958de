import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Plan } from '../../core/plan.ts'
import { api, tell } from '../api.ts'
import { fieldErrors } from '../shared/field-errors.ts'
import { Section } from '../shared/page.tsx'
import shared from '../shared/shared.module.css'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { PlanPart } from './plan-part.tsx'
import { Programs } from './programs.tsx'
import { type Organization, organizationQuery, useSessionWrite } from './queries.ts'
import { SaveButton } from './save-button.tsx'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

const zones = Intl.supportedValuesOf('timeZone')

export type OrganizationChange = { name?: string; time_zone?: string; plan?: Plan }

export const useOrganizationChange = () =>
  useSessionWrite((body: OrganizationChange, idempotency_key) => api.organizations.change({ body, idempotency_key }))

/** The organization itself: name and time zone, its plan with what is used of it, and its programs. */
export function OrganizationPage() {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(organizationQuery(brand.id))
  return (
    <SettingsPage title="Organization">
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && (
        <>
          <Identity key={`${data.name}${data.time_zone}`} organization={data} />
          <Section id="plan" title="Plan and usage">
            <PlanPart organization={data} />
          </Section>
          <Programs />
        </>
      )}
    </SettingsPage>
  )
}

function Identity({ organization }: { organization: Organization }) {
  const { me } = useSession()
  const may_change = me.role === 'admin'
  const stands = organization.time_zone_stands
  const [name, setName] = useState(organization.name)
  const [time_zone, setZone] = useState(organization.time_zone)
  const save = useOrganizationChange()
  const faults = fieldErrors(save.error)
  const changes = {
    ...(name.trim() !== organization.name && { name: name.trim() }),
    ...(time_zone !== organization.time_zone && { time_zone }),
  }
  const is_same = Object.keys(changes).length === 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!is_same && name.trim() !== '') save.mutate(changes, { onSuccess: () => tell('The organization is saved.') })
  }
  return (
    <form className={`${css.form} ${css.wide}`} onSubmit={submit} noValidate>
      <div className={css.row}>
        <TextInput
          label="Organization name"
          maxLength={100}
          readOnly={!may_change}
          value={name}
          error={name.trim() === '' ? 'Type a name' : faults.name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <p className={css.effect}>The payer on statements and invoices, unless Invoices names a legal name.</p>
      </div>
      <div className={css.row}>
        <NativeSelect
          label="Time zone"
          data={zones.includes(organization.time_zone) ? zones : [organization.time_zone, ...zones]}
          value={time_zone}
          disabled={!may_change || stands !== null}
          error={faults.time_zone}
          onChange={event => setZone(event.currentTarget.value)}
        />
        <p className={css.effect}>
          {stands ??
            'Where each day, week and month begins. It can change until something is earned or a partner is put on a structure.'}
        </p>
      </div>
      {may_change && (
        <div className={shared.buttons}>
          <SaveButton is_pending={save.isPending} reason={is_same ? 'Nothing is changed yet' : null}>
            Save organization
          </SaveButton>
        </div>
      )}
    </form>
  )
}

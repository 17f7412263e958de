import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { dayOf } from '../../core/calendar.ts'
import { useSession } from '../shell/session.tsx'
import { methodsQuery, type Recording } from './queries.ts'
import css from './tracker.module.css'

export type Sent = { method_id: string; day: string; tracking_url: string; note: string }

/** The day it is, by the server's clock and in the zone of the organization. */
export function useToday(): string {
  const { me, time_zone } = useSession()
  return dayOf(me.clock.now, time_zone)
}

export const Optional = ({ name }: { name: string }) => (
  <>
    {name} <span className={css.optional}>optional</span>
  </>
)

type FieldsProps = { sent: Sent; onChange: (sent: Sent) => void; faultOf: (path: string) => string | undefined }

/** How and when money was sent: what every payment says, whatever it pays. */
export function PaymentFields({ sent, onChange, faultOf }: FieldsProps): ReactNode {
  const { data: methods = [] } = useQuery(methodsQuery)
  const today = useToday()
  const active = methods.filter(method => method.is_active).map(({ id, name }) => ({ value: id, label: name }))
  const set = (change: Partial<Sent>) => onChange({ ...sent, ...change })
  return (
    <>
      <div className={css.pair}>
        <NativeSelect
          label="Method"
          required
          withAsterisk={false}
          value={sent.method_id}
          error={faultOf('method_id')}
          data={[{ value: '', label: 'Choose a method', disabled: true }, ...active]}
          onChange={event => set({ method_id: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Date"
          required
          withAsterisk={false}
          max={today}
          value={sent.day}
          error={faultOf('paid_at')}
          onChange={event => set({ day: event.currentTarget.value })}
        />
      </div>
      <TextInput
        type="url"
        label={<Optional name="Receipt link" />}
        placeholder="https://"
        maxLength={2000}
        autoComplete="off"
        value={sent.tracking_url}
        error={faultOf('tracking_url')}
        onChange={event => set({ tracking_url: event.currentTarget.value })}
      />
      <Textarea
        label={<Optional name="Note" />}
        maxLength={2000}
        rows={2}
        value={sent.note}
        error={faultOf('note')}
        onChange={event => set({ note: event.currentTarget.value })}
      />
    </>
  )
}

/** As the server takes it: today is now, an earlier day is an instant of it in the zone of the organization. */
export function sentBody({ method_id, day, tracking_url, note }: Sent, today: string, time_zone: string): Partial<Recording> {
  return {
    method_id: method_id || null,
    ...(tracking_url.trim() && { tracking_url: tracking_url.trim() }),
    ...(note.trim() && { note: note.trim() }),
    ...(day !== today && { paid_at: instantOf(day, time_zone) }),
  }
}

/** Noon in UTC, where the zone has that day by then; else midnight: no zone is further than 14 hours ahead. */
const instantOf = (day: string, time_zone: string): string => {
  const noon = `${day}T12:00:00.000Z`
  return dayOf(noon, time_zone) === day ? noon : `${day}T00:00:00.000Z`
}

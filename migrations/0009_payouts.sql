-- What the payouts page asks: the largest payouts of a filter, and what is taken back on tabs that are about to be paid.
create index payouts_by_amount on payouts (org_id, program_id, amount_cents, id);
-- Earnings never change, so their amount can be in it.
create index earnings_clawbacks on earnings (org_id, program_id, tab_id) include (amount_cents, earned_on) where kind = 'clawback';

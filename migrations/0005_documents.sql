-- Invoices: who pays, as they say it; a number and an issue date that a payment keeps for good.
alter table programs
  add column legal_name text,
  add column legal_address text,
  add column vat_id text,
  add column billing_text text,
  add column self_billing boolean not null default false;

-- The digest of what an invoice says tells whether it was revised since it was issued: its bytes are made anew each time.
alter table payments
  add column invoiced_at timestamptz,
  add column invoice_digest text,
  add column invoice_revised_at timestamptz,
  add constraint payments_invoice check
    ((invoice_number is null) = (invoiced_at is null) and (invoice_number is null) = (invoice_digest is null));
create unique index payments_invoice_number on payments (org_id, program_id, invoice_number) where invoice_number is not null;

-- As before, and: an invoice is numbered once, never for money that was refused or came back, and keeps number and date.
create or replace function guard_payment() returns trigger language plpgsql as $$
declare movable text[] := '{status,status_reason,released_count,metadata,readme,note,voided_at,voided_by,invoice_number,invoiced_at,
  invoice_digest,invoice_revised_at}';
begin
  if old.origin = 'on_account' then movable := movable || '{total_amount_cents,advance_count}'; end if;
  if (to_jsonb(old) - movable) <> (to_jsonb(new) - movable) then
    raise exception 'payment % is a record and cannot change', old.id using errcode = 'restrict_violation';
  end if;
  if old.status <> new.status and (old.origin = 'payout' or (old.origin = 'direct' and old.status <> 'paid')) then
    raise exception 'payment %: % stands', old.id, old.status using errcode = 'restrict_violation';
  end if;
  if old.invoice_number is not null
    and (old.invoice_number, old.invoiced_at) is distinct from (new.invoice_number, new.invoiced_at) then
    raise exception 'payment %: its invoice % stands', old.id, old.invoice_number using errcode = 'restrict_violation';
  end if;
  if old.invoice_number is null and new.invoice_number is not null and new.status not in ('pending', 'paid') then
    raise exception 'payment % is % and has no invoice', old.id, new.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

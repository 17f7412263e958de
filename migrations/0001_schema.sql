-- The model: append-only facts, tabs as the only stored totals, and a database that refuses what must not happen.
-- Plain PostgreSQL 15; `org_id` is the first column of every key, so the same schema distributes on Citus.

-- ── roles and tenant ────────────────────────────────────────────────────────────────────────────────────────────────
do $$ begin
  create role quittance_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
grant quittance_app to current_user;

-- SET LOCAL, not set_config: Citus passes only the statement on to its workers.
create function set_org(org uuid) returns void language plpgsql as $$
begin
  execute format('set local app.org_id = %L', org);
end $$;

create function current_org() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;

-- What must be found before the tenant is known: a key's hash, a slug in a tracking URL, a person's organizations.
create table lookups (
  kind   text not null check (kind in ('api_key', 'program_slug', 'user', 'setup')),
  key    text not null,
  org_id uuid not null,
  primary key (kind, key, org_id)
);
create unique index lookups_one_owner on lookups (kind, key) where kind <> 'user';

-- ── who pays, for what ──────────────────────────────────────────────────────────────────────────────────────────────
create table organizations (
  org_id     uuid primary key,
  name       text not null,
  time_zone  text not null default 'UTC',
  plan       text not null default 'unlimited' check (plan in ('free', 'starter', 'ultra', 'unlimited')),
  created_at timestamptz not null
);

create table programs (
  org_id                  uuid not null references organizations,
  id                      uuid not null,
  slug                    text not null,
  name                    text not null,
  program_type            text not null default 'affiliate' check (program_type in ('affiliate', 'creator')),
  currency                text not null default 'USD',
  frequency               text not null default 'on_demand' check (frequency in ('monthly', 'bi_weekly', 'on_demand')),
  anchor_on               date not null,
  minimum_threshold_cents bigint not null default 0 check (minimum_threshold_cents >= 0),
  hold_days               integer not null default 0 check (hold_days between 0 and 3650),
  conversion_types        text[] not null default '{}',
  created_at              timestamptz not null,
  primary key (org_id, id)
);
create unique index programs_slug on programs (org_id, lower(slug));

create table members (
  org_id     uuid not null references organizations,
  user_id    text not null,
  email      text not null,
  role       text not null check (role in ('admin', 'member')),
  created_at timestamptz not null,
  primary key (org_id, user_id)
);

create table program_members (
  org_id     uuid not null,
  program_id uuid not null,
  user_id    text not null,
  role       text not null check (role in ('admin', 'member')),
  primary key (org_id, program_id, user_id),
  foreign key (org_id, program_id) references programs (org_id, id),
  foreign key (org_id, user_id) references members (org_id, user_id) on delete cascade
);

create table api_keys (
  org_id     uuid not null references organizations,
  id         uuid not null,
  program_id uuid,
  hash       text not null,
  prefix     text not null check (prefix in ('tga', 'tk')),
  last_four  text not null,
  scopes     text[] not null,
  owner_id   text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id),
  foreign key (org_id, owner_id) references members (org_id, user_id)
);

create table payout_methods (
  org_id     uuid not null references organizations,
  id         uuid not null,
  name       text not null,
  icon_path  text,
  is_default boolean not null default false,
  is_active  boolean not null default true,
  metadata   jsonb not null default '{}',
  readme     text,
  created_at timestamptz not null,
  primary key (org_id, id)
);
create unique index payout_methods_name on payout_methods (org_id, lower(name));

create table partners (
  org_id          uuid not null,
  id              uuid not null,
  program_id      uuid not null,
  name            text not null,
  email           text,
  slug            text not null,
  alias           text not null,
  status          text not null default 'approved' check (status in ('pending', 'approved', 'paused', 'declined')),
  country         text,
  company         text,
  address         text,
  vat_id          text,
  billing_details text,
  metadata        jsonb not null default '{}',
  readme          text,
  import_id       uuid,
  created_at      timestamptz not null,
  -- In lower case, kept by a trigger: row-level security lets no index look up an expression, so these are columns.
  slug_key        text not null,
  alias_key       text not null,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id)
);
create unique index partners_slug on partners (org_id, program_id, slug_key);
create unique index partners_alias on partners (org_id, program_id, alias_key);
create function fold_partner_names() returns trigger language plpgsql as $$
begin
  new.slug_key := lower(new.slug);
  new.alias_key := lower(new.alias);
  return new;
end $$;
create trigger fold_names before insert or update on partners for each row execute function fold_partner_names();
create index partners_page on partners (org_id, program_id, id);

create table coupons (
  org_id     uuid not null,
  program_id uuid not null,
  code       text not null,
  partner_id uuid not null,
  primary key (org_id, program_id, code),
  foreign key (org_id, partner_id) references partners (org_id, id)
);

create table campaigns (
  org_id                uuid not null,
  id                    uuid not null,
  program_id            uuid not null,
  slug                  text not null,
  name                  text not null,
  destination_url       text,
  hold_hours            integer check (hold_hours between 0 and 87600),
  default_revenue_cents bigint not null default 0 check (default_revenue_cents >= 0),
  caps                  jsonb not null default '{}',
  postback_secret       text,
  version               integer not null,
  created_at            timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id)
);
create unique index campaigns_slug on campaigns (org_id, program_id, lower(slug));

-- The terms of a campaign (cost model, tiers, custom payouts), one immutable wording each; earnings keep theirs.
create table campaign_versions (
  org_id      uuid not null,
  campaign_id uuid not null,
  version     integer not null,
  terms       jsonb not null,
  tables      jsonb not null,
  created_at  timestamptz not null,
  created_by  text not null,
  primary key (org_id, campaign_id, version),
  foreign key (org_id, campaign_id) references campaigns (org_id, id)
);

-- How many conversions count so far, for tiers (lifetime) and caps (day, week, month); partner null-uuid = the campaign.
create table volumes (
  org_id      uuid not null,
  campaign_id uuid not null,
  partner_id  uuid not null,
  span        text not null,
  counted     bigint not null,
  primary key (org_id, campaign_id, partner_id, span),
  foreign key (org_id, campaign_id) references campaigns (org_id, id)
) with (fillfactor = 80);

-- ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
create table clicks (
  org_id      uuid not null,
  id          uuid not null,
  program_id  uuid not null,
  campaign_id uuid not null,
  partner_id  uuid,
  subs        jsonb,
  country     text,
  os          text,
  clicked_at  timestamptz not null,
  primary key (org_id, id)
);

create table imports (
  org_id      uuid not null,
  id          uuid not null,
  program_id  uuid not null,
  campaign_id uuid,
  kind        text not null check (kind in ('conversions', 'metrics')),
  file_name   text not null,
  status      text not null check (status in ('running', 'done', 'undone')),
  read        bigint not null default 0,
  created     bigint not null default 0,
  duplicates  bigint not null default 0,
  rejected    bigint not null default 0,
  created_at  timestamptz not null,
  created_by  text not null,
  undone_at   timestamptz,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id)
);

-- No foreign keys on the two tables that conversions pour into: their parents cannot be deleted, and `check` looks.
create table conversions (
  org_id          uuid not null,
  id              uuid not null,
  program_id      uuid not null,
  campaign_id     uuid not null,
  partner_id      uuid not null,
  external_id     text not null,
  event_id        text,
  click_id        uuid,
  type            text not null,
  revenue_cents   bigint not null,
  currency        text not null,
  occurred_at     timestamptz not null,
  recorded_at     timestamptz not null,
  country         text,
  os              text,
  subs            jsonb,
  conversion_subs jsonb,
  coupon_code     text,
  payout_cents    bigint,
  posted_status   text not null,
  decision        text not null check (decision in ('approved', 'pending_review', 'rejected')),
  reason          text,
  -- What a conversion that waits for a decision would earn: priced when it was recorded, entered when it is approved.
  pending         jsonb,
  import_id       uuid,
  primary key (org_id, id),
  constraint conversions_external_id unique (org_id, campaign_id, external_id),
  check ((pending is not null) = (decision = 'pending_review'))
);
create unique index conversions_event_id on conversions (org_id, campaign_id, event_id) where event_id is not null;
create index conversions_of_partner on conversions (org_id, partner_id, occurred_at);
create index conversions_in_review on conversions (org_id, program_id, partner_id) where decision = 'pending_review';
create index conversions_of_import on conversions (org_id, import_id, id) where import_id is not null;

-- A refund, chargeback or undo of a conversion, in the conversion's currency. The earnings that follow name it.
create table reversals (
  org_id        uuid not null,
  id            uuid not null,
  conversion_id uuid not null,
  external_id   text,
  revenue_cents bigint not null check (revenue_cents >= 0),
  reason        text not null,
  import_id     uuid,
  recorded_at   timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, conversion_id) references conversions (org_id, id)
);
-- Not partial: it also finds what a conversion has lost, for every reversal that is guarded.
create unique index reversals_external_id on reversals (org_id, conversion_id, external_id);
create index reversals_by_external_id on reversals (org_id, external_id) where external_id is not null;
create index reversals_of_import on reversals (org_id, import_id) where import_id is not null;

-- ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────────
create table tabs (
  org_id        uuid not null,
  id            uuid not null,
  program_id    uuid not null,
  partner_id    uuid not null,
  currency      text not null,
  stream        text not null check (stream in ('conversions', 'structures', 'credit')),
  held_until    timestamptz not null default '-infinity',
  is_open       boolean not null default true,
  amount_cents  bigint not null default 0,
  item_count    bigint not null default 0,
  revenue_cents bigint not null default 0,
  first_on      date not null,
  last_on       date not null,
  payout_id     uuid,
  payment_id    uuid,
  primary key (org_id, id),
  check (not is_open or (payout_id is null and payment_id is null)),
  foreign key (org_id, partner_id) references partners (org_id, id)
) with (fillfactor = 70);
create unique index tabs_open on tabs (org_id, program_id, partner_id, currency, stream, held_until) where is_open;
-- The partner's few unsettled tabs, where every balance is found. No sums in it: an index that holds what each ingest
-- changes would be written with each ingest (a fifth of its cost), and is never read alone while tabs change.
create index tabs_unsettled on tabs (org_id, program_id, partner_id, currency, stream, held_until) where payment_id is null;
create index tabs_of_payout on tabs (org_id, payout_id) where payout_id is not null;
create index tabs_of_payment on tabs (org_id, payment_id) where payment_id is not null;

create table earnings (
  org_id               uuid not null,
  id                   uuid not null,
  program_id           uuid not null,
  partner_id           uuid not null,
  currency             text not null,
  tab_id               uuid not null,
  kind                 text not null check (kind in ('commission', 'accrual', 'bonus', 'clawback', 'reversal', 'advance')),
  amount_cents         bigint not null,
  revenue_cents        bigint not null default 0,
  -- +1 when it adds a conversion or an accrual to its tab, -1 when it takes one back whole, else 0.
  item_count           smallint not null default 0 check (item_count between -1 and 1),
  earned_on            date not null,
  recorded_at          timestamptz not null,
  source_key           text not null,
  reverses_id          uuid,
  mark                 text check (mark in ('rejected', 'voided', 'refunded')),
  structure_version_id uuid,
  period_start_at      timestamptz,
  period_end_at        timestamptz,
  because              text not null,
  inputs               jsonb not null,
  primary key (org_id, id),
  constraint earnings_source_key unique (org_id, source_key),
  check ((reverses_id is not null) = (kind in ('reversal', 'clawback')))
);
create index earnings_of_tab on earnings (org_id, tab_id, id);
create index earnings_reversing on earnings (org_id, reverses_id) where reverses_id is not null;

create table counters (
  org_id uuid not null references organizations,
  name   text not null,
  value  bigint not null,
  primary key (org_id, name)
);

create table payouts (
  org_id           uuid not null,
  id               uuid not null,
  program_id       uuid not null,
  partner_id       uuid not null,
  number           bigint not null,
  currency         text not null,
  status           text not null default 'draft' check (status in ('draft', 'approved', 'paid', 'cancelled')),
  amount_cents     bigint not null check (amount_cents >= 0),
  revenue_cents    bigint not null,
  conversion_count bigint not null,
  accrual_count    bigint not null,
  adjustment_cents bigint not null default 0,
  credit_cents     bigint not null default 0 check (credit_cents >= 0),
  revision         integer not null default 1,
  period_start     date not null,
  period_end       date not null,
  notes            text,
  method           text,
  method_id        uuid,
  method_name      text,
  reference        text,
  payment_id       uuid,
  created_at       timestamptz not null,
  created_by       text not null,
  approved_at      timestamptz,
  approved_by      text,
  paid_at          timestamptz,
  paid_by          text,
  cancelled_at     timestamptz,
  cancelled_by     text,
  primary key (org_id, id),
  -- No foreign key to the partner, as with conversions: a run inserts 100,000, and the key was a seventh of its cost.
  check ((status = 'paid') = (payment_id is not null))
) with (fillfactor = 80);
create unique index payouts_number on payouts (org_id, number);
create index payouts_page on payouts (org_id, program_id, id);
create index payouts_by_status on payouts (org_id, program_id, status, id) include (currency, amount_cents);
create index payouts_of_partner on payouts (org_id, partner_id, id);
create index payouts_paid on payouts (org_id, program_id, paid_at) include (amount_cents, currency, partner_id) where status = 'paid';

create table payments (
  org_id             uuid not null,
  id                 uuid not null,
  program_id         uuid not null,
  partner_id         uuid,
  currency           text not null,
  origin             text not null check (origin in ('payout', 'direct', 'on_account')),
  payout_id          uuid,
  status             text not null check (status in ('pending', 'paid', 'voided', 'rejected')),
  total_amount_cents bigint not null check (total_amount_cents >= 0),
  method             text,
  method_id          uuid,
  method_name        text,
  reference          text,
  tracking_url       text,
  note               text,
  metadata           jsonb not null default '{}',
  readme             text,
  paid_at            timestamptz not null,
  created_at         timestamptz not null,
  created_by         text not null,
  voided_at          timestamptz,
  voided_by          text,
  primary key (org_id, id),
  foreign key (org_id, payout_id) references payouts (org_id, id),
  check ((origin = 'payout') = (payout_id is not null))
);
create unique index payments_of_payout on payments (org_id, payout_id) where payout_id is not null;
create index payments_page on payments (org_id, program_id, paid_at, id);
create index payments_of_partner on payments (org_id, partner_id, paid_at) where partner_id is not null;

create table adjustments (
  org_id       uuid not null,
  id           uuid not null,
  payout_id    uuid,
  payment_id   uuid,
  amount_cents bigint not null check (amount_cents <> 0),
  reason       text not null check (btrim(reason) <> ''),
  created_at   timestamptz not null,
  created_by   text not null,
  primary key (org_id, id),
  foreign key (org_id, payout_id) references payouts (org_id, id),
  foreign key (org_id, payment_id) references payments (org_id, id),
  check ((payout_id is null) <> (payment_id is null))
);
create index adjustments_of_payout on adjustments (org_id, payout_id) where payout_id is not null;
create index adjustments_of_payment on adjustments (org_id, payment_id) where payment_id is not null;

-- What a partner was paid so far, moved with each payment, so that a balance never sums a history. `check` recomputes it.
create table paid_totals (
  org_id       uuid not null,
  program_id   uuid not null,
  partner_id   uuid not null,
  currency     text not null,
  paid_cents   bigint not null,
  last_paid_at timestamptz not null,
  primary key (org_id, program_id, partner_id, currency)
) with (fillfactor = 80);

-- What a voided payment had paid: history only.
create table released_lines (
  org_id       uuid not null,
  payment_id   uuid not null,
  earning_id   uuid not null,
  amount_cents bigint not null,
  released_at  timestamptz not null,
  primary key (org_id, payment_id, earning_id)
);

-- ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- Every change of money or terms, told in its own transaction: the audit trail, and the outbox for what goes out.
create table events (
  org_id      uuid not null,
  id          uuid not null,
  program_id  uuid,
  at          timestamptz not null,
  actor       text not null,
  verb        text not null,
  object_id   uuid,
  before      jsonb,
  after       jsonb,
  request_id  text,
  primary key (org_id, id)
);
create index events_of_object on events (org_id, object_id, id) where object_id is not null;

create table idempotency_keys (
  org_id     uuid not null,
  key        text not null,
  route      text not null,
  body_hash  text not null,
  status     integer,
  answer     text,
  object_id  uuid,
  created_at timestamptz not null,
  primary key (org_id, key)
);

-- ── refusals of the database itself ─────────────────────────────────────────────────────────────────────────────────
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is append-only', tg_op, tg_argv[0] using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete on campaign_versions for each row execute function refuse_change('campaign_versions');
create trigger append_only before update or delete on reversals for each row execute function refuse_change('reversals');
create trigger append_only before update or delete on released_lines for each row execute function refuse_change('released_lines');
create trigger append_only before update or delete on events for each row execute function refuse_change('events');
create trigger append_only before update or delete on adjustments for each row execute function refuse_change('adjustments');
create trigger append_only before update or delete on clicks for each row execute function refuse_change('clicks');
create trigger no_delete before delete on conversions for each row execute function refuse_change('conversions');
create trigger no_delete before delete on earnings for each row execute function refuse_change('earnings');
create trigger no_delete before delete on tabs for each row execute function refuse_change('tabs');
create trigger no_delete before delete on payouts for each row execute function refuse_change('payouts');
create trigger no_delete before delete on payments for each row execute function refuse_change('payments');
create trigger no_delete before delete on partners for each row execute function refuse_change('partners');
create trigger no_delete before delete on campaigns for each row execute function refuse_change('campaigns');
create trigger no_delete before delete on programs for each row execute function refuse_change('programs');

-- A conversion is a fact: only the decision about it moves, and rejected is final.
create function guard_conversion() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - '{decision,reason,pending}'::text[]) <> (to_jsonb(new) - '{decision,reason,pending}'::text[]) then
    raise exception 'conversion % is a fact and cannot change', old.id using errcode = 'restrict_violation';
  end if;
  if old.decision <> new.decision and (old.decision, new.decision) not in
    (('pending_review', 'approved'), ('pending_review', 'rejected'), ('approved', 'rejected')) then
    raise exception 'conversion %: % cannot become %', old.id, old.decision, new.decision using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard before update on conversions for each row execute function guard_conversion();

-- Whether a tab may still get or lose earnings: no payment has settled it and no approved payout holds it.
create function is_unsettled(t tabs) returns boolean language sql stable as $$
  select t.payment_id is null and (t.payout_id is null or exists (
    select from payouts p where p.org_id = t.org_id and p.id = t.payout_id and p.status = 'draft'))
$$;

-- An earning never changes; it may only move to another tab of its own partner, program and currency, both unsettled.
create function guard_earning() returns trigger language plpgsql as $$
begin
  if (to_jsonb(old) - 'tab_id') <> (to_jsonb(new) - 'tab_id') then
    raise exception 'earning % is append-only', old.id using errcode = 'restrict_violation';
  end if;
  if old.tab_id <> new.tab_id and 2 > (
    select count(*) from tabs t where t.org_id = old.org_id and t.id in (old.tab_id, new.tab_id) and is_unsettled(t)
      and (t.program_id, t.partner_id, t.currency) = (old.program_id, old.partner_id, old.currency)
  ) then
    raise exception 'earning % moves only between unsettled tabs of its partner, program and currency', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard before update on earnings for each row execute function guard_earning();

-- New earnings belong on an unsettled tab of their own partner, program and currency. (Citus: as a row trigger.)
-- A subquery a row and no sequential scans: else a plan made while `tabs` was small reads all of it for each batch.
create function guard_new_earnings() returns trigger language plpgsql set enable_seqscan = off as $$
declare stray uuid;
begin
  select n.id into stray from fresh n
  where (select (t.program_id, t.partner_id, t.currency) = (n.program_id, n.partner_id, n.currency)
           and (coalesce(t.payout_id, t.payment_id) is null or is_unsettled(t))
         from tabs t where t.org_id = n.org_id and t.id = n.tab_id) is not true
  limit 1;
  if found then
    raise exception 'earning % has no unsettled tab of its partner, program and currency', stray using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger guard_new after insert on earnings referencing new table as fresh
  for each statement execute function guard_new_earnings();

-- What takes an earning back never takes back more than it was. The lock makes two reversals at once take turns.
create function guard_reversal() returns trigger language plpgsql as $$
declare whole bigint; taken bigint;
begin
  select amount_cents into whole from earnings where org_id = new.org_id and id = new.reverses_id for no key update;
  if not found then
    raise exception 'earning % reverses nothing', new.id using errcode = 'foreign_key_violation';
  end if;
  select coalesce(sum(amount_cents), 0) into taken from earnings where org_id = new.org_id and reverses_id = new.reverses_id;
  if abs(taken) > abs(whole) or sign(taken) * sign(whole) > 0 then
    raise exception 'earning % takes back more than earning % was', new.id, new.reverses_id using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger guard_reversal after insert on earnings for each row when (new.reverses_id is not null)
  execute function guard_reversal();

create function guard_conversion_reversal() returns trigger language plpgsql as $$
declare whole bigint; taken bigint;
begin
  select revenue_cents into whole from conversions where org_id = new.org_id and id = new.conversion_id for no key update;
  select coalesce(sum(revenue_cents), 0) into taken from reversals where org_id = new.org_id and conversion_id = new.conversion_id;
  if taken > whole then
    raise exception 'conversion %: % of % reversed', new.conversion_id, taken, whole using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger guard after insert on reversals for each row execute function guard_conversion_reversal();

-- A settled tab changes in no way, save that its payment is voided or rejected; identity never changes.
create function guard_tab() returns trigger language plpgsql as $$
begin
  if (old.org_id, old.id, old.program_id, old.partner_id, old.currency, old.stream, old.held_until)
    is distinct from (new.org_id, new.id, new.program_id, new.partner_id, new.currency, new.stream, new.held_until) then
    raise exception 'tab % keeps its key', old.id using errcode = 'restrict_violation';
  end if;
  if old.payment_id is null and new.payment_id is not null and not exists (
    select from payments p where p.org_id = new.org_id and p.id = new.payment_id and p.status = 'paid'
      and p.payout_id is not distinct from new.payout_id
      and (p.program_id, p.partner_id, p.currency) = (new.program_id, new.partner_id, new.currency)
  ) then
    raise exception 'tab %: payment % does not pay it', old.id, new.payment_id using errcode = 'restrict_violation';
  end if;
  if old.payment_id is not null then
    if new.payment_id is not null or (to_jsonb(old) - 'payment_id') <> (to_jsonb(new) - 'payment_id') then
      raise exception 'tab % is settled', old.id using errcode = 'restrict_violation';
    end if;
    if not exists (select from payments p where p.org_id = old.org_id and p.id = old.payment_id
                   and p.status in ('voided', 'rejected') and p.origin = 'direct') then
      raise exception 'tab %: its payment stands', old.id using errcode = 'restrict_violation';
    end if;
  end if;
  if new.is_open and not old.is_open then
    raise exception 'tab % is closed for good', old.id using errcode = 'restrict_violation';
  end if;
  if old.payout_id is not null and old.payout_id is distinct from new.payout_id and not exists (
    select from payouts p where p.org_id = old.org_id and p.id = old.payout_id and p.status in ('draft', 'cancelled')
  ) then
    raise exception 'tab % is claimed by a payout', old.id using errcode = 'restrict_violation';
  end if;
  if old.payout_id is not null and new.payout_id is not null and old.payout_id <> new.payout_id then
    raise exception 'tab % is claimed by another payout', old.id using errcode = 'restrict_violation';
  end if;
  if old.payout_id is not null and new.payout_id is not null
    and (old.amount_cents, old.item_count, old.revenue_cents, old.first_on, old.last_on)
      <> (new.amount_cents, new.item_count, new.revenue_cents, new.first_on, new.last_on)
    and not exists (select from payouts p where p.org_id = old.org_id and p.id = old.payout_id and p.status = 'draft') then
    raise exception 'tab % is in an approved payout', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
-- An unclaimed tab that takes earnings or is claimed, the most frequent change of all, needs no look.
create trigger guard before update on tabs for each row
  when (old.payout_id is not null or old.payment_id is not null or new.payment_id is not null or (new.is_open and not old.is_open)
    or (old.org_id, old.id, old.program_id, old.partner_id, old.currency, old.stream, old.held_until)
      is distinct from (new.org_id, new.id, new.program_id, new.partner_id, new.currency, new.stream, new.held_until))
  execute function guard_tab();

-- draft → approved → paid, or cancelled before that; what was decided stays as it was decided.
create function guard_payout() returns trigger language plpgsql as $$
begin
  if old.status in ('paid', 'cancelled') then
    raise exception 'payout % is % and final', old.id, old.status using errcode = 'restrict_violation';
  end if;
  if old.status <> new.status and (old.status, new.status) not in
    (('draft', 'approved'), ('draft', 'cancelled'), ('approved', 'paid'), ('approved', 'cancelled')) then
    raise exception 'payout %: % cannot become %', old.id, old.status, new.status using errcode = 'restrict_violation';
  end if;
  if old.status = 'approved' and (old.amount_cents, old.adjustment_cents, old.credit_cents)
    is distinct from (new.amount_cents, new.adjustment_cents, new.credit_cents) then
    raise exception 'payout % is approved: its amount stands', old.id using errcode = 'restrict_violation';
  end if;
  if (old.org_id, old.id, old.program_id, old.partner_id, old.currency, old.number)
    is distinct from (new.org_id, new.id, new.program_id, new.partner_id, new.currency, new.number) then
    raise exception 'payout % keeps its identity', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard before update on payouts for each row execute function guard_payout();

-- Money that left is a record: its amount, payee and day stand. Only a direct payment is voided or rejected, once.
create function guard_payment() returns trigger language plpgsql as $$
declare movable text[] := '{status,metadata,readme,note,voided_at,voided_by}';
begin
  if old.origin = 'on_account' then movable := movable || '{total_amount_cents}'; end if;
  if (to_jsonb(old) - movable) <> (to_jsonb(new) - movable) then
    raise exception 'payment % is a record and cannot change', old.id using errcode = 'restrict_violation';
  end if;
  if old.status <> new.status and (old.origin = 'payout' or (old.origin = 'direct' and old.status <> 'paid')) then
    raise exception 'payment %: % stands', old.id, old.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard before update on payments for each row execute function guard_payment();

-- ── derived ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- An earning is paid when its tab has a payment, reserved when its tab has a payout, else it is on the partner's account.
create view earning_status with (security_invoker = true) as
select e.org_id, e.id as earning_id, e.tab_id, t.held_until, t.payout_id, t.payment_id,
  case when t.payment_id is not null then 'paid' when t.payout_id is not null then 'reserved' else 'payable' end as standing
from earnings e join tabs t on t.org_id = e.org_id and t.id = e.tab_id;

-- ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────────────
do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
           where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'lookups'
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (org_id = current_org()) with check (org_id = current_org())', t);
    execute format('grant select, insert, update on %I to quittance_app', t);
  end loop;
end $$;

grant usage on schema public to quittance_app;
grant select, insert, update on lookups to quittance_app;
grant select on earning_status to quittance_app;
grant delete on lookups, coupons, program_members, members, idempotency_keys, api_keys, payout_methods to quittance_app;
revoke update on campaign_versions, reversals, released_lines, events, adjustments, clicks from quittance_app;

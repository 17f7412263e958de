-- Structures and what feeds them, payments without a payout, plan limits.

-- ── partners as their channel sees them ─────────────────────────────────────────────────────────────────────────────
alter table partners
  add column platform text check (platform in ('tiktok', 'youtube', 'instagram', 'x', 'other')),
  add column handle text,
  add column handle_key text,
  add column description text,
  add column tracking_mode text not null default 'auto' check (tracking_mode in ('auto', 'selective')),
  add column tracking_start_on date,
  add column removed_at timestamptz,
  add check ((handle is null) = (platform is null));
create unique index partners_handle on partners (org_id, program_id, platform, handle_key) where handle_key is not null;
create or replace function fold_partner_names() returns trigger language plpgsql as $$
begin
  new.slug_key := lower(new.slug);
  new.alias_key := lower(new.alias);
  new.handle_key := lower(new.handle);
  return new;
end $$;

-- ── metrics: what was observed, and what it is measured against ─────────────────────────────────────────────────────
create table videos (
  org_id           uuid not null,
  id               uuid not null,
  program_id       uuid not null,
  partner_id       uuid,
  external_id      text not null,
  url              text,
  title            text,
  posted_at        timestamptz,
  status           text not null check (status in ('auto_tracked', 'pending_review', 'included', 'excluded', 'direct_add')),
  is_tracked       boolean not null default true,
  -- The newest observation, so that a list reads no history.
  view_count       bigint,
  like_count       bigint,
  comment_count    bigint,
  share_count      bigint,
  save_count       bigint,
  last_captured_at timestamptz,
  -- Something happened since its milestones were last looked at.
  needs_accrual    boolean not null default true,
  import_id        uuid,
  created_at       timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id),
  foreign key (org_id, partner_id) references partners (org_id, id)
) with (fillfactor = 80);
create unique index videos_external_id on videos (org_id, program_id, external_id);
create index videos_page on videos (org_id, program_id, id);
create index videos_of_partner on videos (org_id, partner_id, id) where partner_id is not null;
create index videos_to_accrue on videos (org_id, program_id, partner_id, id) where needs_accrual;

-- Every observation is kept. One that an undone import brought is withdrawn: it stays, and counts for nothing.
create table video_metrics (
  org_id        uuid not null,
  id            uuid not null,
  video_id      uuid not null,
  captured_at   timestamptz not null,
  view_count    bigint check (view_count >= 0),
  like_count    bigint check (like_count >= 0),
  comment_count bigint check (comment_count >= 0),
  share_count   bigint check (share_count >= 0),
  save_count    bigint check (save_count >= 0),
  recorded_at   timestamptz not null,
  import_id     uuid,
  withdrawn_at  timestamptz,
  primary key (org_id, id)
);
create unique index video_metrics_at on video_metrics (org_id, video_id, captured_at) where withdrawn_at is null;
create index video_metrics_of_import on video_metrics (org_id, import_id, id) where import_id is not null;

create table partner_metrics (
  org_id         uuid not null,
  id             uuid not null,
  partner_id     uuid not null,
  captured_at    timestamptz not null,
  follower_count bigint check (follower_count >= 0),
  recorded_at    timestamptz not null,
  import_id      uuid,
  withdrawn_at   timestamptz,
  primary key (org_id, id)
);
create unique index partner_metrics_at on partner_metrics (org_id, partner_id, captured_at) where withdrawn_at is null;
create index partner_metrics_of_import on partner_metrics (org_id, import_id, id) where import_id is not null;

create table goals (
  org_id     uuid not null,
  id         uuid not null,
  program_id uuid not null,
  partner_id uuid not null,
  type       text not null check (type in ('posts', 'views', 'engagement', 'followers')),
  target     bigint not null check (target > 0),
  period     text not null check (period in ('daily', 'weekly', 'monthly')),
  starts_on  date not null,
  ends_on    date,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, partner_id) references partners (org_id, id),
  check (ends_on >= starts_on)
);
create index goals_of_partner on goals (org_id, partner_id, id);
create index goals_page on goals (org_id, program_id, id);

-- ── structures ──────────────────────────────────────────────────────────────────────────────────────────────────────
create table structures (
  org_id       uuid not null,
  id           uuid not null,
  program_id   uuid not null,
  name         text not null,
  metadata     jsonb not null default '{}',
  readme       text,
  -- Set with its first accrual, for good: from then on it can be archived, not deleted.
  has_accruals boolean not null default false,
  archived_at  timestamptz,
  created_at   timestamptz not null,
  created_by   text not null,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id)
);
create index structures_page on structures (org_id, program_id, id);

create table structure_versions (
  org_id                 uuid not null,
  id                     uuid not null,
  structure_id           uuid not null,
  version_number         integer not null check (version_number > 0),
  period                 text check (period in ('daily', 'weekly', 'monthly')),
  amount_cents           bigint check (amount_cents >= 0),
  currency               text not null,
  criteria_type          text not null check (criteria_type in ('recurring', 'goals', 'cpm', 'view_threshold')),
  criteria_params        jsonb not null,
  proration_mode         text not null check (proration_mode in ('skip', 'prorate', 'full')),
  backfill_on_assignment boolean not null default false,
  created_at             timestamptz not null,
  created_by             text not null,
  primary key (org_id, id),
  unique (org_id, structure_id, version_number),
  foreign key (org_id, structure_id) references structures (org_id, id) on delete cascade,
  check ((criteria_type = 'view_threshold') = (period is null)),
  check ((criteria_type = 'view_threshold') = (amount_cents is null))
);

create table assignments (
  org_id        uuid not null,
  id            uuid not null,
  structure_id  uuid not null,
  partner_id    uuid not null,
  assigned_at   timestamptz not null,
  assigned_by   text not null,
  unassigned_at timestamptz,
  unassigned_by text,
  primary key (org_id, id),
  foreign key (org_id, structure_id) references structures (org_id, id) on delete cascade,
  foreign key (org_id, partner_id) references partners (org_id, id),
  check (unassigned_at >= assigned_at)
);
create index assignments_of_structure on assignments (org_id, structure_id, partner_id, assigned_at);
create unique index assignments_current on assignments (org_id, structure_id, partner_id) where unassigned_at is null;
create index assignments_of_partner on assignments (org_id, partner_id);
create index assignments_page on assignments (org_id, structure_id, id);

-- How far a structure's periods are evaluated: those that ended by `accrued_until` whole, the one that ends at
-- `period_end_at` up to a partner. Whatever ended by `furthest_at` was evaluated once and may be there already.
create table accrual_progress (
  org_id           uuid not null,
  structure_id     uuid not null,
  accrued_until    timestamptz,
  furthest_at      timestamptz,
  period_end_at    timestamptz,
  after_partner_id uuid,
  primary key (org_id, structure_id),
  foreign key (org_id, structure_id) references structures (org_id, id) on delete cascade
) with (fillfactor = 50);

-- A period that was evaluated and earned nothing, with the reason: it is never evaluated again.
create table unearned_periods (
  org_id               uuid not null,
  source_key           text not null,
  structure_id         uuid not null,
  structure_version_id uuid not null,
  partner_id           uuid not null,
  period_start_at      timestamptz not null,
  period_end_at        timestamptz not null,
  reason               text not null,
  inputs               jsonb not null,
  evaluated_at         timestamptz not null,
  primary key (org_id, source_key),
  foreign key (org_id, structure_id) references structures (org_id, id) on delete cascade
);

create index earnings_accruals on earnings (org_id, program_id, period_end_at, id) where kind = 'accrual';
create index earnings_of_version on earnings (org_id, structure_version_id, period_end_at, id) where kind = 'accrual';
-- The few that were rejected or voided.
create index earnings_taken_back on earnings (org_id, program_id, reverses_id)
  where kind = 'reversal' and structure_version_id is not null;
create index earnings_taken_back_of_tab on earnings (org_id, tab_id) where kind = 'reversal' and mark in ('rejected', 'voided');
create index released_lines_of_earning on released_lines (org_id, earning_id);
create index tabs_of_partner on tabs (org_id, partner_id, stream);

-- ── payments without a payout ───────────────────────────────────────────────────────────────────────────────────────
alter table payments
  add column status_reason text,
  -- How many advances an on-account payment has entered: their source keys are on_account:<payment>:1, 2, …
  add column advance_count integer not null default 0,
  -- How many lines it had when it was voided or rejected: counting them again would take as long as they are many.
  add column released_count bigint not null default 0,
  add column invoice_number text;
alter table paid_totals alter column last_paid_at drop not null;
create index payments_without_payout on payments (org_id, program_id, id) where payout_id is null;

create or replace function guard_payment() returns trigger language plpgsql as $$
declare movable text[] := '{status,status_reason,released_count,metadata,readme,note,voided_at,voided_by,invoice_number}';
begin
  if old.origin = 'on_account' then movable := movable || '{total_amount_cents,advance_count}'; end if;
  if (to_jsonb(old) - movable) <> (to_jsonb(new) - movable) then
    raise exception 'payment % is a record and cannot change', old.id using errcode = 'restrict_violation';
  end if;
  if old.status <> new.status and (old.origin = 'payout' or (old.origin = 'direct' and old.status <> 'paid')) then
    raise exception 'payment %: % stands', old.id, old.status using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- ── plans ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Requests with a key, by day in UTC; kept only for plans that count them.
create table api_usage (
  org_id   uuid not null,
  day      date not null,
  requests bigint not null,
  primary key (org_id, day)
) with (fillfactor = 50);

create table icons (
  org_id     uuid not null,
  id         uuid not null,
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'image/webp', 'image/svg+xml')),
  bytes      bytea not null check (length(bytes) <= 1048576),
  created_at timestamptz not null,
  created_by text not null,
  primary key (org_id, id)
);

-- ── refusals of the database itself ─────────────────────────────────────────────────────────────────────────────────
-- An earning never changes but for its tab: compared as a row, since writing both as JSON was most of what a move cost.
create or replace function guard_earning() returns trigger language plpgsql as $$
declare unmoved earnings := new;
begin
  unmoved.tab_id := old.tab_id;
  if unmoved is distinct from old then
    raise exception 'earning % is append-only', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- Where earnings move is asked once for each pair of tabs, not for each earning. (Citus: as a row trigger.)
create function guard_moved_earnings() returns trigger language plpgsql set enable_seqscan = off as $$
declare stray uuid;
begin
  select m.left_id into stray from (
    select distinct o.org_id, o.tab_id as left_id, n.tab_id as entered_id, o.program_id, o.partner_id, o.currency
    from moved n join unmoved o on o.org_id = n.org_id and o.id = n.id where o.tab_id <> n.tab_id) m
  where 2 > (select count(*) from tabs t where t.org_id = m.org_id and t.id in (m.left_id, m.entered_id) and is_unsettled(t)
    and (t.program_id, t.partner_id, t.currency) = (m.program_id, m.partner_id, m.currency))
  limit 1;
  if found then
    raise exception 'an earning of tab % moves only between unsettled tabs of its partner, program and currency', stray
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger guard_moved after update on earnings referencing old table as unmoved new table as moved
  for each statement execute function guard_moved_earnings();

create function guard_structure_delete() returns trigger language plpgsql as $$
begin
  if old.has_accruals then
    raise exception 'structure % has accruals', old.id using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger guard_delete before delete on structures for each row execute function guard_structure_delete();

-- A version is immutable; it goes only with a structure that never had an accrual.
create function guard_structure_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' or exists (select from structures s where s.org_id = old.org_id and s.id = old.structure_id and s.has_accruals) then
    raise exception 'structure version % is immutable', old.id using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger guard before update or delete on structure_versions for each row execute function guard_structure_version();

-- An assignment only ends, once; two of one partner to one structure never overlap.
create function guard_assignment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (to_jsonb(old) - '{unassigned_at,unassigned_by}'::text[]) <> (to_jsonb(new) - '{unassigned_at,unassigned_by}'::text[])
      or old.unassigned_at is not null then
      raise exception 'assignment % only ends, once', old.id using errcode = 'restrict_violation';
    end if;
  elsif exists (select from assignments a where a.org_id = new.org_id and a.structure_id = new.structure_id
      and a.partner_id = new.partner_id and a.unassigned_at > new.assigned_at) then
    raise exception 'assignment % overlaps another', new.id using errcode = 'exclusion_violation';
  end if;
  return new;
end $$;
create trigger guard before insert or update on assignments for each row execute function guard_assignment();

create function guard_metric() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (to_jsonb(old) - 'withdrawn_at') <> (to_jsonb(new) - 'withdrawn_at') or old.withdrawn_at is not null then
    raise exception 'observation % is kept as it was made', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger guard before update or delete on video_metrics for each row execute function guard_metric();
create trigger guard before update or delete on partner_metrics for each row execute function guard_metric();
create trigger no_delete before delete on videos for each row execute function refuse_change('videos');
create trigger no_delete before delete on goals for each row execute function refuse_change('goals');
create trigger append_only before update on unearned_periods for each row execute function refuse_change('unearned_periods');

-- ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────────────
do $$
declare t text;
begin
  foreach t in array array['videos', 'video_metrics', 'partner_metrics', 'goals', 'structures', 'structure_versions', 'assignments',
                           'accrual_progress', 'unearned_periods', 'api_usage', 'icons']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (org_id = current_org()) with check (org_id = current_org())', t);
    execute format('grant select, insert, update on %I to quittance_app', t);
  end loop;
end $$;
revoke update on icons from quittance_app;
grant delete on structures, structure_versions, assignments, accrual_progress, unearned_periods, icons to quittance_app;

-- The partner portal: who may enter it, what a program shows there, how partners want to be paid, and their postbacks.

-- A person is found by session before any tenant is known, whether they work here or are partners.
alter table lookups drop constraint lookups_kind_check;
alter table lookups add constraint lookups_kind_check
  check (kind in ('api_key', 'program_slug', 'user', 'setup', 'partner', 'invitation'));
drop index lookups_one_owner;
create unique index lookups_one_owner on lookups (kind, key) where kind not in ('user', 'partner');

-- That a person is a partner. The e-mail is the partner's when the person was let in: with another one they are out again.
create table partner_people (
  org_id     uuid not null,
  partner_id uuid not null,
  user_id    text not null,
  email      text not null,
  created_at timestamptz not null,
  primary key (org_id, partner_id, user_id),
  foreign key (org_id, partner_id) references partners (org_id, id)
);
create index partner_people_of_person on partner_people (org_id, user_id, partner_id);

-- What a program's portal looks like and shows; a program without a row has what stands here.
create table portals (
  org_id              uuid not null,
  program_id          uuid not null,
  title               text,
  logo_path           text,
  allow_sign_up       boolean not null default false,
  approved_by_default boolean not null default false,
  show_balance        boolean not null default true,
  show_alias          boolean not null default true,
  show_log            boolean not null default true,
  primary key (org_id, program_id),
  foreign key (org_id, program_id) references programs (org_id, id)
);

-- How a partner wants to be paid: a label or a method of the organization, and where the money goes.
alter table partners
  add column payout_method text,
  add column payout_method_id uuid,
  add column payout_details text,
  -- Called for each approved conversion.
  add column postback_url text,
  add check (payout_method is null or payout_method_id is null);
create index partners_email on partners (org_id, email) where email is not null;

-- One call of a partner's address for one conversion, kept with what makes it due: approval, and the end of its hold.
create table postback_deliveries (
  org_id          uuid not null,
  conversion_id   uuid not null,
  program_id      uuid not null,
  partner_id      uuid not null,
  status          text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed')),
  attempt_count   integer not null default 0,
  next_attempt_at timestamptz,
  response_status integer,
  error           text,
  created_at      timestamptz not null,
  delivered_at    timestamptz,
  primary key (org_id, conversion_id),
  check ((status = 'waiting') = (next_attempt_at is not null)),
  check ((status = 'delivered') = (delivered_at is not null))
) with (fillfactor = 70);
create index postback_deliveries_due on postback_deliveries (org_id, next_attempt_at) where status = 'waiting';
create index postback_deliveries_of_partner on postback_deliveries (org_id, partner_id, created_at, conversion_id);

-- What a partner's links brought, by time: the clicks of a month are found without those of the others.
create index clicks_of_partner on clicks (org_id, partner_id, clicked_at) include (campaign_id) where partner_id is not null;

do $$
declare t text;
begin
  foreach t in array array['partner_people', 'portals', 'postback_deliveries']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (org_id = current_org()) with check (org_id = current_org())', t);
    execute format('grant select, insert, update on %I to quittance_app', t);
  end loop;
end $$;
grant delete on partner_people to quittance_app;

-- Who works in an organization comes by invitation and goes by removal; what they did stays theirs.
alter table members add column removed_at timestamptz;

create table invitations (
  org_id      uuid not null references organizations,
  id          uuid not null,
  email       text not null,
  role        text not null check (role in ('admin', 'member')),
  -- With a program the role is in that one alone, and in the rest they may look.
  program_id  uuid,
  token_hash  text not null,
  expires_at  timestamptz not null,
  created_at  timestamptz not null,
  created_by  text not null,
  accepted_at timestamptz,
  revoked_at  timestamptz,
  primary key (org_id, id),
  foreign key (org_id, program_id) references programs (org_id, id)
);
create unique index invitations_open on invitations (org_id, email) where accepted_at is null and revoked_at is null;

alter table lookups drop constraint lookups_kind_check;
alter table lookups add constraint lookups_kind_check
  check (kind in ('api_key', 'program_slug', 'user', 'setup', 'partner', 'invitation'));

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations using (org_id = current_org()) with check (org_id = current_org());
grant select, insert, update on invitations to quittance_app;

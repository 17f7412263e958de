-- People who sign in, kept by better-auth on the owner's connection. They belong to no tenant, so row-level security cannot
-- guard them: the application's role gets nothing here. Who may do what in which organization is in `members`.
create table people (
  id             text primary key,
  name           text not null,
  email          text not null unique,
  email_verified boolean not null default false,
  image          text,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);

create table person_sessions (
  id         text primary key,
  person_id  text not null references people on delete cascade,
  token      text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index person_sessions_of_person on person_sessions (person_id);

-- How a person proves who they are: a password (scrypt) now, others later.
create table person_accounts (
  id                       text primary key,
  person_id                text not null references people on delete cascade,
  account_id               text not null,
  provider_id              text not null,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  created_at               timestamptz not null,
  updated_at               timestamptz not null,
  unique (provider_id, account_id)
);
create index person_accounts_of_person on person_accounts (person_id);

-- One-time links, by the hash of their token.
create table person_verifications (
  id         text primary key,
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index person_verifications_by_identifier on person_verifications (identifier);

revoke all on people, person_sessions, person_accounts, person_verifications from quittance_app, public;

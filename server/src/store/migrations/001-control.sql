-- Control data: small, changed by people. Each row carries the control version that wrote it, so that a process can
-- refresh by rows newer than its own; deleted rows stay as tombstones because the log refers to them by `ref`.

create table control_version (
  single boolean primary key default true check (single),
  version int8 not null
);
insert into control_version (version) values (1);

create table workspace (
  ref int4 generated always as identity primary key,
  id text not null,
  external_id text,
  name text not null,
  kind text not null check (kind in ('paid', 'development', 'trial')),
  region text not null,
  version int8 not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index workspace_id on workspace (id) where deleted_at is null;
create unique index workspace_external_id on workspace (external_id) where deleted_at is null;
create index workspace_version on workspace (version);

create table app (
  ref int4 generated always as identity primary key,
  id text not null unique,
  external_id text,
  owner int4 not null references workspace,
  name text not null,
  description text not null,
  visibility text not null check (visibility in ('private', 'public')),
  api_version text not null,
  permissions text[] not null,
  redirect_urls text[] not null,
  uninstall_url text,
  health_url text,
  client_id text not null unique,
  version int8 not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index app_external_id on app (external_id) where deleted_at is null;
create index app_owner on app (owner) where deleted_at is null;
create index app_version on app (version);

-- The versions of an app's client secret. A secret without an end is the newest; one with an end still signs until then.
create table secret (
  app int4 not null references app,
  number int4 not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  ends_at timestamptz,
  primary key (app, number)
);

create table installation (
  app int4 not null references app,
  workspace int4 not null references workspace,
  permissions text[] not null,
  version int8 not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (app, workspace)
);
create index installation_workspace on installation (workspace) where deleted_at is null;
create index installation_version on installation (version);

create table subscription (
  ref int4 generated always as identity primary key,
  id text not null unique,
  app int4 not null references app,
  name text,
  url text not null,
  topics text[] not null,
  topics_off text[] not null,
  policy jsonb not null,
  timeout_ms int4,
  rate_per_second float8,
  max_in_flight int4,
  signatures text[] not null,
  ordered boolean not null,
  metadata jsonb not null,
  header_names text[] not null,
  sealed_headers bytea,
  sealed_signing_secret bytea,
  revision int4 not null default 1,
  version int8 not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index subscription_app on subscription (app);
create index subscription_version on subscription (version);

-- What the owner of a subscription writes about it; a changed `state` raises the control version like any other change.
create table subscription_state (
  subscription int4 primary key references subscription,
  state text not null default 'live' check (state in ('live', 'paused', 'throttled', 'suspended', 'disabled')),
  cause text,
  since timestamptz not null default now(),
  hold_cursor int8 not null default 0
) with (fillfactor = 50);

-- The operator's own catalogue; no row means the one that the configuration names. Text, so that samples keep their tokens.
create table catalogue (
  single boolean primary key default true check (single),
  document text not null,
  version int8 not null
);

create table key (
  id text primary key,
  hash bytea not null unique,
  name text not null,
  scopes text[] not null,
  workspace int4 references workspace,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table audit (
  id int8 generated always as identity primary key,
  at timestamptz not null default now(),
  key text not null,
  route text not null,
  subject text not null,
  before jsonb,
  after jsonb
);
create index audit_subject on audit (subject, id);

-- Proves at every start that the encryption key is the one that sealed this database's secrets.
create table encryption (
  key_id text primary key,
  proof bytea not null
);

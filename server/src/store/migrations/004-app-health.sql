-- What an app says about itself in a workspace, and the token by which it may say so unasked.

alter table installation
  -- SHA-256 of the access token; null where the installation is older than tokens.
  add column token_hash bytea,
  -- When the daily check has its turn: installations of one app, and apps of one workspace, are spread over the day.
  add column health_minute int2 not null generated always as (mod(app::int8 * 997 + workspace, 1440)) stored,
  -- The newest, and whence.
  add column health jsonb,
  add column health_by text check (health_by in ('check', 'report')),
  add column health_at timestamptz,
  add column health_checked_at timestamptz;
create unique index installation_token on installation (token_hash);
create index installation_health_minute on installation (health_minute, app, workspace) where deleted_at is null;

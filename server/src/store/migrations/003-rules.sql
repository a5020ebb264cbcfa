-- What an endpoint's answers do to its subscription, bulk ends, replays of many, and brakes.

-- The owner's memory of a subscription. `health` is the record of domain/health.ts; what people read has columns of its own.
-- Held notifications lie in queues (0: within quota, 257: the rest, 258: workspaces under a brake, 1 to 256: order slots);
-- `hold_cursors` says per queue up to which place everything has its next step.
alter table subscription_state
  add column until timestamptz,
  add column health jsonb,
  add column hold_cursors jsonb not null default '{}',
  -- What is held up to this place was discarded; it is drained afterwards.
  add column discarded_to int8,
  -- What was made before this moment and is not over has ended for this reason; it is drained afterwards.
  add column ended_before timestamptz,
  add column ended_reason text,
  -- The daily ping.
  add column pinged_at timestamptz,
  add column ping jsonb;
update subscription_state set hold_cursors = jsonb_build_object('0', hold_cursor) where hold_cursor > 0;
alter table subscription_state drop column hold_cursor;

-- Order slots may be taken although `ordered` was switched off since.
alter table subscription add column ordered_once boolean not null default false;
update subscription set ordered_once = ordered;

-- A replay with a new id copies the event.
alter table event add column replay_of uuid;
-- Whether what was missed was made up for already.
create index event_replay_of on event (replay_of) where replay_of is not null;

-- A replay of many notifications: what was asked, how far it came. `cursor`: the last notification or event looked at;
-- events are looked at workspace by workspace.
create table replay (
  id text primary key,
  subscription int4 not null references subscription,
  since timestamptz not null,
  until timestamptz not null,
  include text not null check (include in ('failed', 'all', 'missed')),
  topics text[],
  new_id boolean not null,
  state text not null default 'running' check (state in ('running', 'done', 'canceled')),
  estimate int8 not null,
  estimate_exact boolean not null,
  cursor uuid,
  cursor_workspace int4,
  replayed int8 not null default 0,
  skipped int8 not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  ended_reason text
) with (fillfactor = 50);
create index replay_subscription on replay (subscription, created_at);
create index replay_created on replay (created_at);
create index replay_running on replay (id) where state = 'running';

-- Somebody stopped the sending to an endpoint, for an app, or of a workspace's events, for a while.
create table brake (
  id text primary key,
  workspace int4 references workspace,
  app int4 references app,
  subscription int4 references subscription,
  host text,
  until timestamptz not null,
  reason text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index brake_until on brake (until) where deleted_at is null;

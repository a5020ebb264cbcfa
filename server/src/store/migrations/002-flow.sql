-- Flow data: large, written by machines. Insert-only, partitioned by the day inside the uuidv7 of its key, dropped whole.
-- No update, no delete, no foreign key, no status column. Partitions are made by the program (store/partitions.ts).
--
-- The notifications of an event have the ids that follow the event's own (domain/id.ts), so a range of the primary key
-- answers "whom did this event notify".

create table event (
  id uuid not null,
  workspace int4 not null,
  topic text not null,
  item text not null,
  created_at timestamptz not null,
  object_id text,
  ordering_key text,
  traceparent text,
  notified int4 not null,
  skipped text,
  primary key (id)
) partition by range (id);
create index event_workspace on event (workspace, id);

create table notification (
  id uuid not null,
  event uuid not null,
  subscription int4 not null,
  app int4 not null,
  workspace int4 not null,
  shard int2 not null,
  rank int2 not null,
  slot int2,
  topic text not null,
  api_version text not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (id)
) partition by range (id);
create index notification_xid on notification (xid);
create index notification_subscription on notification (subscription, id);
create index notification_workspace on notification (workspace, id);

-- kind: a attempt (one HTTP request), h held, e ended. An attempt without a reason was answered with a 2xx.
create table log (
  notification uuid not null,
  step int4 not null,
  kind "char" not null,
  subscription int4 not null,
  shard int2 not null,
  at timestamptz not null,
  reason text,
  requests int4 not null,
  policy_step int4 not null,
  first_sent_at timestamptz,
  throttled_since timestamptz,
  next_at timestamptz,
  retry_reason text,
  queue int2,
  position int8,
  status int4,
  dns_us int4,
  connect_us int4,
  tls_us int4,
  first_byte_us int4,
  total_us int4,
  address text,
  detail text,
  node int4 not null,
  revision int4,
  signatures bytea,
  body_sha256 bytea,
  answer_headers text,
  answer_body bytea,
  primary key (notification, step)
) partition by range (notification);
create index log_next_at on log (next_at) where next_at is not null;
create index log_held on log (subscription, queue, position) where kind = 'h' and position is not null;
create index log_not_a_success on log (subscription, notification) where reason is not null;

create table idempotency (
  workspace int4 not null,
  key text not null,
  day date not null,
  event uuid not null,
  hash bytea not null,
  at timestamptz not null default now(),
  primary key (workspace, key, day)
) partition by range (day);

create table node (
  epoch int4 generated always as identity primary key,
  user_agent text not null,
  beat int8 not null default 0,
  dead boolean not null default false,
  started_at timestamptz not null default now()
) with (fillfactor = 50);

create table shard (
  shard int2 primary key,
  owner int4 references node,
  checkpoint pg_snapshot not null,
  checkpoint_at timestamptz not null,
  followed_until timestamptz not null
) with (fillfactor = 50);
insert into shard (shard, checkpoint, checkpoint_at, followed_until)
  select s, '1:1:'::pg_snapshot, now(), now() from generate_series(0, 255) s;

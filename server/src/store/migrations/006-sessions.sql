-- Who signs in to the Developer Hub, by which links, and the sessions that come of it. Of tokens only the SHA-256 is kept.

create table account (
  id text primary key,
  name text not null,
  role text not null check (role in ('operator')),
  created_at timestamptz not null default now()
);
insert into account (id, name, role) values ('operator', 'Operator', 'operator');

-- A link that was used is deleted.
create table sign_in_link (
  hash bytea primary key,
  account text not null references account,
  made_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- `expires_at` moves with `seen_at`, up to a limit from `created_at`.
create table session (
  hash bytea primary key,
  account text not null references account,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

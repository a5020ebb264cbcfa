-- What charts are drawn from. Rows are appended by the process that delivers and summed when read; a subscription has none
-- for a minute in which nothing happened. Partitions are made and dropped like those of the flow tables.
--
-- `latency`: attempts by duration, the buckets of domain/statistics.ts.

create table subscription_minute (
  at timestamptz not null,
  subscription int4 not null,
  epoch int4 not null,
  made int4 not null,
  attempts int4 not null,
  delivered int4 not null,
  failed int4 not null,
  ended int4 not null,
  held int4 not null,
  latency int4[] not null,
  primary key (at, subscription, epoch)
) partition by range (at);
-- Rows of one subscription lie far apart in the table: what is asked of one is in the index. Not `held`: who asks for everybody's asks
-- for that too, and so is not tempted to read this index of all subscriptions instead of the table in its order.
create index subscription_minute_subscription on subscription_minute (subscription, at)
  include (epoch, made, attempts, delivered, failed, ended, latency);

-- Sums of the minutes of an hour, made once it is over: a week is 168 rows instead of 10,080.
create table subscription_hour (
  at timestamptz not null,
  subscription int4 not null,
  made int4 not null,
  attempts int4 not null,
  delivered int4 not null,
  failed int4 not null,
  ended int4 not null,
  held int4 not null,
  latency int4[] not null,
  primary key (subscription, at) include (made, attempts, delivered, failed, ended, latency)
) partition by range (at);
create index subscription_hour_at on subscription_hour (at);

-- Scans for fresh work look at the days that can have some, and must not take the primary key for that bound: with the id
-- in the same index, that one is always the better of the two, and gives the order of a page too.
drop index notification_xid;
create index notification_fresh on notification (xid, id);

-- What the desk's timers go by: since when a lock counts, who wrote last, when somebody was reminded, which silence was told.
alter table ticket add column lock_since bigint;
alter table ticket add column last_writer text;
alter table ticket add column reminded_at bigint;
alter table ticket add column silent_since bigint;
create index ticket_lock on ticket (queue_id, lock_since, id) where lock_since is not null;
create index ticket_silence on ticket (queue_id, last_agent_at, id) where class > 0;
create index personal_kind on personal (kind);

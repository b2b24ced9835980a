-- What is promised on a ticket. clocks: what its clocks need to know, as JSON; empty on a ticket from before there were clocks, until
-- its events are folded.
alter table ticket add column service_id uuid;
alter table ticket add column type_id uuid;
alter table ticket add column service_level_id uuid;
alter table ticket add column clocks text not null default '';
create index ticket_unfolded on ticket (id) where clocks = '';

-- Derived from that and the settings, at every save and when settings change: the earliest deadline that still runs, and when the next
-- level of a promise is reached.
alter table ticket add column due_at bigint;
alter table ticket add column due_measure text;
alter table ticket add column due_warn_at bigint;
alter table ticket add column due_paused boolean not null default false;
alter table ticket add column due_level_id uuid;
alter table ticket add column level_at bigint;
create index ticket_deadline on ticket (coalesce(due_at, pending_until, 9000000000000000), id, class, locked, queue_id);
create index ticket_late on ticket (due_at, id, class, locked, queue_id) where due_at is not null;
create index ticket_level on ticket (level_at) where level_at is not null;

-- How promises were kept, for reports: a row for each that was fulfilled. An update is promised again and again on one ticket. Lengths are
-- working time (ms): what was promised, what was needed, and what did not count.
create table outcome (
    ticket_id uuid not null,
    measure text not null,
    since bigint not null,
    queue_id uuid not null,
    stop bigint not null,
    promised bigint not null,
    elapsed bigint not null,
    waited bigint not null,
    primary key (ticket_id, measure, since)
);
create index outcome_stop on outcome (stop, queue_id, measure);

-- The team: who answers, who watches, what was merged or taken along; and what a replica and its server know of each other.
alter table ticket add column responsible_id uuid;
alter table ticket add column merged_into uuid;
alter table ticket add column away_id uuid;
alter table ticket add column away_since bigint;
alter table ticket add column watchers text not null default '[]';
-- On a replica: the feed number of the server's ticket that this row was made from; seq is the replica's own.
alter table ticket add column unit_seq bigint not null default 0;
create index ticket_responsible on ticket (responsible_id, changed_at, id) where responsible_id is not null;
create table watcher (
    agent_id uuid not null,
    ticket_id uuid not null,
    primary key (agent_id, ticket_id)
);
create index watcher_ticket on watcher (ticket_id);
create index ticket_scope on ticket (scope_seq);

-- The connected desktop that an event was done on. On a replica, what it has only guessed has seq 0.
alter table event add column device uuid;

-- Contacts are units of the feed; personal things are counted per agent.
alter table customer add column seq bigint not null default 0;
create index customer_seq on customer (seq);
alter table personal add column seq bigint not null default 0;
alter table read_mark add column seq bigint not null default 0;
create index personal_seq on personal (agent_id, seq);
create index read_mark_seq on read_mark (agent_id, seq);

-- Whose command it was, and what was answered.
alter table command add column agent_id uuid;
alter table command add column device_id uuid;
alter table command add column answer text;

create index article_trouble on article (author_id, delivery) where delivery in ('failed', 'held', 'perhaps_sent');

-- Connected desktops, as their server knows them.
create table device (
    id uuid primary key,
    agent_id uuid not null,
    token_hash text not null unique,
    name text not null,
    program text not null,
    created_at bigint not null,
    seen_at bigint not null,
    revoked_at bigint,
    lost boolean not null
);
create index device_agent on device (agent_id);

-- Ticket numbers that belong to a device, used or not.
create table number_lease (
    number text primary key,
    device_id uuid not null,
    at bigint not null,
    ticket_id uuid
);
create index number_lease_device on number_lease (device_id);

-- What devices handed over before they were wiped, and what a restored server no longer knew.
create table left_behind (
    id uuid primary key,
    agent_id uuid not null,
    device_id uuid not null,
    at bigint not null,
    reason text not null,
    document text not null,
    done_at bigint,
    done_by uuid
);
create index left_behind_agent on left_behind (agent_id);

-- On a connected desktop: whose replica this is and how far it has come.
create table replica (
    id bigint primary key,
    server text not null,
    device_id uuid not null,
    agent_id uuid not null,
    cursor text not null,
    first_sync text not null,
    contact_at bigint not null,
    clock_offset bigint not null,
    wiped_at bigint,
    document text not null
);

-- On a connected desktop: commands in the order in which they were given.
create table outbox (
    ordinal bigint primary key,
    id uuid not null unique,
    ticket_id uuid not null,
    other_id uuid,
    state text not null,
    envelope text not null,
    answer text,
    seq bigint,
    at bigint not null
);
create index outbox_ticket on outbox (ticket_id);

-- On a connected desktop: the ticket as the server last sent it, kept while a command of it is pending; null: not known to the server.
create table confirmed (
    ticket_id uuid primary key,
    document text
);

-- On a connected desktop: numbers it may still give.
create table leased_number (
    number text primary key,
    at bigint not null
);

-- The servers that share this database. On SQLite there is one, which its data folder's lock names: no row.
create table server (
    id uuid primary key,
    name text not null,
    version text not null,
    started_at bigint not null,
    -- By the database's clock; whose row has grown old is dead to the others.
    seen_at bigint not null
);

-- What one server does at a time: 'timers', 'mailbox …'. It is free when its server is gone.
create table lease (
    name text primary key,
    server_id uuid not null
);

-- How a mailbox is doing, as its server sees it, for the others.
create table mailbox_status (
    mailbox_id uuid primary key,
    server_id uuid not null,
    status text not null,
    code text,
    detail text,
    since bigint not null,
    foreign_desk text
);

-- Wrong sign-ins by login and by address.
create table attempt (
    key text primary key,
    count bigint not null,
    at bigint not null,
    blocked_until bigint not null
);

-- Who looks at a ticket or writes on it right now, for the servers of one desk. Stale after seconds, no part of any history.
create table presence (
    ticket_id uuid not null,
    agent_id uuid not null,
    writing boolean not null,
    seen_at bigint not null,
    primary key (ticket_id, agent_id)
);

-- What an agent is to hear of at a moment. One row an agent and alarm: its id is made of what is due and when, so that server and
-- replica know the same one by the same name.
create table alarm (
    agent_id uuid not null,
    id text not null,
    -- None: a test.
    ticket_id uuid,
    event text not null,
    due_at bigint not null,
    raised_at bigint not null,
    -- On a replica without contact: when it last heard from its server.
    as_of bigint,
    -- The device that makes a sound; empty until somebody asks.
    sound text not null default '',
    -- Put off until.
    again_at bigint,
    -- 'seen', 'taken', 'snoozed' or 'moot'; none: it stands.
    ended text,
    ended_at bigint,
    -- On a replica: does the server know how it ended?
    told boolean not null,
    -- The agent's own count of what became of alarms.
    seq bigint not null,
    primary key (agent_id, id)
);
create index alarm_seq on alarm (agent_id, seq);
create index alarm_standing on alarm (agent_id, due_at) where ended is null;
create index alarm_ticket on alarm (ticket_id) where ended is null;
create index alarm_again on alarm (again_at) where again_at is not null;
create index alarm_ended on alarm (ended_at) where ended is not null;

-- What this computer has shown, so that nothing is shown twice, not even after a crash.
create table alarm_shown (
    agent_id uuid not null,
    id text not null,
    at bigint not null,
    primary key (agent_id, id)
);

-- Up to which moment and feed number somebody has looked for what is due.
create table alarm_mark (
    id bigint primary key,
    at bigint not null,
    seq bigint not null
);

-- What went to whom, how, and why not.
create table delivery (
    id uuid primary key,
    at bigint not null,
    agent_id uuid not null,
    alarm_id text not null,
    ticket_id uuid,
    event text not null,
    -- 'native' or 'mail'.
    way text not null,
    device text not null,
    -- 'told', 'off', 'quiet', 'paused', 'shown', 'failed'; of mails 'waiting', 'sending', 'sent', 'perhaps', 'failed'.
    outcome text not null,
    detail text not null,
    due_at bigint not null,
    attempts bigint not null,
    -- On a replica: does the server know of it?
    told boolean not null
);
create index delivery_agent on delivery (agent_id, at);
create index delivery_at on delivery (at);
create index delivery_waiting on delivery (due_at) where outcome in ('waiting', 'sending');
create index personal_key on personal (kind, key);

-- One text for SQLite and PostgreSQL. Instants are bigint milliseconds UTC, JSON is text, lists of addresses are JSON.
create table feed (
    id bigint primary key,
    head bigint not null,
    settings_head bigint not null,
    epoch bigint not null
);
insert into feed (id, head, settings_head, epoch) values (1, 0, 0, 1);

create table counter (
    name text primary key,
    value bigint not null
);

create table setting (
    kind text not null,
    id uuid not null,
    version bigint not null,
    seq bigint not null,
    document text not null,
    primary key (kind, id)
);

create table setting_history (
    kind text not null,
    id uuid not null,
    version bigint not null,
    at bigint not null,
    actor text not null,
    document text not null,
    primary key (kind, id, version)
);

-- Sealed (XChaCha20-Poly1305); never synced, exported or part of a history.
create table secret (
    kind text not null,
    id uuid not null,
    sealed bytea not null,
    primary key (kind, id)
);

create table password (
    agent_id uuid primary key,
    hash text not null,
    changed_at bigint not null
);

create table session (
    token_hash text primary key,
    agent_id uuid not null,
    write_token text not null,
    created_at bigint not null,
    seen_at bigint not null,
    label text not null
);
create index session_agent on session (agent_id);

create table ticket (
    id uuid primary key,
    number text not null unique,
    title text not null,
    queue_id uuid not null,
    state_id uuid not null,
    priority_id uuid not null,
    owner_id uuid,
    locked boolean not null,
    customer_address text not null,
    customer_name text not null,
    created_at bigint not null,
    changed_at bigint not null,
    pending_until bigint,
    articles bigint not null,
    events bigint not null,
    last_customer_at bigint,
    last_agent_at bigint,
    first_response_at bigint,
    closed_at bigint,
    junk_queue_id uuid,
    junk_state_id uuid,
    suspicious boolean not null,
    -- From here on: index columns, derived at every save. The sort keys are bytes, so that both databases order them alike
    -- whatever their collation; the search key is folded, because lower() knows only ASCII on SQLite.
    seq bigint not null,
    scope_seq bigint not null,
    class bigint not null,
    rank bigint not null,
    customer_key text not null,
    customer_sort bytea not null,
    title_sort bytea not null,
    search_key text not null,
    has_attachments boolean not null,
    trouble text,
    preview text not null
);
-- What is open is little and asked for all day: its lists have indexes of their own. The columns after the id let a walk
-- skip what a filter leaves out without looking at the row.
create index ticket_open on ticket (changed_at, id, class, locked, queue_id) where class > 0;
create index ticket_queue on ticket (queue_id, changed_at, id, class, locked) where class > 0;
create index ticket_owner on ticket (owner_id, changed_at, id, class, locked, pending_until) where class > 0;
create index ticket_age on ticket (created_at, id, class, locked, queue_id) where class > 0;
create index ticket_pending on ticket (class, pending_until) where pending_until is not null;
create index ticket_changed on ticket (changed_at, id, class, locked, queue_id);
create index ticket_number on ticket (number, id, class, locked, queue_id);
create index ticket_due on ticket (coalesce(pending_until, 9000000000000000), id, class, locked, queue_id);
create index ticket_created on ticket (created_at, id, class, locked, queue_id);
create index ticket_rank on ticket (rank, id, class, locked, queue_id);
create index ticket_title on ticket (title_sort, id, class, locked, queue_id);
create index ticket_name on ticket (customer_sort, id, class, locked, queue_id);
create index ticket_customer on ticket (customer_key, changed_at, class);
create index ticket_seq on ticket (seq);
-- The sum keeps the planner from taking it for a list of one class.
create index ticket_search on ticket ((class + 0), changed_at, search_key);

-- How many tickets there are of each kind, kept at every save: counting them takes too long where there are many.
create table tally (
    class bigint not null,
    queue_id uuid not null,
    state_id uuid not null,
    locked boolean not null,
    tickets bigint not null,
    primary key (class, queue_id, state_id, locked)
);

-- The wide columns stand last: SQLite reads a row from its beginning.
create table article (
    id uuid primary key,
    ticket_id uuid not null,
    ordinal bigint not null,
    seq bigint not null,
    sender text not null,
    channel text not null,
    direction text,
    visible boolean not null,
    author_id uuid,
    created_at bigint not null,
    sent_at bigint,
    delivery text,
    raw text,
    delivery_error text,
    message_id text,
    subject text not null,
    mail_from text,
    mail_to text not null,
    mail_cc text not null,
    mail_bcc text not null,
    mail_reply_to text not null,
    mail_references text not null,
    warnings text not null,
    body text not null,
    html text
);
create unique index article_ticket on article (ticket_id, ordinal);
create index article_seq on article (seq);
create index article_raw on article (raw);

create table attachment (
    id uuid primary key,
    article_id uuid not null,
    ordinal bigint not null,
    name text not null,
    content_type text not null,
    size bigint not null,
    sha256 text not null,
    inline boolean not null,
    content_id text
);
create index attachment_article on attachment (article_id, ordinal);
create index attachment_blob on attachment (sha256);

-- Which ticket a Message-ID belongs to: our own articles (article_id set) and the ids they refer to.
create table message_ref (
    message_id text not null,
    ticket_id uuid not null,
    article_id uuid,
    ours boolean not null,
    primary key (message_id, ticket_id)
);

create table event (
    ticket_id uuid not null,
    ordinal bigint not null,
    seq bigint not null,
    at bigint not null,
    device_at bigint,
    actor text not null,
    body text not null,
    primary key (ticket_id, ordinal)
);
create index event_seq on event (seq);

create table command (
    id uuid primary key,
    seq bigint not null,
    at bigint not null,
    outcome text not null
);

create table job (
    id uuid primary key,
    kind text not null,
    ticket_id uuid not null,
    article_id uuid not null,
    state text not null,
    due_at bigint not null,
    attempts bigint not null,
    body text not null,
    error text,
    holder text,
    changed_at bigint not null
);
create index job_due on job (state, due_at);
create index job_article on job (article_id);

create table link (
    ticket_id uuid not null,
    other_id uuid not null,
    kind text not null,
    primary key (ticket_id, other_id)
);

create table customer (
    key text primary key,
    address text not null,
    name text not null,
    company text not null,
    phone text not null,
    note text not null,
    seen_at bigint not null,
    search_key text not null
);
create index customer_seen on customer (seen_at, search_key, key);

create table personal (
    agent_id uuid not null,
    kind text not null,
    key text not null,
    document text not null,
    changed_at bigint not null,
    primary key (agent_id, kind, key)
);

create table read_mark (
    agent_id uuid not null,
    article_id uuid not null,
    ticket_id uuid not null,
    is_read boolean not null,
    primary key (agent_id, article_id)
);
create index read_mark_ticket on read_mark (ticket_id, agent_id);

create table blob (
    sha256 text primary key,
    size bigint not null,
    created_at bigint not null
);

-- The bytes, 256 KiB a row, where there is no folder beside the database (PostgreSQL).
create table blob_chunk (
    sha256 text not null,
    ordinal bigint not null,
    data bytea not null,
    primary key (sha256, ordinal)
);

create table upload (
    id uuid primary key,
    agent_id uuid not null,
    name text not null,
    content_type text not null,
    size bigint not null,
    sha256 text not null,
    created_at bigint not null
);
create index upload_blob on upload (sha256);

create table mailbox_state (
    mailbox_id uuid not null,
    folder text not null,
    uid_validity bigint not null,
    start_uid bigint not null,
    done_uid bigint not null,
    connected_at bigint not null,
    taken_in bigint not null,
    last_mail_at bigint,
    foreign_desk text,
    primary key (mailbox_id, folder, uid_validity)
);

create table mail_seen (
    mailbox_id uuid not null,
    uid_validity bigint not null,
    uid bigint not null,
    at bigint not null,
    outcome text not null,
    primary key (mailbox_id, uid_validity, uid)
);

create table mail_fingerprint (
    message_id text not null,
    content_hash text not null,
    ticket_id uuid not null,
    article_id uuid not null,
    primary key (message_id, content_hash)
);

create table quarantine (
    id uuid primary key,
    at bigint not null,
    mailbox_id uuid,
    reason text not null,
    raw text not null,
    size bigint not null,
    mail_from text,
    subject text
);

create table auto_sent (
    address text not null,
    day text not null,
    count bigint not null,
    primary key (address, day)
);

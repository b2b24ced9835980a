//! All tables, as a list: what a backup writes and a restore reads. A test holds it to the real ones.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id; a string of 36 characters in JSON.
    Uuid,
    /// A text.
    Text,
    /// A number.
    Bigint,
    /// Yes or no.
    Boolean,
    /// Bytes; hex digits in JSON.
    Bytes,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// May it hold nothing?
    pub nullable: bool,
}

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Its primary key, which is also the order of its rows in a backup.
    pub key: &'static [&'static str],
    /// Does it go into a backup? Sealed secrets, sessions, servers and the bytes of blobs do not; a backup holds blobs as files.
    pub backup: bool,
}

macro_rules! tables {
    ($($table:ident [$($key:ident),+] $backup:ident { $($column:ident: $kind:ident $($null:ident)?),+ $(,)? }),+ $(,)?) => {
        /// All tables.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($table),
            columns: &[$(Column { name: stringify!($column), kind: Kind::$kind, nullable: tables!(@nullable $($null)?) }),+],
            key: &[$(stringify!($key)),+],
            backup: tables!(@$backup),
        }),+];
    };
    (@nullable null) => { true };
    (@nullable) => { false };
    (@backup) => { true };
    (@stays) => { false };
}

tables! {
    feed [id] backup { id: Bigint, head: Bigint, settings_head: Bigint, epoch: Bigint },
    counter [name] backup { name: Text, value: Bigint },
    setting [kind, id] backup { kind: Text, id: Uuid, version: Bigint, seq: Bigint, document: Text },
    setting_history [kind, id, version] backup { kind: Text, id: Uuid, version: Bigint, at: Bigint, actor: Text, document: Text },
    secret [kind, id] stays { kind: Text, id: Uuid, sealed: Bytes },
    password [agent_id] backup { agent_id: Uuid, hash: Text, changed_at: Bigint },
    session [token_hash] stays {
        token_hash: Text, agent_id: Uuid, write_token: Text, created_at: Bigint, seen_at: Bigint, label: Text
    },
    ticket [id] backup {
        id: Uuid, number: Text, title: Text, queue_id: Uuid, state_id: Uuid, priority_id: Uuid, owner_id: Uuid null, locked:
        Boolean, customer_address: Text, customer_name: Text, created_at: Bigint, changed_at: Bigint, pending_until: Bigint
        null, articles: Bigint, events: Bigint, last_customer_at: Bigint null, last_agent_at: Bigint null, first_response_at:
        Bigint null, closed_at: Bigint null, junk_queue_id: Uuid null, junk_state_id: Uuid null, suspicious: Boolean, seq:
        Bigint, scope_seq: Bigint, class: Bigint, rank: Bigint, customer_key: Text, customer_sort: Bytes, title_sort: Bytes,
        search_key: Text, has_attachments: Boolean, trouble: Text null, preview: Text, responsible_id: Uuid null, merged_into:
        Uuid null, away_id: Uuid null, away_since: Bigint null, watchers: Text, unit_seq: Bigint, service_id: Uuid null,
        type_id: Uuid null, service_level_id: Uuid null, clocks: Text, due_at: Bigint null, due_measure: Text null, due_warn_at:
        Bigint null, due_paused: Boolean, due_level_id: Uuid null, level_at: Bigint null, lock_since: Bigint null,
        last_writer: Text null, reminded_at: Bigint null, silent_since: Bigint null
    },
    watcher [agent_id, ticket_id] backup { agent_id: Uuid, ticket_id: Uuid },
    tally [class, queue_id, state_id, locked] backup { class: Bigint, queue_id: Uuid, state_id: Uuid, locked: Boolean, tickets: Bigint },
    outcome [ticket_id, measure, since] backup {
        ticket_id: Uuid, measure: Text, since: Bigint, queue_id: Uuid, stop: Bigint, promised: Bigint, elapsed: Bigint, waited: Bigint
    },
    article [id] backup {
        id: Uuid, ticket_id: Uuid, ordinal: Bigint, seq: Bigint, sender: Text, channel: Text, direction: Text null, visible:
        Boolean, author_id: Uuid null, created_at: Bigint, sent_at: Bigint null, delivery: Text null, raw: Text null,
        delivery_error: Text null, message_id: Text null, subject: Text, mail_from: Text null, mail_to: Text, mail_cc: Text,
        mail_bcc: Text, mail_reply_to: Text, mail_references: Text, warnings: Text, body: Text, html: Text null
    },
    attachment [id] backup {
        id: Uuid, article_id: Uuid, ordinal: Bigint, name: Text, content_type: Text, size: Bigint, sha256: Text, inline:
        Boolean, content_id: Text null
    },
    message_ref [message_id, ticket_id] backup { message_id: Text, ticket_id: Uuid, article_id: Uuid null, ours: Boolean },
    event [ticket_id, ordinal] backup {
        ticket_id: Uuid, ordinal: Bigint, seq: Bigint, at: Bigint, device_at: Bigint null, actor: Text, body: Text,
        device: Uuid null
    },
    command [id] backup {
        id: Uuid, seq: Bigint, at: Bigint, outcome: Text, agent_id: Uuid null, device_id: Uuid null, answer: Text null
    },
    job [id] backup {
        id: Uuid, kind: Text, ticket_id: Uuid, article_id: Uuid, state: Text, due_at: Bigint, attempts: Bigint, body: Text,
        error: Text null, holder: Text null, changed_at: Bigint
    },
    link [ticket_id, other_id] backup { ticket_id: Uuid, other_id: Uuid, kind: Text },
    customer [key] backup {
        key: Text, address: Text, name: Text, company: Text, phone: Text, note: Text, seen_at: Bigint, search_key: Text, seq: Bigint
    },
    personal [agent_id, kind, key] backup { agent_id: Uuid, kind: Text, key: Text, document: Text, changed_at: Bigint, seq: Bigint },
    read_mark [agent_id, article_id] backup {
        agent_id: Uuid, article_id: Uuid, ticket_id: Uuid, is_read: Boolean, seq: Bigint
    },
    blob [sha256] stays { sha256: Text, size: Bigint, created_at: Bigint },
    blob_chunk [sha256, ordinal] stays { sha256: Text, ordinal: Bigint, data: Bytes },
    upload [id] backup { id: Uuid, agent_id: Uuid, name: Text, content_type: Text, size: Bigint, sha256: Text, created_at: Bigint },
    mailbox_state [mailbox_id, folder, uid_validity] backup {
        mailbox_id: Uuid, folder: Text, uid_validity: Bigint, start_uid: Bigint, done_uid: Bigint, connected_at: Bigint,
        taken_in: Bigint, last_mail_at: Bigint null, foreign_desk: Text null
    },
    mail_seen [mailbox_id, uid_validity, uid] backup {
        mailbox_id: Uuid, uid_validity: Bigint, uid: Bigint, at: Bigint, outcome: Text
    },
    mail_fingerprint [message_id, content_hash] backup { message_id: Text, content_hash: Text, ticket_id: Uuid, article_id: Uuid, mailbox_id: Uuid null, uid_validity: Bigint null },
    quarantine [id] backup {
        id: Uuid, at: Bigint, mailbox_id: Uuid null, reason: Text, raw: Text, size: Bigint, mail_from: Text null, subject: Text
        null, internal_date: Bigint null
    },
    auto_sent [address, day] backup { address: Text, day: Text, count: Bigint },
    device [id] backup {
        id: Uuid, agent_id: Uuid, token_hash: Text, name: Text, program: Text, created_at: Bigint, seen_at: Bigint, revoked_at:
        Bigint null, lost: Boolean
    },
    number_lease [number] backup { number: Text, device_id: Uuid, at: Bigint, ticket_id: Uuid null },
    left_behind [id] backup {
        id: Uuid, agent_id: Uuid, device_id: Uuid, at: Bigint, reason: Text, document: Text, done_at: Bigint null, done_by: Uuid
        null
    },
    replica [id] stays {
        id: Bigint, server: Text, device_id: Uuid, agent_id: Uuid, cursor: Text, first_sync: Text, contact_at: Bigint,
        clock_offset: Bigint, wiped_at: Bigint null, document: Text
    },
    outbox [ordinal] stays {
        ordinal: Bigint, id: Uuid, ticket_id: Uuid, other_id: Uuid null, state: Text, envelope: Text, answer: Text null, seq: Bigint
        null, at: Bigint
    },
    confirmed [ticket_id] stays { ticket_id: Uuid, document: Text null },
    alarm [agent_id, id] backup {
        agent_id: Uuid, id: Text, ticket_id: Uuid null, event: Text, due_at: Bigint, raised_at: Bigint, as_of: Bigint null, sound:
        Text, again_at: Bigint null, ended: Text null, ended_at: Bigint null, told: Boolean, seq: Bigint
    },
    alarm_shown [agent_id, id] stays { agent_id: Uuid, id: Text, at: Bigint },
    alarm_mark [id] stays { id: Bigint, at: Bigint, seq: Bigint },
    delivery [id] backup {
        id: Uuid, at: Bigint, agent_id: Uuid, alarm_id: Text, ticket_id: Uuid null, event: Text, way: Text, device: Text, outcome:
        Text, detail: Text, due_at: Bigint, attempts: Bigint, told: Boolean
    },
    presence [ticket_id, agent_id] stays { ticket_id: Uuid, agent_id: Uuid, writing: Boolean, seen_at: Bigint },
    leased_number [number] stays { number: Text, at: Bigint },
    server [id] stays { id: Uuid, name: Text, version: Text, started_at: Bigint, seen_at: Bigint },
    life [ordinal] stays { ordinal: Bigint, mark: Bigint, since: Bigint },
    lease [name] stays { name: Text, server_id: Uuid },
    mailbox_status [mailbox_id] stays {
        mailbox_id: Uuid, server_id: Uuid, status: Text, code: Text null, detail: Text null, since: Bigint, foreign_desk: Text null
    },
    attempt [key] stays { key: Text, count: Bigint, at: Bigint, blocked_until: Bigint },
}

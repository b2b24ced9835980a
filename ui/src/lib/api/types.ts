/** The shapes on the wire, `/api/v1`. Instants are UTC milliseconds, ids are UUID strings. */
export type Id = string;
export type Millis = number;

export interface Agent {
  id: Id;
  login: string;
  name: string;
  email: string;
  admin: boolean;
}

export interface Session {
  signed_in: boolean;
  agent?: Agent;
  write_token?: string;
  host: 'desktop' | 'server';
  stage: 'first_start' | 'ready';
  desk: { name: string; time_zone: string; language: string };
  version: string;
  secrets: 'keyring' | 'file' | 'session';
  secrets_note?: string;
  setup_link_needed?: boolean;
}

export interface Setup {
  desk_name: string;
  your_name: string;
  your_email: string;
  queue_name: string;
  language: string;
  time_zone: string;
  mailbox?: MailboxInput;
}

export interface Progress {
  running: boolean;
  done: number;
  total: number;
}

/* Settings: typed records, each a document with a version. */

export interface Rec<T> {
  id: Id;
  version: number;
  document: T;
}
export interface RecVersion {
  version: number;
  at: Millis;
  actor: string;
  document: unknown;
}

export interface DeskDoc {
  name: string;
  time_zone: string;
  language: string;
  system_id: string;
  number_generator: 'date_checksum' | 'date' | 'auto_increment';
  ticket_hook: string;
  hook_divider: string;
  subject_format: 'left' | 'right' | 'none';
  subject_size: number;
  fqdn: string;
}
export type AutoKind =
  'auto_reply' | 'auto_reject' | 'auto_follow_up' | 'auto_reply_new_ticket' | 'auto_remove';
export interface QueueDoc {
  name: string;
  valid: boolean;
  address_id?: Id | null;
  signature_id?: Id | null;
  salutation_id?: Id | null;
  follow_up: 'possible' | 'reject' | 'new_ticket';
  follow_up_lock: boolean;
  unlock_timeout_minutes: number;
  auto_responses: Partial<Record<AutoKind, Id | null>>;
  template_ids: Id[];
  comment: string;
}
export type StateType =
  'new' | 'open' | 'closed' | 'pending_reminder' | 'pending_auto' | 'removed' | 'merged';
export interface StateDoc {
  name: string;
  type: StateType;
  next_state_id?: Id | null;
  valid: boolean;
}
export interface PriorityDoc {
  name: string;
  rank: number;
  color: string;
  valid: boolean;
}
export interface TemplateDoc {
  name: string;
  kind: 'answer' | 'forward' | 'note' | 'phone_call' | 'create';
  text: string;
  subject?: string;
  valid: boolean;
}
export interface NamedTextDoc {
  name: string;
  text: string;
  valid: boolean;
}
export interface AutoResponseDoc {
  name: string;
  kind: AutoKind;
  subject: string;
  text: string;
  address_id?: Id | null;
  valid: boolean;
}
export interface AddressDoc {
  name: string;
  email: string;
  queue_id: Id;
  valid: boolean;
}
export type Security = 'tls' | 'starttls' | 'plain';
export interface ImapServer {
  host: string;
  port: number;
  security: Security;
  user: string;
  folder: string;
}
export interface SmtpServer {
  host: string;
  port: number;
  security: Security;
  user?: string;
}
export type TakeIn = { mode: 'from_now' | 'unread' | 'days' | 'all'; days?: number };
export interface MailboxDoc {
  name: string;
  valid: boolean;
  imap: ImapServer;
  smtp?: SmtpServer | null;
  trusted: boolean;
  queue_id?: Id | null;
  take_in: TakeIn;
  after: { mode: 'leave' | 'mark_read' | 'move' | 'delete'; folder?: string };
  connected_at?: Millis;
  poll_seconds: number;
  ca_file?: string | null;
}
export interface MailboxInput {
  document: MailboxDoc;
  password?: string;
  smtp_password?: string;
  /** The address it serves; a sender address is made for it when there is none. */
  address?: string;
}
export interface MailRulesDoc {
  undo_seconds: number;
  auto_per_day: number;
  auto_max_age_hours: number;
  open_by_number_alone: boolean;
  postmaster_queue_id?: Id | null;
  max_mail_bytes: number;
  no_auto_response_pattern: string;
  hold_after_hours: number;
}
export interface BlockedSenderDoc {
  address: string;
  since: Millis;
}
export interface AgentDoc {
  name: string;
  login: string;
  email: string;
  admin: boolean;
  valid: boolean;
  [more: string]: unknown;
}

export interface Documents {
  desk: DeskDoc;
  queue: QueueDoc;
  state: StateDoc;
  priority: PriorityDoc;
  template: TemplateDoc;
  signature: NamedTextDoc;
  salutation: NamedTextDoc;
  auto_response: AutoResponseDoc;
  address: AddressDoc;
  mailbox: MailboxDoc;
  mail_rules: MailRulesDoc;
  blocked_sender: BlockedSenderDoc;
  agent: AgentDoc;
}
export type Kind = keyof Documents;
export type Records = { [K in Kind]?: Rec<Documents[K]>[] };
export interface Settings {
  version: number;
  records: Records;
}

/* Mailboxes, quarantine, outbox. */

export type ConnectCode =
  | 'name_not_found'
  | 'refused'
  | 'timeout'
  | 'certificate'
  | 'wrong_password'
  | 'folder_missing'
  | 'tls_required'
  | 'not_imap'
  | 'not_smtp'
  | 'other';
export interface ServerTest {
  ok: boolean;
  code?: ConnectCode;
  detail?: string;
}
export interface MailboxOverview {
  total: number;
  unread: number;
  oldest?: Millis;
  foreign_desks: string[];
  keywords_allowed: boolean;
}
export interface MailboxTest {
  imap: ServerTest;
  smtp?: ServerTest;
  folders?: string[];
  overview?: MailboxOverview;
}
export interface MailboxTestInput {
  imap: ImapServer;
  smtp?: SmtpServer;
  password?: string;
  smtp_password?: string;
  ca_file?: string;
  /** The stored mailbox whose password counts when none is given. */
  id?: Id;
}
export interface MailboxStatus {
  id: Id;
  name: string;
  address: string;
  status: 'connected' | 'polling' | 'connecting' | 'failed' | 'stopped' | 'off';
  code?: ConnectCode | 'foreign_desk';
  detail?: string;
  since: Millis;
  last_mail_at?: Millis;
  taken_in: number;
  foreign_desk?: string;
}
export interface QuarantineRow {
  id: Id;
  at: Millis;
  mailbox: string | null;
  reason: string;
  size: number;
  from?: string;
  subject?: string;
}
export type DeliveryState =
  'waiting' | 'sending' | 'retrying' | 'sent' | 'perhaps_sent' | 'failed' | 'held' | 'cancelled';
export interface OutboxRow {
  job_id: Id;
  ticket_id: Id;
  number: string;
  article_id: Id;
  to: string;
  subject: string;
  state: DeliveryState;
  due_at: Millis;
  attempts: number;
  last_error?: string;
}

/* Lists. */

export interface Counts {
  seq: number;
  views: {
    mine: number;
    unassigned: number;
    reminders: number;
    locked: number;
    all_open: number;
  };
  queues: Record<Id, { open: number; unassigned: number }>;
  outbox: { waiting: number; needs_you: number };
  quarantine: number;
}
export type ListView = 'mine' | 'unassigned' | 'reminders' | 'locked' | 'open' | 'closed' | 'junk' | 'all';
export type SortKey = 'due' | 'changed' | 'created' | 'number' | 'priority' | 'state' | 'customer' | 'title';
export type Flag = 'perhaps_sent' | 'held' | 'draft' | 'suspicious_follow_up' | 'late_mail';
export interface Row {
  id: Id;
  number: string;
  title: string;
  from: string;
  company?: string;
  queue_id: Id;
  state_id: Id;
  priority_id: Id;
  owner_id?: Id | null;
  locked: boolean;
  unread: number;
  created_at: Millis;
  changed_at: Millis;
  last_contact_at?: Millis;
  due_at?: Millis | null;
  pending_until?: Millis | null;
  attachments: boolean;
  flags: Flag[];
  seq: number;
  preview?: string;
}
export interface Page {
  rows: Row[];
  total: number;
  next: string | null;
  seq: number;
}
export interface ListQuery {
  view?: ListView;
  queue?: Id;
  sort?: SortKey;
  order?: 'asc' | 'desc';
  limit?: number;
  after?: string;
  q?: string;
}

/* A ticket. */

export interface Customer {
  address: string;
  name?: string;
  company?: string;
  phone?: string;
  note?: string;
  open_tickets?: number;
  total_tickets?: number;
  blocked?: boolean;
  recent?: { id: Id; number: string; title: string; state_id: Id; changed_at: Millis }[];
}
export interface Attachment {
  id: Id;
  name: string;
  type: string;
  size: number;
  inline: boolean;
  content_id?: string;
  url: string;
}
export interface Delivery {
  state: DeliveryState;
  due_at?: Millis;
  error?: string;
  at?: Millis;
}
export interface Article {
  id: Id;
  ordinal: number;
  sender: 'agent' | 'customer' | 'system';
  channel: string;
  visible_to_customer: boolean;
  author?: { id: Id; name: string };
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  reply_to: string[];
  subject: string;
  text: string;
  html?: string;
  created_at: Millis;
  sent_at?: Millis;
  unread: boolean;
  attachments: Attachment[];
  raw: boolean;
  delivery?: Delivery;
  direction?: 'inbound' | 'outbound';
  warnings: string[];
  message_id?: string;
}
export interface TicketEvent {
  ordinal: number;
  at: Millis;
  actor: { kind: 'agent' | 'customer' | 'system'; name?: string; id?: Id };
  type: string;
  article_id?: Id;
  from?: unknown;
  to?: unknown;
  from_name?: string;
  to_name?: string;
  reason?: string;
  number?: string;
  pending_until?: Millis | null;
  kind?: string;
  [field: string]: unknown;
}
export interface Linked {
  id: Id;
  number: string;
  title: string;
  state_id: Id;
  kind: string;
}
export type DraftKind = 'reply' | 'note' | 'phone_call' | 'forward' | 'create';
export interface Draft {
  ticket_id: Id;
  kind: DraftKind;
  updated_at: Millis;
  body: DraftBody;
  seen_upto?: SeenUpto;
}
export interface Upload {
  upload_id?: Id;
  attachment_id?: Id;
  name: string;
  type: string;
  size?: number;
}
export interface DraftBody {
  to?: string[];
  cc?: string[];
  bcc?: string[];
  subject?: string;
  text?: string;
  quote?: string;
  signature?: string;
  attachments?: Upload[];
  template_id?: Id | null;
  from_address_id?: Id | null;
  state_id?: Id | null;
  pending_until?: Millis | null;
  in_reply_to?: Id | null;
  reply_all?: boolean;
  direction?: 'inbound' | 'outbound';
  [field: string]: unknown;
}
export interface Ticket extends Omit<Row, 'attachments'> {
  attachments?: boolean;
  customer: Customer;
  articles: Article[];
  events: TicketEvent[];
  linked: Linked[];
  drafts: Draft[];
  junk: boolean;
}

/* Commands. */

export interface SeenUpto {
  article: number;
  event: number;
}
export interface MailBody {
  article_id: Id;
  from_address_id: Id;
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  text: string;
  attachments: Upload[];
  state_id?: Id | null;
  pending_until?: Millis | null;
  delay_seconds?: number;
  seen_upto?: SeenUpto;
}
export type Command =
  | { type: 'lock' | 'unlock' | 'not_junk' }
  | { type: 'take'; over?: boolean }
  | { type: 'set_owner'; owner_id: Id | null }
  | { type: 'set_state'; state_id: Id; pending_until?: Millis | null }
  | { type: 'close'; state_id: Id }
  | { type: 'set_priority'; priority_id: Id }
  | { type: 'move'; queue_id: Id }
  | { type: 'set_title'; title: string }
  | { type: 'set_customer'; address: string; name?: string }
  | {
      type: 'note';
      article_id: Id;
      subject?: string;
      text: string;
      visible?: boolean;
      attachments: Upload[];
      state_id?: Id | null;
      pending_until?: Millis | null;
    }
  | {
      type: 'phone_call';
      article_id: Id;
      direction: 'inbound' | 'outbound';
      subject?: string;
      text: string;
      attachments: Upload[];
      state_id?: Id | null;
      pending_until?: Millis | null;
    }
  | ({ type: 'reply'; in_reply_to?: Id | null } & MailBody)
  | ({
      type: 'forward';
      in_reply_to?: Id | null;
      article_ids?: Id[];
      include_attachments?: boolean;
    } & MailBody)
  | { type: 'cancel_send' | 'send_now' | 'send_again' | 'it_arrived' | 'discard_send'; article_id: Id }
  | { type: 'junk'; block_sender: boolean }
  | { type: 'link' | 'unlink'; ticket_id: Id };
export interface Outcome {
  outcome: 'applied' | 'unchanged' | 'repeated';
  seq: number;
  ticket: Ticket;
}
export interface NewTicket {
  id: Id;
  article_id: Id;
  title: string;
  queue_id: Id;
  state_id?: Id;
  priority_id?: Id;
  owner_id?: Id | null;
  lock?: boolean;
  customer: { address: string; name?: string };
  channel: 'phone' | 'email' | 'internal';
  direction?: 'inbound' | 'outbound';
  text: string;
  attachments: Upload[];
  send?: { from_address_id: Id; to: string[]; cc: string[]; bcc: string[]; delay_seconds?: number };
}
export type ComposeKind = 'reply' | 'reply_all' | 'forward' | 'note' | 'phone_call';
export interface Compose {
  from_address_id: Id | null;
  from_choices: { id: Id; label: string }[];
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  text: string;
  signature: string;
  quote: string;
  attachments: (Upload & { id?: Id })[];
  in_reply_to?: Id | null;
  next_state_id?: Id | null;
  templates: { id: Id; name: string; text: string }[];
  seen_upto: SeenUpto;
}
export interface CustomerHit {
  address: string;
  name?: string;
  company?: string;
}
export interface SearchHit {
  kind: string;
  number: string;
  title: string;
  id: Id;
  score: number;
  snippet?: string;
}
export interface Notice {
  code: string;
  title: string;
  text: string;
  ticket_id?: Id;
}
export interface Changes {
  seq: number;
  tickets: Id[];
  settings: boolean;
  counts: boolean;
  mailboxes: boolean;
  notices: Notice[];
}

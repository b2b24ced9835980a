/** The shapes on the wire. Those of `schema.ts` are made from the server's description; here they get the names of the desk. */
import type { components } from './schema';

type Schemas = components['schemas'];
export type Id = string;
export type Millis = number;

export type Agent = Schemas['AgentView'];
export interface Session extends Omit<Schemas['SessionView'], 'host' | 'stage' | 'secrets'> {
  host: 'desktop' | 'server';
  stage: 'first_start' | 'ready';
  secrets: 'keyring' | 'file' | 'session';
}
export type Setup = Schemas['Setup'];
export type Progress = Schemas['Progress'];
export type Problem = Schemas['Problem'];
export type Code = Schemas['Code'];

/* Settings: typed records, each a document with a version. The description knows documents as any JSON. */

export interface Rec<T> {
  id: Id;
  version: number;
  document: T;
}
export type RecVersion = Schemas['VersionView'];

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
  calendar_id?: Id | null;
}
export type AutoKind =
  'auto_reply' | 'auto_reject' | 'auto_follow_up' | 'auto_reply_new_ticket' | 'auto_remove';
export interface QueueDoc {
  name: string;
  valid: boolean;
  group_id?: Id;
  address_id?: Id | null;
  signature_id?: Id | null;
  salutation_id?: Id | null;
  follow_up: 'possible' | 'reject' | 'new_ticket';
  follow_up_lock: boolean;
  unlock_timeout_minutes: number;
  silence_days?: number;
  silence_working_days?: boolean;
  silence_state_id?: Id | null;
  auto_responses: Partial<Record<AutoKind, Id | null>>;
  template_ids: Id[];
  comment: string;
  /** What is promised where no service level applies. */
  promises?: Promised[];
  calendar_id?: Id | null;
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
export type Security = Schemas['Security'];
export type ImapServer = Schemas['ImapSettings'];
export type SmtpServer = Schemas['SmtpSettings'];
export type TakeIn = Schemas['TakeIn'];
export type After = Schemas['After'];
export type MailboxDoc = Schemas['MailboxSettings'];
export type MailboxInput = Schemas['MailboxInput'];
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
  grants?: Grants;
  roles?: Id[];
  absence?: Absence | null;
  [more: string]: unknown;
}
/** From when until when an agent is away, and who stands in. */
export type Absence = Schemas['Absence'];
export type Right = Schemas['Right'];
/** Rights by group. */
export type Grants = Record<Id, Right[]>;
export interface GroupDoc {
  name: string;
  comment?: string;
  valid: boolean;
}
export interface RoleDoc extends GroupDoc {
  grants?: Grants;
}

export type CalendarDoc = Schemas['Calendar'];
export type CalendarPreviewed = Schemas['CalendarPreviewed'];
export type Country = Schemas['CountryView'];
export type PublicHoliday = Schemas['PublicHoliday'];
export type ImportedDays = Schemas['ImportView'];
export type Segment = Schemas['Segment'];

/* Promises: what a desk promises, to whom, and what happens when time runs out. */

export type Measure = Schemas['Measure'];
/** A hundredth of what was promised (100: the breach), or working time after the breach. */
export type LevelAt = { percent: number } | { after_minutes: number };
export type Recipient =
  | { kind: 'owner' | 'responsible' | 'queue' | 'watchers' }
  | { kind: 'group'; group_id: Id }
  | { kind: 'agent'; agent_id: Id }
  | { kind: 'address'; address: string };
export type LevelAction =
  | { kind: 'notify' | 'mail' | 'raise_priority' }
  | { kind: 'webhook'; url: string }
  | { kind: 'set_priority'; priority_id: Id }
  | { kind: 'move'; queue_id: Id }
  | { kind: 'assign'; agent_id: Id };
export interface Escalation {
  at: LevelAt;
  to: Recipient[];
  actions: LevelAction[];
}
export interface Promised {
  measure: Measure;
  /** Of working time; 0: nothing is promised. */
  minutes: number;
  warn_percent: number | null;
  levels: Escalation[];
}
export interface ServiceDoc {
  /** `A::B` lies under `A`. */
  name: string;
  valid: boolean;
  comment?: string;
}
export type TicketTypeDoc = ServiceDoc;
export interface CompanyDoc extends ServiceDoc {
  domains: string[];
  addresses: string[];
}
export interface ServiceLevelDoc extends ServiceDoc {
  calendar_id: Id | null;
  promises: Promised[];
  /** An empty list: any. */
  applies: { service_ids: Id[]; company_ids: Id[]; priority_ids: Id[]; type_ids: Id[] };
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
  group: GroupDoc;
  role: RoleDoc;
  calendar: CalendarDoc;
  service: ServiceDoc;
  ticket_type: TicketTypeDoc;
  company: CompanyDoc;
  service_level: ServiceLevelDoc;
}
export type Kind = keyof Documents;
export type Records = { [K in Kind]?: Rec<Documents[K]>[] };
export interface Settings {
  version: number;
  records: Records;
  /** What the agent may do in each queue where they may do anything. */
  rights: Record<Id, Right[]>;
}
export type Access = Schemas['AccessView'];
export type SignIn = Schemas['SignInView'];
export type SignedIn = Schemas['SignedInView'];
export type Device = Schemas['DeviceView'];

/* Mailboxes, quarantine, outbox. */

export type ConnectCode =
  | 'name_not_found'
  | 'refused'
  | 'timeout'
  | 'certificate'
  | 'wrong_password'
  | 'folder_missing'
  | 'withheld'
  | 'tls_required'
  | 'not_imap'
  | 'not_smtp'
  | 'other';
export type ServerTest = Schemas['Tried'];
export type MailboxOverview = Schemas['MailboxOverview'];
export type MailboxTest = Schemas['MailboxTried'];
export type MailboxTestInput = Schemas['MailboxTest'];
export interface MailboxStatus extends Omit<Schemas['MailboxView'], 'status'> {
  status: 'connected' | 'polling' | 'connecting' | 'failed' | 'stopped' | 'off';
}
export type QuarantineRow = Schemas['QuarantineView'];
export type DeliveryState = Schemas['Delivery'];
export type OutboxRow = Schemas['OutboxView'];

/* Lists. */

export type Counts = Schemas['Counts'];
export type ListView =
  | 'mine'
  | 'unassigned'
  | 'escalating'
  | 'reminders'
  | 'locked'
  | 'watched'
  | 'snoozed'
  | 'silent'
  | 'open'
  | 'closed'
  | 'junk'
  | 'promises'
  | 'all';
export type Standing = Schemas['Standing'];
/** Why something is promised: a service level, or the queue itself. */
export type PromiseSource = Schemas['Source'];
/** The earliest deadline that still runs. */
export type Due = Schemas['DueInfo'];
export type SortKey = 'due' | 'changed' | 'created' | 'number' | 'priority' | 'state' | 'customer' | 'title';
export type Flag = 'perhaps_sent' | 'held' | 'draft' | 'suspicious_follow_up' | 'late_mail' | 'silent';
export type Row = Schemas['TicketRow'];
export type Page = Omit<Schemas['TicketPage'], 'rows'> & { rows: Row[] };
/** Out of the agent's own lists for a while, or back and not looked at since. */
export type Snooze = Schemas['SnoozeView'];
/** Which kept or broken promises a list shows. */
export interface PromiseFilter {
  from: Millis;
  to: Millis;
  measure?: Measure;
  outcome?: 'kept' | 'broken' | 'running';
}
export interface ListQuery extends Partial<PromiseFilter> {
  view?: ListView;
  queue?: Id;
  sort?: SortKey;
  order?: 'asc' | 'desc';
  limit?: number;
  after?: string;
  q?: string;
}

/* A ticket. */

/** A clock with its reasons. */
export type ExplainedClock = Schemas['ClockView'];
export type TicketClocks = Omit<Schemas['ClocksView'], 'next_level'> & {
  next_level?:
    | (Omit<Schemas['NextLevel'], 'to' | 'actions' | 'step'> &
        Pick<Escalation, 'to' | 'actions'> & { step: LevelAt })
    | null;
};
/** How promises were kept, by queue and measure. */
export type KeptPromise = Schemas['KeptPromise'];

export type Customer = Schemas['CustomerView'];
export type Attachment = Schemas['AttachmentView'];
export type Delivery = Schemas['DeliveryView'];
export type Article = Schemas['ArticleView'];
/** What changed stands beside it, ids with names: `from`, `from_name`, `to`, `to_name`. */
export interface TicketEvent {
  ordinal: number;
  at: Millis;
  device_at?: Millis | null;
  actor: Schemas['ActorView'];
  type: string;
  from?: unknown;
  to?: unknown;
  from_name?: string;
  to_name?: string;
  /** Who watches, or has taken it along. */
  agent_name?: string;
  reason?: string;
  /** Of another ticket; of a level that was reached, which one. */
  number?: string | number;
  measure?: Measure;
  /** Of a level: its moment of the promise's time. */
  step?: LevelAt;
  late?: boolean;
  pending_until?: Millis | null;
  kind?: string;
  /** Of what somebody was reminded: `pending` or `silence`. */
  of?: string;
}
export type Linked = Schemas['LinkedView'];
export type DraftKind = 'reply' | 'note' | 'phone_call' | 'forward' | 'create';
/** A file that goes along: an upload of one's own, or an attachment that is there already. */
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
export interface Draft extends Omit<Schemas['DraftView'], 'kind' | 'body'> {
  kind: DraftKind;
  body: DraftBody;
}
export interface Ticket extends Omit<Schemas['TicketView'], 'events' | 'drafts'> {
  events: TicketEvent[];
  drafts: Draft[];
}

/* Commands. */

export type SeenUpto = Schemas['SeenUpto'];
export type Command = Schemas['CommandBody'];
export interface Outcome extends Omit<Schemas['Outcome'], 'ticket' | 'outcome'> {
  outcome: 'applied' | 'unchanged' | 'repeated';
  /** Missing: the command took it out of sight. */
  ticket?: Ticket;
}
export type NewTicket = Schemas['NewTicket'];
export type ComposeKind = 'reply' | 'reply_all' | 'forward' | 'note' | 'phone_call';
export type Compose = Schemas['ComposeView'];
export type CustomerHit = Required<Schemas['CustomerInput']>;
export type LinkKind = Schemas['LinkKind'];
export type MergePreview = Schemas['MergePreview'];
export type MergeWarning = Schemas['MergeWarning'];
/** Somebody else at a ticket. */
export type Present = Schemas['PresentView'];
export type SearchHit = Schemas['Hit'];
export type Alarm = Schemas['AlarmView'];
export type AlarmNews = Schemas['AlarmNews'];
export type AlarmEnd = Partial<Schemas['AlarmEnd']>;
export type AlarmTest = Schemas['AlarmTest'];
export type AlarmLine = Schemas['AlarmLine'];
export type Notice = Schemas['NoticeView'];
/** `connection`: the connection of a connected desktop changed. */
export type Changes = Schemas['Changes'] & { connection?: boolean };

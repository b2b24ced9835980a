import { m } from '$lib/i18n/messages.svelte';
import type { Kind } from '$lib/api/types';
import { checkPromises, DESK_CLOCKS, QUEUE_PROMISES, TIME_FORMS } from './forms-time';

type Words = () => string;
export type FieldKind =
  | 'text'
  | 'email'
  | 'number'
  | 'long'
  | 'switch'
  | 'choice'
  | 'record'
  | 'records'
  | 'color'
  | 'grants'
  | 'tokens'
  | 'own';

/** Fields with a screen of their own, and what stands beside a form; `own-fields.ts` has their components. */
export type OwnField =
  'week' | 'zone' | 'own_days' | 'public_days' | 'promises' | 'applies' | 'clocks' | 'pauses';
export type Aside = 'what_if' | 'example_ticket';

/** One field of a record: where its value stands in the document, and how it is edited. */
export interface FieldSpec {
  /** Dots lead inwards: `auto_responses.auto_reply`. */
  path: string;
  kind: FieldKind;
  label: Words;
  hint?: Words;
  /** For `choice`. */
  options?: { value: string; label: Words }[];
  /** For `record` and `records`. */
  of?: Kind;
  only?: (document: Record<string, unknown>) => boolean;
  none?: Words;
  /** Placeholders are offered and a preview is shown. */
  placeholders?: boolean;
  required?: boolean;
  /** Under "More". */
  more?: boolean;
  /** For `own`: what edits it. */
  component?: OwnField;
  /** For `tokens`: is it well formed? */
  fits?: (value: string) => boolean;
}
export interface FormSpec {
  kind: Kind;
  title: Words;
  words: Words;
  /** What a new record starts with; none where there are no new ones. */
  fresh?: () => Record<string, unknown>;
  add?: Words;
  fields: FieldSpec[];
  /** What holds where the document says nothing. */
  defaults?: Record<string, unknown>;
  /** There is one record, and it is edited at once. */
  single?: boolean;
  readonly?: boolean;
  /** The second line in the list. */
  line?: (document: Record<string, unknown>) => string;
  /** Names nest: `A::B` lies under `A`. */
  tree?: boolean;
  /** What the desk would not take, by field. */
  check?: (document: Record<string, unknown>) => Record<string, string>;
  /** Beside the form: what the record would do. */
  aside?: Aside;
}

/** The group that every queue belonged to before there were others. */
const USERS = 'd0c4e700-0000-8000-8000-000000080001';
const NAME: FieldSpec = { path: 'name', kind: 'text', label: m.name, required: true };
const VALID: FieldSpec = { path: 'valid', kind: 'switch', label: m.in_use, hint: m.in_use_hint };
const TEXT: FieldSpec = { path: 'text', kind: 'long', label: m.text, placeholders: true };
const auto = (kind: string, label: Words): FieldSpec => ({
  path: `auto_responses.${kind}`,
  kind: 'record',
  of: 'auto_response',
  label,
  none: m.no_answer,
  only: (document) => document.kind === kind,
});

const TEMPLATE_KINDS = [
  { value: 'answer', label: m.template_answer },
  { value: 'note', label: m.note },
  { value: 'phone_call', label: m.phone_call },
  { value: 'forward', label: m.forward },
  { value: 'create', label: m.new_ticket },
];
const AUTO_KINDS = [
  { value: 'auto_reply', label: m.auto_reply },
  { value: 'auto_follow_up', label: m.auto_follow_up },
  { value: 'auto_reject', label: m.auto_reject },
  { value: 'auto_reply_new_ticket', label: m.auto_reply_new_ticket },
  { value: 'auto_remove', label: m.auto_remove },
];
const STATE_TYPES = [
  { value: 'new', label: m.type_new },
  { value: 'open', label: m.type_open },
  { value: 'pending_reminder', label: m.type_pending_reminder },
  { value: 'pending_auto', label: m.type_pending_auto },
  { value: 'closed', label: m.type_closed },
  { value: 'removed', label: m.type_removed },
  { value: 'merged', label: m.type_merged },
];
const said = (options: { value: string; label: Words }[], value: unknown) =>
  options.find((option) => option.value === value)?.label() ?? '';

/** The records that the one editor edits; mailboxes and appearance have screens of their own. */
export const FORMS: FormSpec[] = [
  {
    kind: 'desk',
    title: m.settings_desk,
    words: m.settings_desk_words,
    single: true,
    fields: [
      { ...NAME, label: m.desk_name, hint: m.desk_name_hint },
      {
        path: 'language',
        kind: 'choice',
        label: m.desk_language,
        hint: m.desk_language_hint,
        options: [
          { value: 'en', label: () => 'English' },
          { value: 'de', label: () => 'Deutsch' },
        ],
      },
      { path: 'time_zone', kind: 'text', label: m.time_zone, hint: m.time_zone_hint, required: true },
      {
        path: 'number_generator',
        kind: 'choice',
        label: m.number_generator,
        options: [
          { value: 'date_checksum', label: m.generator_date_checksum },
          { value: 'date', label: m.generator_date },
          { value: 'auto_increment', label: m.generator_increment },
        ],
      },
      ...DESK_CLOCKS,
      { path: 'backup_folder', kind: 'text', label: m.backup_folder, hint: m.backup_folder_hint },
      { path: 'system_id', kind: 'text', label: m.system_id, hint: m.system_id_hint, more: true },
      { path: 'ticket_hook', kind: 'text', label: m.ticket_hook, hint: m.ticket_hook_hint, more: true },
      { path: 'hook_divider', kind: 'text', label: m.hook_divider, more: true },
      {
        path: 'subject_format',
        kind: 'choice',
        label: m.subject_format,
        options: [
          { value: 'left', label: m.subject_left },
          { value: 'right', label: m.subject_right },
          { value: 'none', label: m.subject_none },
        ],
        more: true,
      },
      { path: 'subject_size', kind: 'number', label: m.subject_size, more: true },
      { path: 'fqdn', kind: 'text', label: m.fqdn, hint: m.fqdn_hint, more: true },
      {
        path: 'unlock_on_away',
        kind: 'switch',
        label: m.unlock_on_away,
        hint: m.unlock_on_away_hint,
        more: true,
      },
      {
        path: 'owner_reset_on_unlock',
        kind: 'switch',
        label: m.owner_reset,
        hint: m.owner_reset_hint,
        more: true,
      },
    ],
    defaults: { unlock_on_away: true, owner_reset_on_unlock: false },
  },
  {
    kind: 'queue',
    title: m.rail_queues,
    words: m.settings_queues_words,
    add: m.add_queue,
    fresh: () => ({
      name: '',
      valid: true,
      group_id: USERS,
      follow_up: 'possible',
      follow_up_lock: false,
      unlock_timeout_minutes: 0,
      auto_responses: {},
      template_ids: [],
      comment: '',
    }),
    line: (document) => String(document.comment ?? ''),
    defaults: { group_id: USERS, silence_days: 0, silence_working_days: true },
    check: checkPromises,
    fields: [
      { ...NAME, hint: m.queue_name_hint },
      {
        path: 'group_id',
        kind: 'record',
        of: 'group',
        label: m.queue_group,
        hint: m.queue_group_hint,
        required: true,
      },
      {
        path: 'address_id',
        kind: 'record',
        of: 'address',
        label: m.queue_address,
        hint: m.queue_address_hint,
        none: m.none_chosen,
      },
      { path: 'salutation_id', kind: 'record', of: 'salutation', label: m.salutation, none: m.none_chosen },
      { path: 'signature_id', kind: 'record', of: 'signature', label: m.signature, none: m.none_chosen },
      auto('auto_reply', m.queue_auto_reply),
      auto('auto_follow_up', m.queue_auto_follow_up),
      {
        path: 'template_ids',
        kind: 'records',
        of: 'template',
        label: m.queue_templates,
        hint: m.queue_templates_hint,
      },
      {
        path: 'follow_up',
        kind: 'choice',
        label: m.follow_up,
        options: [
          { value: 'possible', label: m.follow_up_possible },
          { value: 'new_ticket', label: m.follow_up_new },
          { value: 'reject', label: m.follow_up_reject },
        ],
      },
      { path: 'follow_up_lock', kind: 'switch', label: m.follow_up_lock },
      auto('auto_reject', m.queue_auto_reject),
      auto('auto_reply_new_ticket', m.queue_auto_new),
      {
        path: 'unlock_timeout_minutes',
        kind: 'number',
        label: m.unlock_timeout,
        hint: m.unlock_timeout_hint,
        more: true,
      },
      ...QUEUE_PROMISES,
      { path: 'silence_days', kind: 'number', label: m.silence_days, hint: m.silence_days_hint, more: true },
      { path: 'silence_working_days', kind: 'switch', label: m.silence_working_days, more: true },
      {
        path: 'silence_state_id',
        kind: 'record',
        of: 'state',
        label: m.silence_state,
        hint: m.silence_state_hint,
        none: m.silence_state_none,
        only: (document) =>
          ['open', 'closed', 'pending_reminder', 'pending_auto'].includes(String(document.type)),
        more: true,
      },
      { path: 'comment', kind: 'text', label: m.comment, more: true },
      VALID,
    ],
  },
  {
    kind: 'template',
    title: m.templates,
    words: m.settings_templates_words,
    add: m.add_template,
    fresh: () => ({ name: '', kind: 'answer', text: '', valid: true }),
    line: (document) => said(TEMPLATE_KINDS, document.kind),
    fields: [
      NAME,
      { path: 'kind', kind: 'choice', label: m.template_kind, options: TEMPLATE_KINDS },
      TEXT,
      VALID,
    ],
  },
  {
    kind: 'signature',
    title: m.signatures,
    words: m.settings_signatures_words,
    add: m.add_signature,
    fresh: () => ({ name: '', text: '', valid: true }),
    fields: [NAME, TEXT, VALID],
  },
  {
    kind: 'salutation',
    title: m.salutations,
    words: m.settings_salutations_words,
    add: m.add_salutation,
    fresh: () => ({ name: '', text: '', valid: true }),
    fields: [NAME, TEXT, VALID],
  },
  {
    kind: 'auto_response',
    title: m.auto_responses,
    words: m.settings_auto_words,
    add: m.add_auto_response,
    fresh: () => ({ name: '', kind: 'auto_reply', subject: '', text: '', valid: true }),
    line: (document) => said(AUTO_KINDS, document.kind),
    fields: [
      NAME,
      { path: 'kind', kind: 'choice', label: m.auto_kind, options: AUTO_KINDS },
      { path: 'subject', kind: 'text', label: m.subject, required: true },
      TEXT,
      { path: 'address_id', kind: 'record', of: 'address', label: m.auto_address, none: m.address_of_queue },
      VALID,
    ],
  },
  {
    kind: 'address',
    title: m.addresses,
    words: m.settings_addresses_words,
    add: m.add_address,
    fresh: () => ({ name: '', email: '', queue_id: '', valid: true }),
    line: (document) => String(document.email ?? ''),
    fields: [
      { ...NAME, label: m.address_name, hint: m.address_name_hint },
      { path: 'email', kind: 'email', label: m.email, required: true },
      {
        path: 'queue_id',
        kind: 'record',
        of: 'queue',
        label: m.address_queue,
        hint: m.address_queue_hint,
        required: true,
      },
      VALID,
    ],
  },
  {
    kind: 'mail_rules',
    defaults: {
      undo_seconds: 10,
      auto_per_day: 40,
      auto_max_age_hours: 24,
      hold_after_hours: 24,
      open_by_number_alone: false,
      no_auto_response_pattern: '',
      max_mail_bytes: 64 * 1024 * 1024,
    },
    title: m.mail_rules,
    words: m.settings_mail_rules_words,
    single: true,
    fields: [
      { path: 'undo_seconds', kind: 'number', label: m.undo_seconds, hint: m.undo_seconds_hint },
      { path: 'auto_per_day', kind: 'number', label: m.auto_per_day, hint: m.auto_per_day_hint },
      { path: 'auto_max_age_hours', kind: 'number', label: m.auto_max_age, hint: m.auto_max_age_hint },
      { path: 'hold_after_hours', kind: 'number', label: m.hold_after, hint: m.hold_after_hint },
      {
        path: 'postmaster_queue_id',
        kind: 'record',
        of: 'queue',
        label: m.postmaster_queue,
        hint: m.postmaster_queue_hint,
      },
      { path: 'open_by_number_alone', kind: 'switch', label: m.open_by_number, hint: m.open_by_number_hint },
      {
        path: 'no_auto_response_pattern',
        kind: 'text',
        label: m.no_auto_pattern,
        hint: m.no_auto_pattern_hint,
        more: true,
      },
      { path: 'max_mail_bytes', kind: 'number', label: m.max_mail_bytes, more: true },
    ],
  },
  {
    kind: 'state',
    title: m.states,
    words: m.settings_states_words,
    add: m.add_state,
    fresh: () => ({ name: '', type: 'open', valid: true }),
    line: (document) => said(STATE_TYPES, document.type),
    fields: [
      NAME,
      { path: 'type', kind: 'choice', label: m.state_type, options: STATE_TYPES },
      {
        path: 'next_state_id',
        kind: 'record',
        of: 'state',
        label: m.next_state_after,
        hint: m.next_state_after_hint,
        none: m.none_chosen,
        more: true,
      },
      { path: 'pauses', kind: 'own', component: 'pauses', label: m.state_pauses, more: true },
      VALID,
    ],
  },
  {
    kind: 'priority',
    title: m.priorities,
    words: m.settings_priorities_words,
    add: m.add_priority,
    fresh: () => ({ name: '', rank: 3, color: '', valid: true }),
    fields: [
      NAME,
      { path: 'rank', kind: 'number', label: m.rank, hint: m.rank_hint },
      { path: 'color', kind: 'color', label: m.color },
      VALID,
    ],
  },
  {
    kind: 'blocked_sender',
    title: m.blocked_senders,
    words: m.settings_blocked_words,
    readonly: true,
    line: () => '',
    fields: [{ path: 'address', kind: 'email', label: m.email }],
  },
  {
    kind: 'agent',
    title: m.agents,
    words: m.settings_agents_words,
    add: m.add_agent,
    fresh: () => ({
      name: '',
      login: '',
      email: '',
      admin: false,
      valid: true,
      read_before: Date.now(),
      grants: { [USERS]: ['rw'] },
      roles: [],
    }),
    defaults: { grants: { [USERS]: ['rw'] }, roles: [] },
    line: (document) => String(document.email || document.login || ''),
    fields: [
      NAME,
      { path: 'login', kind: 'text', label: m.login, hint: m.agent_login_hint, required: true },
      { path: 'email', kind: 'email', label: m.email },
      { path: 'admin', kind: 'switch', label: m.administrator, hint: m.agent_admin_hint },
      { path: 'roles', kind: 'records', of: 'role', label: m.roles, hint: m.roles_hint },
      { path: 'grants', kind: 'grants', label: m.grants, hint: m.grants_hint },
      { path: 'valid', kind: 'switch', label: m.agent_valid, hint: m.agent_valid_hint },
    ],
  },
  {
    kind: 'group',
    title: m.groups,
    words: m.settings_groups_words,
    add: m.add_group,
    fresh: () => ({ name: '', comment: '', valid: true }),
    line: (document) => String(document.comment ?? ''),
    fields: [
      NAME,
      { path: 'comment', kind: 'text', label: m.comment },
      { ...VALID, hint: m.group_valid_hint },
    ],
  },
  {
    kind: 'role',
    title: m.roles,
    words: m.settings_roles_words,
    add: m.add_role,
    fresh: () => ({ name: '', comment: '', grants: {}, valid: true }),
    line: (document) => String(document.comment ?? ''),
    fields: [
      NAME,
      { path: 'comment', kind: 'text', label: m.comment },
      { path: 'grants', kind: 'grants', label: m.grants, hint: m.grants_hint },
      { ...VALID, hint: m.role_valid_hint },
    ],
  },
  ...TIME_FORMS,
];

export const formOf = (kind: string | undefined) => FORMS.find((form) => form.kind === kind);

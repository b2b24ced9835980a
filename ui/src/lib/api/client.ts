import createClient from 'openapi-fetch';
import { Problem } from './problem';
import type { paths } from './schema';
import type * as T from './types';

/** Page and API come from the same place, a server or the window's own scheme. */
const HOME = new URL('/', document.baseURI).href.replace(/\/$/, '');
const BASE = '/api/v1';
let writeToken = window.__DOCKET__?.token ?? '';

/** Asks what the description lists; `api` below has one function for each. */
export const client = createClient<paths>({
  baseUrl: HOME,
  credentials: 'same-origin',
  // Two windows ask for the same changes at once; a cache would let one wait for the other.
  cache: 'no-store',
  fetch: (request) => globalThis.fetch(request),
});
client.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('x-docket', writeToken || 'page');
    return request;
  },
});

/** Every write carries this token; the session brings it. */
export function useWriteToken(token: string | null | undefined) {
  if (token) writeToken = token;
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** Waits for an answer; whatever is none becomes a `Problem`. */
export async function told<R>(asked: Promise<Answer>, signal?: AbortSignal): Promise<R> {
  let answer: Answer;
  try {
    answer = await asked;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem('offline', 'The desk cannot be reached.');
  }
  if (answer.response.ok) return answer.data as R;
  let { status } = answer.response;
  let said = (answer.error ?? {}) as Partial<T.Problem>;
  // A proxy or a dying server answers with something else: the status has to do.
  let code = said.code ?? (status >= 502 && status <= 504 ? 'offline' : 'internal');
  throw new Problem(code, said.message ?? '', status, said.field ?? undefined);
}

const part = encodeURIComponent;
/** The description names the parameters behind the question mark only in part. */
const query = (wanted: object) => ({ query: wanted as never });
const id = (value: T.Id) => ({ params: { path: { id: value } } });

/** The whole wire contract, one function a call. */
export const api = {
  session: () => told<T.Session>(client.GET('/api/v1/session')),
  signIn: (login: string, password: string) =>
    told<T.Session>(client.POST('/api/v1/session', { body: { login, password } })),
  signOut: () => told<void>(client.DELETE('/api/v1/session')),
  firstAdministrator: (body: {
    token: string;
    login: string;
    name: string;
    email: string;
    password: string;
  }) => told<T.Session>(client.POST('/api/v1/session/link', { body })),
  setup: (body: T.Setup) => told<T.Session>(client.POST('/api/v1/setup', { body })),
  startDemo: () => told<void>(client.POST('/api/v1/setup/demo')),
  setupProgress: () => told<T.Progress>(client.GET('/api/v1/setup/progress')),
  saveProfile: (body: { name: string; email: string }) =>
    told<T.Session>(client.PUT('/api/v1/profile', { body })),
  personal: (key: string) =>
    told<{ document: unknown }>(client.GET('/api/v1/personal/{key}', { params: { path: { key } } })),
  savePersonal: (key: string, document: unknown) =>
    told<void>(client.PUT('/api/v1/personal/{key}', { params: { path: { key } }, body: { document } })),

  settings: () => told<T.Settings>(client.GET('/api/v1/settings')),
  saveSetting: <K extends T.Kind>(kind: K, key: T.Id, version: number, document: T.Documents[K]) =>
    told<T.Rec<T.Documents[K]>>(
      client.PUT('/api/v1/settings/{kind}/{id}', {
        params: { path: { kind, id: key } },
        body: { version, document },
      }),
    ),
  settingHistory: (kind: T.Kind, key: T.Id) =>
    told<T.RecVersion[]>(
      client.GET('/api/v1/settings/{kind}/{id}/history', {
        params: { path: { kind, id: key } },
      }),
    ),
  placeholders: () => told<{ token: string; example: string }[]>(client.GET('/api/v1/placeholders')),
  preview: (text: string, ticket_id?: T.Id) =>
    told<{ text: string }>(client.POST('/api/v1/preview', { body: { text, ticket_id } })),

  previewCalendar: (calendar: T.CalendarDoc, start: T.Millis, minutes: number, signal?: AbortSignal) =>
    told<T.CalendarPreviewed>(
      client.POST('/api/v1/calendars/preview', { body: { calendar, start, minutes }, signal }),
      signal,
    ),
  countries: () => told<T.Country[]>(client.GET('/api/v1/holidays/countries')),
  holidays: (country: string, region: string | undefined, year: number) =>
    told<T.PublicHoliday[]>(client.GET('/api/v1/holidays', { params: query({ country, region, year }) })),
  importHolidays: (text: string) =>
    told<T.ImportedDays>(client.POST('/api/v1/holidays/import', { body: { text } })),

  access: (agent: T.Id, queue: T.Id) =>
    told<T.Access>(client.GET('/api/v1/access', { params: query({ agent, queue }) })),
  signIns: () => told<T.SignIn[]>(client.GET('/api/v1/agents/sign-ins')),
  setPassword: (agent: T.Id, password: string, old: string) =>
    told<void>(client.PUT('/api/v1/agents/{id}/password', { ...id(agent), body: { password, old } })),
  saveAbsence: (agent: T.Id, body: T.Absence) =>
    told<unknown>(client.PUT('/api/v1/agents/{id}/absence', { ...id(agent), body })),
  endAbsence: (agent: T.Id) => told<unknown>(client.DELETE('/api/v1/agents/{id}/absence', id(agent))),
  sessions: (agent: T.Id) => told<T.SignedIn[]>(client.GET('/api/v1/sessions', { params: query({ agent }) })),
  endSession: (key: string) => told<void>(client.DELETE('/api/v1/sessions/{id}', id(key))),
  devices: (agent: T.Id) => told<T.Device[]>(client.GET('/api/v1/devices', { params: query({ agent }) })),
  revokeDevice: (key: T.Id, lost: boolean) =>
    told<void>(
      client.POST('/api/v1/devices/{id}/revoke', { params: { path: { id: key }, query: { lost } } }),
    ),

  testMailbox: (body: T.MailboxTestInput, signal?: AbortSignal) =>
    told<T.MailboxTest>(client.POST('/api/v1/mailboxes/test', { body, signal }), signal),
  addMailbox: (body: T.MailboxInput) => told<T.Rec<T.MailboxDoc>>(client.POST('/api/v1/mailboxes', { body })),
  saveMailbox: (key: T.Id, body: T.MailboxInput) =>
    told<T.Rec<T.MailboxDoc>>(client.PUT('/api/v1/mailboxes/{id}', { ...id(key), body })),
  mailboxes: () => told<T.MailboxStatus[]>(client.GET('/api/v1/mailboxes')),
  fetchMailbox: (key: T.Id) => told<void>(client.POST('/api/v1/mailboxes/{id}/fetch', id(key))),
  quarantine: () => told<T.QuarantineRow[]>(client.GET('/api/v1/quarantine')),
  quarantineRaw: (key: T.Id) => `${BASE}/quarantine/${part(key)}/raw`,
  retryQuarantine: (key: T.Id) => told<unknown>(client.POST('/api/v1/quarantine/{id}/retry', id(key))),
  dropQuarantine: (key: T.Id) => told<void>(client.DELETE('/api/v1/quarantine/{id}', id(key))),
  outbox: () => told<T.OutboxRow[]>(client.GET('/api/v1/outbox')),

  counts: () => told<T.Counts>(client.GET('/api/v1/counts')),
  tickets: (wanted: T.ListQuery, signal?: AbortSignal) =>
    told<T.Page>(client.GET('/api/v1/tickets', { params: query(wanted), signal }), signal),
  ticket: (key: string, signal?: AbortSignal) =>
    told<T.Ticket>(client.GET('/api/v1/tickets/{id}', { ...id(key), signal }), signal),
  clocks: (ticket: T.Id, signal?: AbortSignal) =>
    told<T.TicketClocks>(client.GET('/api/v1/tickets/{id}/clocks', { ...id(ticket), signal }), signal),
  promises: (from: T.Millis, to: T.Millis, signal?: AbortSignal) =>
    told<T.KeptPromise[]>(client.GET('/api/v1/promises', { params: query({ from, to }), signal }), signal),
  customers: (q: string) => told<T.CustomerHit[]>(client.GET('/api/v1/customers', { params: query({ q }) })),
  search: (q: string, limit = 12) =>
    told<T.SearchHit[]>(client.GET('/api/v1/search', { params: query({ q, limit }) })),
  mailFrame: (article: T.Id) => `${BASE}/articles/${part(article)}/frame?remote=1`,
  rawMail: (article: T.Id) => `${BASE}/articles/${part(article)}/raw`,

  createTicket: (body: T.NewTicket) => told<T.Ticket>(client.POST('/api/v1/tickets', { body })),
  command: (ticket: T.Id, command: T.Id, body: T.Command) =>
    told<T.Outcome>(
      client.POST('/api/v1/tickets/{id}/commands', {
        ...id(ticket),
        body: { id: command, body },
      }),
    ),
  upload: (name: string, type: string, bytes: ArrayBuffer) =>
    told<Required<T.Upload>>(
      client.POST('/api/v1/uploads', {
        params: query({ name, type }),
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes as never,
        bodySerializer: (body: unknown) => body as ArrayBuffer,
      }),
    ),
  markRead: (ticket: T.Id, article_ids: T.Id[], unread = false) =>
    told<void>(client.POST('/api/v1/tickets/{id}/read', { ...id(ticket), body: { article_ids, unread } })),
  snooze: (ticket: T.Id, until: T.Millis | null) =>
    told<T.Snooze>(client.PUT('/api/v1/tickets/{id}/snooze', { ...id(ticket), body: { until } })),
  wake: (ticket: T.Id) => told<void>(client.DELETE('/api/v1/tickets/{id}/snooze', id(ticket))),
  mergePreview: (ticket: T.Id, into: string) =>
    told<T.MergePreview>(
      client.GET('/api/v1/tickets/{id}/merge', { params: { path: { id: ticket }, query: { into } } }),
    ),
  bePresent: (ticket: T.Id, writing: boolean) =>
    told<{ others: T.Present[] }>(
      client.POST('/api/v1/tickets/{id}/presence', { ...id(ticket), body: { writing } }),
    ),
  present: (ticket: T.Id) =>
    told<{ others: T.Present[] }>(client.GET('/api/v1/tickets/{id}/presence', id(ticket))),
  leaveTicket: (ticket: T.Id) =>
    told<void>(client.DELETE('/api/v1/tickets/{id}/presence', { ...id(ticket), keepalive: true })),
  compose: (ticket: T.Id, kind: T.ComposeKind, article?: T.Id | null, template?: T.Id | null) =>
    told<T.Compose>(
      client.GET('/api/v1/tickets/{id}/compose', {
        params: {
          path: { id: ticket },
          ...query({ kind, article: article ?? undefined, template: template ?? undefined }),
        },
      }),
    ),
  drafts: () => told<T.Draft[]>(client.GET('/api/v1/drafts')),
  saveDraft: (
    ticket: T.Id,
    kind: T.DraftKind,
    body: T.DraftBody,
    seen_upto?: T.SeenUpto,
    keepalive = false,
  ) =>
    told<void>(
      client.PUT('/api/v1/drafts/{ticket_id}/{kind}', {
        params: { path: { ticket_id: ticket, kind } },
        body: { body, seen_upto },
        keepalive,
      }),
    ),
  dropDraft: (ticket: T.Id, kind: T.DraftKind) =>
    told<void>(
      client.DELETE('/api/v1/drafts/{ticket_id}/{kind}', { params: { path: { ticket_id: ticket, kind } } }),
    ),

  alarms: () => told<T.Alarm[]>(client.GET('/api/v1/alarms')),
  endAlarms: (body: T.AlarmEnd) => told<void>(client.POST('/api/v1/alarms/end', { body })),
  useDevice: () => told<void>(client.POST('/api/v1/alarms/use')),
  pauseAlarms: (until: number | null) => told<void>(client.POST('/api/v1/alarms/pause', { body: { until } })),
  testAlarm: () => told<T.AlarmTest>(client.POST('/api/v1/alarms/test')),
  alarmLog: () => told<T.AlarmLine[]>(client.GET('/api/v1/alarms/log')),

  changes: (after: number, alarms: number, signal?: AbortSignal) =>
    told<T.Changes>(client.GET('/api/v1/changes', { params: query({ after, alarms }), signal }), signal),
};

import { Problem } from './problem';
import type * as T from './types';

const BASE = '/api/v1';
let writeToken = window.__DOCKET__?.token ?? '';

/** Every write carries this token; the session brings it. */
export function useWriteToken(token: string | undefined) {
  if (token) writeToken = token;
}

type Query = Record<string, string | number | boolean | undefined | null>;
interface Options {
  query?: Query;
  body?: unknown;
  raw?: ArrayBuffer;
  signal?: AbortSignal;
  keepalive?: boolean;
}

function address(path: string, query: Query = {}): string {
  let search = new URLSearchParams();
  for (let [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  let text = search.toString();
  return BASE + path + (text ? `?${text}` : '');
}

async function request<R>(method: string, path: string, options: Options = {}): Promise<R> {
  let headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-docket'] = writeToken;
  let body: string | ArrayBuffer | undefined = options.raw;
  if (options.raw) headers['content-type'] = 'application/octet-stream';
  else if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers,
      body,
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem('offline', 'The desk cannot be reached.');
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as R;
  let text = await response.text();
  return (text ? JSON.parse(text) : undefined) as R;
}

async function problemOf(response: Response): Promise<Problem> {
  let said: { code?: string; message?: string; field?: string } = {};
  try {
    said = await response.json();
  } catch {
    // A proxy or a dying server answers with something else: the status has to do.
  }
  let code = said.code ?? (response.status >= 502 && response.status <= 504 ? 'offline' : 'internal');
  return new Problem(code, said.message ?? '', response.status, said.field);
}

const id = encodeURIComponent;

/** The whole wire contract, one function a call. */
export const api = {
  session: () => request<T.Session>('GET', '/session'),
  signIn: (login: string, password: string) =>
    request<T.Session>('POST', '/session', { body: { login, password } }),
  signOut: () => request<void>('DELETE', '/session'),
  firstAdministrator: (body: {
    token: string;
    login: string;
    name: string;
    email: string;
    password: string;
  }) => request<T.Session>('POST', '/session/link', { body }),
  setup: (body: T.Setup) => request<T.Session>('POST', '/setup', { body }),
  startDemo: () => request<void>('POST', '/setup/demo', { body: {} }),
  setupProgress: () => request<T.Progress>('GET', '/setup/progress'),
  saveProfile: (body: { name: string; email: string }) => request<T.Session>('PUT', '/profile', { body }),
  personal: (key: string) => request<{ document: unknown }>('GET', `/personal/${id(key)}`),
  savePersonal: (key: string, document: unknown) =>
    request<void>('PUT', `/personal/${id(key)}`, { body: { document } }),

  settings: () => request<T.Settings>('GET', '/settings'),
  saveSetting: <K extends T.Kind>(kind: K, key: T.Id, version: number, document: T.Documents[K]) =>
    request<T.Rec<T.Documents[K]>>('PUT', `/settings/${kind}/${id(key)}`, { body: { version, document } }),
  settingHistory: (kind: T.Kind, key: T.Id) =>
    request<T.RecVersion[]>('GET', `/settings/${kind}/${id(key)}/history`),
  placeholders: () => request<{ token: string; example: string }[]>('GET', '/placeholders'),
  preview: (text: string, ticket_id?: T.Id) =>
    request<{ text: string }>('POST', '/preview', { body: { text, ticket_id } }),

  testMailbox: (body: T.MailboxTestInput, signal?: AbortSignal) =>
    request<T.MailboxTest>('POST', '/mailboxes/test', { body, signal }),
  addMailbox: (body: T.MailboxInput) => request<T.Rec<T.MailboxDoc>>('POST', '/mailboxes', { body }),
  saveMailbox: (key: T.Id, body: T.MailboxInput & { version: number }) =>
    request<T.Rec<T.MailboxDoc>>('PUT', `/mailboxes/${id(key)}`, { body }),
  mailboxes: () => request<T.MailboxStatus[]>('GET', '/mailboxes'),
  fetchMailbox: (key: T.Id) => request<void>('POST', `/mailboxes/${id(key)}/fetch`, { body: {} }),
  quarantine: () => request<T.QuarantineRow[]>('GET', '/quarantine'),
  quarantineRaw: (key: T.Id) => address(`/quarantine/${id(key)}/raw`),
  retryQuarantine: (key: T.Id) => request<unknown>('POST', `/quarantine/${id(key)}/retry`, { body: {} }),
  dropQuarantine: (key: T.Id) => request<void>('DELETE', `/quarantine/${id(key)}`),
  outbox: () => request<T.OutboxRow[]>('GET', '/outbox'),

  counts: () => request<T.Counts>('GET', '/counts'),
  tickets: (query: T.ListQuery, signal?: AbortSignal) =>
    request<T.Page>('GET', '/tickets', { query: query as Query, signal }),
  ticket: (key: string, signal?: AbortSignal) => request<T.Ticket>('GET', `/tickets/${id(key)}`, { signal }),
  customers: (q: string, signal?: AbortSignal) =>
    request<T.CustomerHit[]>('GET', '/customers', { query: { q }, signal }),
  search: (q: string, limit = 12, signal?: AbortSignal) =>
    request<T.SearchHit[]>('GET', '/search', { query: { q, limit }, signal }),
  mailFrame: (article: T.Id) => address(`/articles/${id(article)}/frame`, { remote: 1 }),
  rawMail: (article: T.Id) => address(`/articles/${id(article)}/raw`),

  createTicket: (body: T.NewTicket) => request<T.Ticket>('POST', '/tickets', { body }),
  command: (ticket: T.Id, command: T.Id, body: T.Command) =>
    request<T.Outcome>('POST', `/tickets/${id(ticket)}/commands`, { body: { id: command, body } }),
  upload: (name: string, type: string, bytes: ArrayBuffer, signal?: AbortSignal) =>
    request<T.Upload>('POST', '/uploads', { query: { name, type }, raw: bytes, signal }),
  markRead: (ticket: T.Id, article_ids: T.Id[], unread = false) =>
    request<void>('POST', `/tickets/${id(ticket)}/read`, { body: { article_ids, unread } }),
  compose: (ticket: T.Id, kind: T.ComposeKind, article?: T.Id | null, template?: T.Id | null) =>
    request<T.Compose>('GET', `/tickets/${id(ticket)}/compose`, { query: { kind, article, template } }),
  drafts: () => request<T.Draft[]>('GET', '/drafts'),
  saveDraft: (
    ticket: T.Id,
    kind: T.DraftKind,
    body: T.DraftBody,
    seen_upto?: T.SeenUpto,
    keepalive = false,
  ) => request<void>('PUT', `/drafts/${id(ticket)}/${kind}`, { body: { body, seen_upto }, keepalive }),
  dropDraft: (ticket: T.Id, kind: T.DraftKind) => request<void>('DELETE', `/drafts/${id(ticket)}/${kind}`),

  changes: (after: number, signal?: AbortSignal) =>
    request<T.Changes>('GET', '/changes', { query: { after }, signal }),
};

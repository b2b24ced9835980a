import type { Id, ListView, Measure, PromiseFilter } from '$lib/api/types';

export type SettingsSection = string;
export type Route =
  | { page: 'list'; view: ListView; queue?: Id; q?: string; ticket?: string; promise?: PromiseFilter }
  | { page: 'settings'; section?: SettingsSection; id?: Id }
  | { page: 'outbox'; ticket?: Id }
  | { page: 'alarms' }
  | { page: 'new' }
  | { page: 'first'; token: string };

const VIEWS: ListView[] = [
  'mine',
  'unassigned',
  'escalating',
  'reminders',
  'locked',
  'watched',
  'snoozed',
  'silent',
  'open',
  'closed',
  'junk',
  'all',
];

export function parse(hash: string): Route {
  let [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  let [first = '', second, third] = path.split('/').map(decodeURIComponent);
  let query = new URLSearchParams(search);
  if (first === 'first') return { page: 'first', token: query.get('token') ?? '' };
  if (first === 'settings') return { page: 'settings', section: second || undefined, id: third || undefined };
  if (first === 'outbox') return { page: 'outbox', ticket: second || undefined };
  if (first === 'alarms') return { page: 'alarms' };
  if (first === 'new') return { page: 'new' };
  if (first === 'queue' && second)
    return { page: 'list', view: 'open', queue: second, ticket: third || undefined };
  if (first === 'promises') return promises(query, second);
  if (first === 'find')
    return { page: 'list', view: 'all', q: query.get('q') ?? '', ticket: second || undefined };
  if (first === 'ticket' && second) return { page: 'list', view: 'all', ticket: second };
  let view = VIEWS.find((known) => known === first) ?? 'unassigned';
  return { page: 'list', view, ticket: second || undefined };
}

const MEASURES: Measure[] = ['first_response', 'update', 'solution'];
const OUTCOMES = ['kept', 'broken', 'running'] as const;

/** The tickets behind a figure of how promises were kept. */
function promises(query: URLSearchParams, ticket: string | undefined): Route {
  let from = Number(query.get('from'));
  let to = Number(query.get('to'));
  if (!from || !to) return { page: 'list', view: 'escalating' };
  return {
    page: 'list',
    view: 'promises',
    queue: query.get('queue') ?? undefined,
    ticket: ticket || undefined,
    promise: {
      from,
      to,
      measure: MEASURES.find((known) => known === query.get('measure')),
      outcome: OUTCOMES.find((known) => known === query.get('outcome')),
    },
  };
}

export function href(route: Route): string {
  let tail = (part?: string) => (part ? `/${encodeURIComponent(part)}` : '');
  switch (route.page) {
    case 'settings':
      return `#/settings${tail(route.section)}${tail(route.id)}`;
    case 'outbox':
      return `#/outbox${tail(route.ticket)}`;
    case 'alarms':
      return '#/alarms';
    case 'new':
      return '#/new';
    case 'first':
      return `#/first?token=${encodeURIComponent(route.token)}`;
    case 'list':
      if (route.promise) {
        let { from, to, measure, outcome } = route.promise;
        let parts = Object.entries({ from, to, measure, outcome, queue: route.queue });
        let given = parts.filter((part): part is [string, string] => part[1] !== undefined);
        return `#/promises${tail(route.ticket)}?${new URLSearchParams(given)}`;
      }
      if (route.q !== undefined) return `#/find${tail(route.ticket)}?q=${encodeURIComponent(route.q)}`;
      if (route.queue) return `#/queue/${encodeURIComponent(route.queue)}${tail(route.ticket)}`;
      return `#/${route.view}${tail(route.ticket)}`;
  }
}

/** Where the page is, kept in the address's hash so that both hosts and the back button work alike. */
export class Router {
  route = $state.raw<Route>(parse(location.hash));
  /** The list to come back to from settings, outbox or a new ticket. */
  lastList = $state.raw<Route & { page: 'list' }>({ page: 'list', view: 'unassigned' });

  constructor() {
    this.#arrive();
    window.addEventListener('hashchange', () => this.#arrive());
  }

  /** A link to one ticket opens it beside the list that is shown. */
  #arrive() {
    let route = parse(location.hash);
    if (location.hash.startsWith('#/ticket/') && route.page === 'list') {
      this.go({ ...this.lastList, ticket: route.ticket }, true);
      return;
    }
    this.route = route;
    this.#remember();
  }

  #remember() {
    if (this.route.page === 'list') this.lastList = this.route;
  }

  go(route: Route, replace = false) {
    let target = href(route);
    if (target === location.hash) return;
    if (replace) history.replaceState(null, '', target);
    else history.pushState(null, '', target);
    this.route = route;
    this.#remember();
  }

  /** Opens a ticket beside the list that is shown. */
  openTicket(number: string | undefined, replace = false) {
    this.go({ ...this.lastList, ticket: number }, replace);
  }
}

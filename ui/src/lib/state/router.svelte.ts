import type { Id, ListView } from '$lib/api/types';

export type SettingsSection = string;
export type Route =
  | { page: 'list'; view: ListView; queue?: Id; q?: string; ticket?: string }
  | { page: 'settings'; section?: SettingsSection; id?: Id }
  | { page: 'outbox' }
  | { page: 'alarms' }
  | { page: 'new' }
  | { page: 'first'; token: string };

const VIEWS: ListView[] = [
  'mine',
  'unassigned',
  'reminders',
  'locked',
  'watched',
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
  if (first === 'outbox') return { page: 'outbox' };
  if (first === 'alarms') return { page: 'alarms' };
  if (first === 'new') return { page: 'new' };
  if (first === 'queue' && second)
    return { page: 'list', view: 'open', queue: second, ticket: third || undefined };
  if (first === 'find')
    return { page: 'list', view: 'all', q: query.get('q') ?? '', ticket: second || undefined };
  if (first === 'ticket' && second) return { page: 'list', view: 'all', ticket: second };
  let view = VIEWS.find((known) => known === first) ?? 'unassigned';
  return { page: 'list', view, ticket: second || undefined };
}

export function href(route: Route): string {
  let tail = (part?: string) => (part ? `/${encodeURIComponent(part)}` : '');
  switch (route.page) {
    case 'settings':
      return `#/settings${tail(route.section)}${tail(route.id)}`;
    case 'outbox':
    case 'alarms':
    case 'new':
      return `#/${route.page}`;
    case 'first':
      return `#/first?token=${encodeURIComponent(route.token)}`;
    case 'list':
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

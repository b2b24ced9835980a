import { measureWords } from '$lib/i18n/level-words';
import { m } from '$lib/i18n/messages.svelte';
import type { ListView, SortKey } from '$lib/api/types';
import type { Desk } from '$lib/state/desk.svelte';
import type { Source } from '$lib/state/list.svelte';
import type { Route } from '$lib/state/router.svelte';

type ListRoute = Route & { page: 'list' };
interface Sort {
  sort: SortKey;
  order: 'asc' | 'desc';
  group?: boolean;
}
type Sorts = Record<string, Sort>;

/** What to ask the server for, from where the page is and how this agent sorts. */
export function sourceOf(route: ListRoute, sorts: Sorts): Source {
  let given = sorts[route.queue ? 'queue' : route.view];
  let { sort, order, group } = given ?? standard(route.view);
  return { view: route.view, queue: route.queue, q: route.q, sort, order, group, promise: route.promise };
}

function standard(view: ListView): Sort {
  if (view === 'escalating') return { sort: 'due', order: 'asc', group: true };
  if (view === 'reminders') return { sort: 'due', order: 'asc' };
  return { sort: 'changed', order: 'desc' };
}

const TITLES: Record<ListView, () => string> = {
  mine: m.view_mine,
  unassigned: m.view_unassigned,
  escalating: m.view_escalating,
  reminders: m.view_reminders,
  locked: m.view_locked,
  watched: m.view_watched,
  snoozed: m.view_snoozed,
  silent: m.view_silent,
  open: m.view_open,
  closed: m.view_closed,
  junk: m.view_junk,
  promises: m.view_promises,
  all: m.view_all,
};

export function titleOf(desk: Desk, route: ListRoute): string {
  if (route.q !== undefined) return m.found_for({ q: route.q });
  if (route.view === 'promises') return promiseTitle(desk, route);
  if (route.queue)
    return desk.settings.find('queue', route.queue)?.document.name.replaceAll('::', ' › ') ?? m.queue();
  return TITLES[route.view]();
}

/** "Solution, kept: Service desk" */
function promiseTitle(desk: Desk, { promise, queue }: ListRoute): string {
  let outcomes = { kept: m.promise_kept, broken: m.promise_broken, running: m.promise_running };
  let what = [
    promise?.measure && measureWords(promise.measure),
    promise?.outcome && outcomes[promise.outcome](),
  ].filter(Boolean);
  let where = desk.settings.find('queue', queue)?.document.name.replaceAll('::', ' › ');
  return [what.join(', ') || m.view_promises(), where].filter(Boolean).join(': ');
}

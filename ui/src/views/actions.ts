import { m } from '$lib/i18n/messages.svelte';
import type { Command, ListView, Right } from '$lib/api/types';
import type { Desk } from '$lib/state/desk.svelte';
import type { Action } from '$lib/state/keys.svelte';
import type TicketPane from './TicketPane.svelte';

interface Ways {
  palette: () => void;
  help: () => void;
  pane: () => TicketPane | undefined;
  bulk: (body: Command) => void;
}

/** Every command of the desk with its key: the one list that keys, palette and the `?` sheet read. */
export function deskActions(desk: Desk, ways: Ways): Action[] {
  return [...listActions(desk), ...ticketActions(desk, ways), ...goActions(desk), ...deskWide(desk, ways)];
}

function listActions(desk: Desk): Action[] {
  let group = m.keys_list;
  let inList = () => desk.router.route.page === 'list' && desk.list.rows.length > 0;
  let move = (by: number) => {
    let row = desk.list.step(by);
    if (!row) return;
    desk.list.cursor = row.id;
    let shown = desk.router.route.page === 'list' && desk.router.route.ticket !== undefined;
    if (shown && matchMedia('(min-width: 900px)').matches) desk.router.openTicket(row.number, true);
  };
  let atCursor = () => desk.list.rows.find((row) => row.id === desk.list.cursor);
  return [
    { id: 'next', label: m.key_next, group, keys: ['j'], when: inList, run: () => move(1) },
    { id: 'previous', label: m.key_previous, group, keys: ['k'], when: inList, run: () => move(-1) },
    {
      id: 'open',
      label: m.key_open,
      group,
      keys: ['Enter', 'o'],
      when: () =>
        inList() && atCursor() !== undefined && !(document.activeElement instanceof HTMLButtonElement),
      run: () => desk.router.openTicket(atCursor()?.number),
    },
    {
      id: 'select',
      label: m.key_select,
      group,
      keys: ['x'],
      when: () => inList() && atCursor() !== undefined,
      run: () => desk.list.toggle(desk.list.cursor!),
    },
    {
      id: 'back',
      label: m.key_back,
      group,
      keys: ['Escape'],
      when: () =>
        desk.router.route.page !== 'list' ||
        desk.list.selected.size > 0 ||
        desk.router.route.ticket !== undefined,
      run: () => {
        if (desk.list.selected.size) desk.list.clearSelection();
        else desk.router.go({ ...desk.router.lastList, ticket: undefined });
      },
    },
  ];
}

function ticketActions(desk: Desk, { pane, bulk }: Ways): Action[] {
  let group = m.keys_ticket;
  let open = () =>
    desk.router.route.page === 'list' &&
    desk.router.route.ticket !== undefined &&
    desk.ticket.current !== undefined &&
    !desk.ticket.current.merged;
  let some = () => desk.list.selected.size > 0;
  let menu = (name: string) => () => (desk.menu = name);
  let may = (right: Right) => open() && !desk.settings.lacks(desk.ticket.current!, right);
  let onTicket = (
    id: string,
    key: string,
    label: () => string,
    run: () => void,
    right: Right = 'rw',
  ): Action => ({ id, label, group, keys: [key], when: () => may(right), run });
  return [
    {
      id: 'bulk_take',
      label: m.take_it,
      group,
      keys: ['l'],
      when: some,
      hidden: true,
      run: () => bulk({ type: 'take' }),
    },
    {
      id: 'bulk_junk',
      label: m.junk,
      group,
      keys: ['#'],
      when: some,
      hidden: true,
      run: () => bulk({ type: 'junk', block_sender: false }),
    },
    onTicket('reply', 'r', m.reply, () => pane()?.compose({ kind: 'reply' })),
    onTicket('reply_all', 'R', m.reply_all, () => pane()?.compose({ kind: 'reply_all' })),
    onTicket('note', 'n', m.note, () => pane()?.compose({ kind: 'note' }), 'note'),
    onTicket('phone', 'p', m.phone_call, () => pane()?.compose({ kind: 'phone_call' })),
    onTicket('forward', 'f', m.forward, () => pane()?.compose({ kind: 'forward' })),
    onTicket('take', 'l', m.key_take, () => pane()?.takeOrRelease()),
    onTicket('watch', 'w', m.watch, () => pane()?.watch(), 'ro'),
    onTicket('assign', 'a', m.key_assign, menu('owner'), 'owner'),
    onTicket('state', 's', m.set_state, menu('state')),
    onTicket('move', 'm', m.move_to, menu('queue')),
    onTicket('priority', '!', m.set_priority, menu('priority'), 'priority'),
    onTicket('close', 'c', m.close, menu('close')),
    onTicket('snooze', 'z', m.snooze, () => pane()?.snooze(), 'ro'),
    onTicket('junk', '#', m.junk, () => pane()?.junk(false)),
    onTicket('unread', 'u', m.mark_unread, () => pane()?.markUnread(), 'ro'),
    ...promiseActions(desk, may, menu),
    {
      id: 'take_along',
      label: m.take_along,
      group,
      when: () => may('rw'),
      run: () => pane()?.takeAlong(),
    },
    {
      id: 'merge',
      label: m.merge,
      group,
      when: () => may('rw'),
      run: () => pane()?.merge(),
    },
    {
      id: 'side',
      label: m.key_side,
      group,
      keys: ['i'],
      when: open,
      run: () => desk.prefs.set({ sideOpen: !desk.prefs.sideOpen }),
    },
  ];
}

/** What decides about promises has no keys of its own; the palette finds it. */
function promiseActions(
  desk: Desk,
  may: (right: Right) => boolean,
  menu: (name: string) => () => void,
): Action[] {
  let group = m.keys_ticket;
  let choose = (
    kind: 'service' | 'ticket_type' | 'service_level',
    name: string,
    label: () => string,
  ): Action => ({
    id: `set_${name}`,
    label,
    group,
    when: () => may('rw') && desk.settings.valid(kind).length > 0,
    run: menu(name),
  });
  return [
    choose('service', 'service', m.set_service),
    choose('ticket_type', 'type', m.set_type),
    choose('service_level', 'service_level', m.set_service_level),
  ];
}

function goActions(desk: Desk): Action[] {
  let group = m.keys_go;
  let to = (key: string, view: ListView, label: () => string): Action => ({
    id: `go_${view}`,
    label,
    group,
    keys: [`g ${key}`],
    run: () => desk.router.go({ page: 'list', view }),
  });
  return [
    to('u', 'unassigned', m.view_unassigned),
    to('m', 'mine', m.view_mine),
    to('e', 'escalating', m.view_escalating),
    to('r', 'reminders', m.view_reminders),
    to('w', 'watched', m.view_watched),
    to('z', 'snoozed', m.view_snoozed),
    to('a', 'open', m.view_open),
    to('c', 'closed', m.view_closed),
    { id: 'go_outbox', label: m.outbox, group, keys: ['g o'], run: () => desk.router.go({ page: 'outbox' }) },
    {
      id: 'go_settings',
      label: m.settings,
      group,
      keys: ['g s'],
      run: () => desk.router.go({ page: 'settings' }),
    },
  ];
}

function deskWide(desk: Desk, { palette, help }: Ways): Action[] {
  let group = m.keys_everywhere;
  return [
    { id: 'find', label: m.find_or_run, group, keys: ['/'], mod: 'k', run: palette },
    { id: 'new', label: m.new_ticket, group, mod: 'n', run: () => desk.router.go({ page: 'new' }) },
    { id: 'undo', label: m.undo, group, mod: 'z', run: () => desk.toasts.undoLast() },
    { id: 'help', label: m.keys_title, group, keys: ['?'], run: help },
    {
      id: 'density',
      label: m.key_density,
      group,
      run: () => desk.prefs.set({ density: desk.prefs.density === 'compact' ? 'roomy' : 'compact' }),
    },
    {
      id: 'theme',
      label: m.key_theme,
      group,
      run: () => desk.prefs.set({ theme: desk.prefs.isDark ? 'light' : 'dark' }),
    },
  ];
}

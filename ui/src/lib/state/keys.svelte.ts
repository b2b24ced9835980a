export interface Action {
  id: string;
  label: () => string;
  group: () => string;
  /** Characters, matched as typed (`?` is `?` on every keyboard); two of them in a row for `g` then `u`. */
  keys?: string[];
  /** With Ctrl, or Cmd on Apple machines; lives in text fields too. */
  mod?: string;
  when?: () => boolean;
  run: () => void;
  hidden?: boolean;
}

const SEQUENCE_MS = 1_200;

export function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

/** Every command with its key. The palette, the menus and the `?` sheet read the same list. */
export class Keys {
  actions = $state.raw<Action[]>([]);
  /** Single-letter keys can be switched off; Ctrl/Cmd ones stay. */
  enabled = $state(true);
  #pending = '';
  #at = 0;

  /** Something lies over the desk (a dialog, a menu): its keys rule. */
  get covered(): boolean {
    return document.querySelector('[data-overlay]') !== null;
  }

  available(): Action[] {
    return this.actions.filter((action) => !action.when || action.when());
  }

  keyOf(id: string): string | undefined {
    return this.actions.find((action) => action.id === id)?.keys?.[0];
  }

  handle(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return;
    let action = event.ctrlKey || event.metaKey ? this.#withMod(event) : this.#plain(event);
    if (!action) return;
    event.preventDefault();
    action.run();
  }

  #withMod(event: KeyboardEvent): Action | undefined {
    if (event.altKey) return undefined;
    let typing = inTextField(event.target);
    let key = event.key.toLowerCase();
    if (typing && key === 'z') return undefined;
    if (this.covered && key !== 'k') return undefined;
    return this.available().find((action) => action.mod === key);
  }

  #plain(event: KeyboardEvent): Action | undefined {
    if (!this.enabled || this.covered || event.altKey || inTextField(event.target)) return undefined;
    let fresh = event.timeStamp - this.#at < SEQUENCE_MS;
    let typed = fresh && this.#pending ? `${this.#pending} ${event.key}` : event.key;
    let found = this.available().find((action) => action.keys?.includes(typed));
    let starts = this.available().some((action) =>
      action.keys?.some((keys) => keys.startsWith(`${event.key} `)),
    );
    this.#pending = found || !starts ? '' : event.key;
    this.#at = event.timeStamp;
    return found;
  }
}

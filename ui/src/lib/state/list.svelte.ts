import { api } from '$lib/api/client';
import { problemText } from '$lib/api/problem';
import type { Id, ListQuery, ListView, PromiseFilter, Row, SortKey } from '$lib/api/types';

const PAGE = 50;
const REFRESH_CAP = 400;
const GATHER_MS = 120;

export interface Source {
  view: ListView;
  queue?: Id;
  q?: string;
  sort: SortKey;
  order: 'asc' | 'desc';
  /** Under headings that say when they are due; they are sorted by that then. */
  group?: boolean;
  promise?: PromiseFilter;
}

/** The list that is shown: keyset pages while scrolling, refreshed in place when something changed. */
export class ListState {
  source = $state.raw<Source>({ view: 'unassigned', sort: 'changed', order: 'desc' });
  rows = $state.raw<Row[]>([]);
  total = $state(0);
  loading = $state(true);
  problem = $state<string | undefined>();
  selected = $state.raw<ReadonlySet<Id>>(new Set());
  /** How many rows came in by themselves, for the polite announcement. */
  arrived = $state(0);
  /** The row the keys are on; opening it is a second step. */
  cursor = $state<Id | undefined>();
  #next: string | null = null;
  #paging = false;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async show(source: Source) {
    let same = JSON.stringify(source) === JSON.stringify(this.source);
    if (same && !this.loading && !this.problem) return;
    if (!same || this.problem) this.rows = [];
    this.source = source;
    this.selected = new Set();
    this.loading = true;
    await this.#load(PAGE);
  }

  #query(limit: number, after?: string): ListQuery {
    let { view, queue, q, sort, order, group, promise } = this.source;
    let sorted = group ? ({ sort: 'due', order: 'asc' } as const) : { sort, order };
    return { view, queue, q, ...sorted, ...promise, limit, after };
  }

  async #load(limit: number) {
    let generation = ++this.#generation;
    try {
      let page = await api.tickets(this.#query(Math.min(limit, REFRESH_CAP)));
      if (generation !== this.#generation) return;
      this.#announce(page.rows);
      this.rows = page.rows;
      this.total = page.total;
      this.#next = page.next ?? null;
      this.problem = undefined;
      this.#prune();
    } catch (error) {
      if (generation === this.#generation && !this.rows.length) this.problem = problemText(error);
    } finally {
      if (generation === this.#generation) this.loading = false;
    }
  }

  #announce(rows: Row[]) {
    if (this.loading) {
      this.arrived = 0;
      return;
    }
    let known = new Set(this.rows.map((row) => row.id));
    let horizon = this.rows.at(-1);
    let fresh = rows.filter((row, index) => !known.has(row.id) && (!horizon || index < this.rows.length));
    this.arrived = fresh.length;
  }

  /** Rows that left the list leave the selection too. */
  #prune() {
    if (!this.selected.size) return;
    let there = new Set(this.rows.map((row) => row.id));
    this.selected = new Set([...this.selected].filter((id) => there.has(id)));
  }

  /** Something changed: ask again for what is shown, gathered over a moment. */
  refresh() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(Math.max(PAGE, this.rows.length)), GATHER_MS);
  }

  async more() {
    if (this.#paging || !this.#next || this.loading) return;
    this.#paging = true;
    let generation = this.#generation;
    try {
      let page = await api.tickets(this.#query(PAGE, this.#next));
      if (generation !== this.#generation) return;
      let known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
      this.total = page.total;
      this.#next = page.next ?? null;
    } catch {
      // The next scroll asks again.
    } finally {
      this.#paging = false;
    }
  }

  toggle(id: Id) {
    let next = new Set(this.selected);
    if (!next.delete(id)) next.add(id);
    this.selected = next;
  }

  selectRange(id: Id) {
    let from = this.rows.findIndex((row) => row.id === this.cursor);
    let to = this.rows.findIndex((row) => row.id === id);
    if (from < 0 || to < 0) return this.toggle(id);
    let [low, high] = from < to ? [from, to] : [to, from];
    let next = new Set(this.selected);
    for (let row of this.rows.slice(low, high + 1)) next.add(row.id);
    this.selected = next;
  }

  clearSelection() {
    this.selected = new Set();
  }

  /** The row that is `by` places from the cursor, or the nearest end. */
  step(by: number): Row | undefined {
    let at = this.rows.findIndex((row) => row.id === this.cursor);
    let next = at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + by));
    return this.rows[next];
  }
}

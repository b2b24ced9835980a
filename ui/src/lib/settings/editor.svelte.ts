import { api } from '$lib/api/client';
import { Problem, problemText } from '$lib/api/problem';
import { newId } from '$lib/id';
import { m } from '$lib/i18n/messages.svelte';
import type { Documents, Kind, Rec } from '$lib/api/types';
import type { FieldSpec, FormSpec } from './forms';

type Fields = Record<string, unknown>;

/** One record while it is edited: what was typed, beside the version it was made on. */
export class Editor {
  document = $state<Fields>({});
  problems = $state<Record<string, string>>({});
  problem = $state('');
  stale = $state(false);
  busy = $state(false);
  version = $state(0);
  readonly id: string;
  readonly isNew: boolean;
  #given = '';

  constructor(
    readonly form: FormSpec,
    record?: Rec<unknown>,
  ) {
    this.isNew = record === undefined;
    this.id = record?.id ?? newId();
    this.take(record?.version ?? 0, (record?.document as Fields) ?? form.fresh?.() ?? {});
  }

  take(version: number, document: Fields) {
    this.version = version;
    this.document = { ...this.form.defaults, ...structuredClone($state.snapshot(document) as Fields) };
    this.#given = JSON.stringify(this.document);
    this.stale = false;
    this.problem = '';
    this.problems = {};
  }

  /** Puts an older version's content in, to be saved as the newest. */
  use(document: Fields) {
    this.document = structuredClone(document);
  }

  get changed(): boolean {
    return JSON.stringify($state.snapshot(this.document)) !== this.#given;
  }

  get(path: string): unknown {
    return path.split('.').reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], this.document);
  }

  set(path: string, value: unknown) {
    let keys = path.split('.');
    let last = keys.pop()!;
    let at = this.document;
    for (let key of keys) at = (at[key] ??= {}) as Fields;
    if (value === null && keys.length) delete at[last];
    else at[last] = value;
    delete this.problems[path];
    this.problem = '';
  }

  #check(): boolean {
    this.problems = {};
    for (let field of this.form.fields) {
      let value = this.get(field.path);
      let empty = value === undefined || value === null || String(value).trim() === '';
      if (field.required && empty) this.problems[field.path] = m.field_needed();
      else if (field.kind === 'email' && !empty && !/^\S+@\S+$/.test(String(value)))
        this.problems[field.path] = m.email_needed();
    }
    let own = this.form.check?.($state.snapshot(this.document) as Fields);
    this.problems = { ...own, ...this.problems };
    return Object.keys(this.problems).length === 0;
  }

  #numbers(): Fields {
    let document = $state.snapshot(this.document) as Fields;
    for (let { path, kind } of this.form.fields) {
      if (kind === 'number' && path in document) document[path] = Number(document[path]);
    }
    return document;
  }

  /** Saves on the version it was made on; says beside the field what the desk does not take. */
  async save(): Promise<boolean> {
    if (this.form.readonly || !this.#check()) return false;
    this.busy = true;
    this.problem = '';
    try {
      let saved = await api.saveSetting(
        this.form.kind,
        this.id,
        this.version,
        this.#numbers() as unknown as Documents[Kind],
      );
      this.take(saved.version, saved.document as unknown as Fields);
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #refused(error: unknown) {
    if (error instanceof Problem && error.code === 'stale') this.stale = true;
    else if (error instanceof Problem && error.field && this.#knows(error.field)) {
      this.problems = { [error.field]: problemText(error) };
    } else this.problem = problemText(error);
  }

  #knows(path: string): boolean {
    return this.form.fields.some((field: FieldSpec) => field.path === path);
  }
}

import { problemText } from '$lib/api/problem';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'warn';
  /** When it goes by itself; the countdown shows while `counts` is set. */
  until: number;
  counts: boolean;
  undo?: () => void | Promise<void>;
  action?: { label: string; run: () => void };
}
type Wanted = Partial<Omit<Toast, 'id' | 'text'>>;

const PLAIN_MS = 6_000;
const NOTICE_MS = 9_000;

/** Short notices, and the way back: the newest toast with an undo is what Ctrl/Cmd Z means. */
export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, wanted: Wanted = {}): number {
    let id = this.#next++;
    let until = wanted.until ?? Date.now() + PLAIN_MS;
    let toast: Toast = { id, text, tone: 'plain', counts: false, ...wanted, until };
    this.list = [...this.list.slice(-3), toast];
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), Math.max(1_000, until - Date.now())),
    );
    return id;
  }

  /** Says calmly what went wrong. */
  problem(error: unknown, wanted: Wanted = {}) {
    this.show(problemText(error), { tone: 'warn', until: Date.now() + NOTICE_MS, ...wanted });
  }

  dismiss(id: number) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Takes back the newest thing that can be; false when there is none. */
  undoLast(): boolean {
    let last = this.list.findLast((toast) => toast.undo);
    if (!last) return false;
    this.dismiss(last.id);
    void last.undo?.();
    return true;
  }
}

import { NO_BATCH, follow } from './batch';
import { calls } from './calls';
import type { BundleView, ConnectInput, ConnectionView, Decision, EntryView } from './types';
import type { Id } from '$lib/api/types';

/** How this desk stands to its team's server; nothing of it on a desk that is not connected. */
export class ConnectionState {
  current = $state.raw<ConnectionView | undefined>();
  batch = $state.raw(NO_BATCH);
  bundles = $state.raw<BundleView[]>([]);
  /** The dialog to sign in again. */
  signingIn = $state(false);
  /** The panel of the chip. */
  open = $state(false);

  /** No server can be asked right now. */
  get away(): boolean {
    return (
      this.current !== undefined && ['offline', 'signed_out', 'locked', 'over'].includes(this.current.state)
    );
  }

  /** Where what waits here stands: before a server that cannot be asked, or on its way to it. */
  get line(): 'away' | 'there' | undefined {
    return this.current && (this.away ? 'away' : 'there');
  }

  /** Nothing goes on before the agent has signed in again. */
  get signInNeeded(): boolean {
    return this.current !== undefined && ['signed_out', 'locked', 'over'].includes(this.current.state);
  }

  adopt(view: ConnectionView | null | undefined) {
    this.current = view ?? undefined;
    this.batch = follow(this.batch, view?.waiting ?? 0);
  }

  async load() {
    try {
      this.adopt(await calls.connection());
    } catch {
      // The desk itself is away; its banner says so, and the last state stays.
    }
  }

  async connect(input: ConnectInput) {
    this.adopt(await calls.connect(input));
  }

  async syncNow() {
    await calls.syncNow();
    await this.load();
  }

  /** The network may be back: the server is asked now instead of at the next try. */
  async tryAgain() {
    if (this.current?.state === 'offline') await calls.syncNow().catch(() => undefined);
  }

  async loadOutbox() {
    if (!this.current) return;
    this.bundles = await calls.bundles().catch(() => this.bundles);
  }

  /** Decides about a command; the lists follow. */
  async decide(id: Id, how: Decision) {
    await calls.decide(id, how);
    await Promise.all([this.loadOutbox(), this.load()]);
  }
}

/** The commands that wait for a decision of the agent. */
export const needsYou = (entry: EntryView) => entry.state === 'refused' || entry.state === 'proposed';
/** The commands that will still go to the server. */
export const isPending = (entry: EntryView) => ['waiting', 'sent', 'applied'].includes(entry.state);

import { api, useWriteToken } from '$lib/api/client';
import { language } from '$lib/i18n/messages.svelte';
import type { Agent, Session } from '$lib/api/types';

/** Who is here, and how far the desk is. */
export class SessionState {
  current = $state.raw<Session | undefined>();
  failed = $state(false);

  get agent(): Agent | undefined {
    return this.current?.agent ?? undefined;
  }

  async load() {
    this.failed = false;
    try {
      this.adopt(await api.session());
    } catch {
      this.failed = true;
    }
  }

  adopt(session: Session) {
    useWriteToken(session.write_token);
    this.current = session;
    language.set(
      storedLanguage() || (session.stage === 'first_start' ? navigator.language : session.desk.language),
    );
  }

  async signOut() {
    await api.signOut();
    await this.load();
  }
}

/** The language chosen on this device, for the screens before anyone is signed in. */
export function storedLanguage(): string | undefined {
  return localStorage.getItem('docket.language') ?? undefined;
}
export function storeLanguage(wanted: string) {
  localStorage.setItem('docket.language', wanted);
}

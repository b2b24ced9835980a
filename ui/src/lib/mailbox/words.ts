import { m } from '$lib/i18n/messages.svelte';
import type { ConnectCode } from '$lib/api/types';

interface Facts {
  host: string;
  port: number;
  folder: string;
}

/** What failed, in words, and what to look at. One sentence for every code of the wire. */
export const CONNECT_WORDS: Record<ConnectCode, (facts: Facts) => string> = {
  name_not_found: ({ host }) => m.connect_name_not_found({ host }),
  refused: ({ host, port }) => m.connect_refused({ host, port }),
  timeout: ({ host, port }) => m.connect_timeout({ host, port }),
  certificate: ({ host }) => m.connect_certificate({ host }),
  wrong_password: () => m.connect_wrong_password(),
  folder_missing: ({ folder }) => m.connect_folder_missing({ folder }),
  withheld: () => m.connect_withheld(),
  tls_required: () => m.connect_tls_required(),
  not_imap: ({ host, port }) => m.connect_not_imap({ host, port }),
  not_smtp: ({ host, port }) => m.connect_not_smtp({ host, port }),
  other: ({ host }) => m.connect_other({ host }),
};

export function connectWords(code: string | null | undefined, facts: Facts): string {
  if (code === 'password_missing') return m.problem_password_missing();
  return (CONNECT_WORDS[code as ConnectCode] ?? CONNECT_WORDS.other)(facts);
}

import type { ImapServer, SmtpServer } from '$lib/api/types';

interface Known {
  imap: string;
  smtp: string;
  smtpPort?: number;
}

/** Where the mail of the large houses lives; the others are tried as imap. and smtp. of their domain. */
const KNOWN: Record<string, Known> = {
  'gmail.com': { imap: 'imap.gmail.com', smtp: 'smtp.gmail.com' },
  'googlemail.com': { imap: 'imap.gmail.com', smtp: 'smtp.gmail.com' },
  'outlook.com': { imap: 'outlook.office365.com', smtp: 'smtp.office365.com', smtpPort: 587 },
  'hotmail.com': { imap: 'outlook.office365.com', smtp: 'smtp.office365.com', smtpPort: 587 },
  'gmx.de': { imap: 'imap.gmx.net', smtp: 'mail.gmx.net' },
  'gmx.net': { imap: 'imap.gmx.net', smtp: 'mail.gmx.net' },
  'web.de': { imap: 'imap.web.de', smtp: 'smtp.web.de', smtpPort: 587 },
  't-online.de': { imap: 'secureimap.t-online.de', smtp: 'securesmtp.t-online.de' },
  'icloud.com': { imap: 'imap.mail.me.com', smtp: 'smtp.mail.me.com', smtpPort: 587 },
  'posteo.de': { imap: 'posteo.de', smtp: 'posteo.de' },
  'mailbox.org': { imap: 'imap.mailbox.org', smtp: 'smtp.mailbox.org' },
};

/** A first guess of both servers from the address; the agent sees and corrects it. */
export function guess(address: string): { imap: Required<ImapServer>; smtp: Required<SmtpServer> } {
  let domain = address.split('@')[1]?.trim().toLowerCase() ?? '';
  let known = KNOWN[domain] ?? { imap: domain ? `imap.${domain}` : '', smtp: domain ? `smtp.${domain}` : '' };
  let smtpPort = known.smtpPort ?? 465;
  return {
    imap: { host: known.imap, port: 993, security: 'tls', user: address.trim(), folder: 'INBOX' },
    smtp: {
      host: known.smtp,
      port: smtpPort,
      security: smtpPort === 587 ? 'starttls' : 'tls',
      user: address.trim(),
    },
  };
}

const PORTS = {
  imap: { tls: 993, starttls: 143, plain: 143 },
  smtp: { tls: 465, starttls: 587, plain: 25 },
} as const;

/** The usual port for a kind of security; a port that was typed by hand stays. */
export function portFor(
  kind: 'imap' | 'smtp',
  security: 'tls' | 'starttls' | 'plain',
  current: number,
): number {
  let usual = Object.values(PORTS[kind]) as number[];
  return usual.includes(Number(current)) ? PORTS[kind][security] : Number(current);
}

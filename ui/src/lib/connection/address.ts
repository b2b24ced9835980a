export type AddressFault = 'plain_http' | 'wrong';

const HERE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What is wrong with a typed server address, before anybody is asked; the server's own check has the last word. */
export function addressFault(typed: string): AddressFault | undefined {
  let text = typed.trim();
  let full = text.includes('://') ? text : `https://${text}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    return 'wrong';
  }
  if (!url.hostname || url.username || /\s/.test(text)) return 'wrong';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'wrong';
  return HERE.test(url.hostname) ? undefined : 'plain_http';
}

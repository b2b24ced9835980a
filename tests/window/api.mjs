// The desk's API as the page asks for it: through the window's own scheme.
import { randomBytes } from 'node:crypto';

/** Asks the API from inside the page; a refusal is an error with its code. */
export function ask(window, method, path, body) {
  return window.run(
    `let [method, path, body] = args;
     let answer = await fetch('/api/v1' + path, {
       method,
       headers: { 'x-docket': window.__DOCKET__.token, 'content-type': 'application/json' },
       body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
     });
     let text = await answer.text();
     if (!answer.ok) throw new Error(method + ' ' + path + ': ' + answer.status + ' ' + text);
     return text ? JSON.parse(text) : undefined;`,
    method,
    path,
    body,
  );
}

/** A new desk without a mailbox, as the first start makes it. */
export function startDesk(window, more = {}) {
  return ask(window, 'POST', '/setup', {
    desk_name: 'Helpdesk',
    your_name: 'Ana Agent',
    your_email: 'support@desk.test',
    queue_name: 'Service Desk',
    language: 'en',
    time_zone: 'Europe/Berlin',
    ...more,
  });
}

/** A phone ticket with these attachments, in the first queue that is not one of the standard ones. */
export async function phoneTicket(window, title, attachments = []) {
  let { records } = await ask(window, 'GET', '/settings');
  let queue = records.queue.find((record) => !['Postmaster', 'Raw', 'Junk', 'Misc'].includes(record.document.name));
  return ask(window, 'POST', '/tickets', {
    id: uuid7(),
    article_id: uuid7(),
    title,
    queue_id: queue.id,
    customer: { address: 'carla@customer.test', name: 'Carla Customer' },
    channel: 'phone',
    direction: 'inbound',
    text: 'She called.',
    attachments,
  });
}

/** A UUID version 7 (RFC 9562). */
export function uuid7() {
  let bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

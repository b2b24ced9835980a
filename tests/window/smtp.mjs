// A real SMTP server on a free loopback port.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nextLine } from './processes.mjs';
import { until } from './webdriver.mjs';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'peers', 'smtpd.py');

/** Starts the server inside `desk`, which also ends it. `auth`: the user and password it wants, if any. */
export async function startSmtp(desk, auth = null) {
  let record = join(desk.folder, 'sent.jsonl');
  let options = join(desk.folder, 'smtp.json');
  await writeFile(record, '');
  let control = join(desk.folder, 'smtp-control.json');
  await writeFile(options, JSON.stringify({ record, control, auth, require_auth: auth !== null, tls: 'none' }));
  let server = desk.start('/bin/sh', ['-c', 'exec /usr/bin/python3 "$0" "$1" >&3', program, options], { input: true });
  return new Sent(record, JSON.parse(await nextLine(server)).port);
}

class Sent {
  constructor(record, port) {
    Object.assign(this, { record, port });
  }

  /** Every mail so far, in the order of arrival: envelope and `raw` text. */
  async mails() {
    let lines = (await readFile(this.record, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  /** The first mail that `fits`, as soon as the server has it. */
  mail(what, fits, ms = 30_000) {
    return until(`the mail: ${what}`, async () => (await this.mails()).find(fits), { ms }).catch(async (error) => {
      let all = (await this.mails()).map(({ to, raw }) => `to ${to}\n${raw}`);
      throw new Error(`${error.message}; there are:\n${all.join('\n')}`);
    });
  }
}

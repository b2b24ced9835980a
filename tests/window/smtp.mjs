// A real SMTP server on a free loopback port.
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nextLine } from './processes.mjs';
import { until } from './webdriver.mjs';

const program = join(dirname(fileURLToPath(import.meta.url)), 'smtpd.py');

/** Starts the server inside `desk`, which also ends it. */
export async function startSmtp(desk) {
  let folder = join(desk.folder, 'sent');
  await mkdir(folder);
  let server = desk.start('/usr/bin/python3', [program, folder]);
  return new Sent(folder, Number(await nextLine(server)));
}

class Sent {
  constructor(folder, port) {
    Object.assign(this, { folder, port });
  }

  /** Every mail so far, in the order of arrival. */
  async mails() {
    let names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    names.sort((a, b) => parseInt(a) - parseInt(b));
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(this.folder, name), 'utf8'))));
  }

  /** The first mail that `fits`, as soon as the server has it. */
  mail(what, fits, ms = 30_000) {
    return until(`the mail: ${what}`, async () => (await this.mails()).find(fits), { ms });
  }
}

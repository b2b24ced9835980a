import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(CACHE, 'docket', 'target');
const BINARY = process.env.DOCKET_BIN ?? join(TARGET, 'debug', 'docket');
const CHROMIUM = process.env.DOCKET_CHROMIUM || '/usr/bin/chromium';
const ARTEFACTS = process.env.DOCKET_SCREENSHOTS ?? resolve('../artefacts');
export const PASSWORD = 'a-good-password';

/** A real server on a data folder of its own; it ends with the test. */
export class Server {
  #process?: ChildProcess;
  #said: string[] = [];
  url = '';

  constructor(readonly data = mkdtempSync(join(tmpdir(), 'docket-e2e-'))) {}

  /** Runs the program once beside the server and returns what it printed. */
  run(args: string[], input = ''): string {
    let done = spawnSync(BINARY, ['--data', this.data, ...args], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`docket ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  }

  async start(): Promise<this> {
    let child = spawn(BINARY, [
      '--data',
      this.data,
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--ui',
      resolve('dist'),
    ]);
    this.#process = child;
    createInterface({ input: child.stderr }).on('line', (line) => this.#said.push(line));
    let lines = createInterface({ input: child.stdout });
    this.url = await new Promise<string>((found, failed) => {
      lines.on('line', (line) => {
        let url = /http:\S+/.exec(line)?.[0];
        if (url) found(url.replace(/\/$/, ''));
      });
      child.once('exit', (code) =>
        failed(new Error(`docket serve ended with ${code}: ${this.#said.join('\n')}`)),
      );
    });
    return this;
  }

  /** The one-time link, which the server prints while it has no administrator. */
  async firstLink(): Promise<string> {
    for (;;) {
      let link = this.#said.join('\n').match(/http\S+#\/first\?token=\S+/)?.[0];
      if (link) return link;
      await new Promise((again) => setTimeout(again, 20));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM') {
    let child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    let ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Takes in a mail as it would come from a mailbox. */
  mail(raw: string): string {
    return this.run(['mail', 'ingest'], raw.replace(/\r?\n/g, '\r\n'));
  }

  /** A desk that is set up, with one agent who can sign in. */
  async ready(language = 'en'): Promise<this> {
    this.run(['agent', 'add', 'ana', '--name', 'Ana Agent', '--admin'], `${PASSWORD}\n`);
    await this.start();
    let setup = {
      desk_name: 'Nordlicht IT',
      your_name: 'Ana Agent',
      your_email: 'ana@nordlicht.test',
      queue_name: 'Service desk',
      language,
      time_zone: 'Europe/Berlin',
    };
    await this.post('setup', setup);
    return this;
  }

  /** An address to answer from, in the first queue. */
  async supportAddress(): Promise<void> {
    let headers = await this.signedIn();
    let answer = await fetch(`${this.url}/api/v1/settings`, { headers });
    let { records } = (await answer.json()) as {
      records: { queue: { id: string; document: { name: string } }[] };
    };
    let queue = records.queue.find(({ document }) => document.name === 'Service desk')!;
    let done = await fetch(`${this.url}/api/v1/settings/address/${crypto.randomUUID()}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({
        version: 0,
        document: {
          name: 'Nordlicht support',
          email: 'support@nordlicht.test',
          queue_id: queue.id,
          valid: true,
        },
      }),
    });
    if (!done.ok) throw new Error(`settings: ${done.status} ${await done.text()}`);
  }

  /** Fills the desk with demo data, to the end. */
  async lookAround(): Promise<void> {
    await this.post('setup/demo', {});
    for (;;) {
      let answer = await fetch(`${this.url}/api/v1/setup/progress`, { headers: await this.signedIn() });
      if (!((await answer.json()) as { running: boolean }).running) return;
      await new Promise((again) => setTimeout(again, 50));
    }
  }

  /** What a write of the agent needs to carry. */
  async signedIn(login = 'ana'): Promise<Record<string, string>> {
    let headers: Record<string, string> = { 'content-type': 'application/json', 'x-docket': 'sign-in' };
    let answer = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ login, password: PASSWORD }),
    });
    let { write_token } = (await answer.json()) as { write_token: string };
    headers['cookie'] = answer.headers.get('set-cookie')!.split(';')[0]!;
    headers['x-docket'] = write_token;
    return headers;
  }

  /** Saves a new settings record; returns its id. */
  async save(kind: string, document: object): Promise<string> {
    let id = crypto.randomUUID();
    let done = await fetch(`${this.url}/api/v1/settings/${kind}/${id}`, {
      method: 'PUT',
      headers: await this.signedIn(),
      body: JSON.stringify({ version: 0, document }),
    });
    if (!done.ok) throw new Error(`${kind}: ${done.status} ${await done.text()}`);
    return id;
  }

  async post(path: string, body: unknown): Promise<void> {
    let done = await fetch(`${this.url}/api/v1/${path}`, {
      method: 'POST',
      headers: await this.signedIn(),
      body: JSON.stringify(body),
    });
    if (!done.ok) throw new Error(`${path}: ${done.status} ${await done.text()}`);
  }
}

let browser: Promise<Browser> | undefined;

/** A browser window of its own; whatever the page throws fails the test that asks `faults`. */
export async function open(url: string, options: BrowserContextOptions = {}) {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  let context = await (
    await browser
  ).newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  let page = await context.newPage();
  page.setDefaultTimeout(15_000);
  let faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, context, faults };
}

export async function closeBrowser() {
  await (await browser)?.close();
  browser = undefined;
}

export async function signIn(page: Page, login = 'ana') {
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Views and queues' }).waitFor();
}

export async function picture(page: Page, name: string) {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

export const MAIL = `From: "Petra Vogt" <petra@hafen.test>
To: support@nordlicht.test
Subject: Warehouse scanners lose Wi-Fi
Date: Fri, 20 Nov 2026 13:36:00 +0100
Message-ID: <scanner-1@hafen.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Good afternoon, the scanners in hall 3 lose their connection.

Petra Vogt
`;

export const HOSTILE = `From: "David Okafor" <david@okafor.test>
To: support@nordlicht.test
Subject: Invoice charged twice
Date: Fri, 20 Nov 2026 14:00:00 +0100
Message-ID: <invoice-1@okafor.test>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Our invoice was charged <b>twice</b>, see <a href="https://evil.test/login">https://bank.test</a>.</p>
<img src="https://tracker.test/pixel.png" onerror="top.document.title='owned'">
<script>top.document.title = 'owned'</script>
<form action="https://evil.test"><button>Pay</button></form>
<blockquote>An older mail with a long history</blockquote>
`;

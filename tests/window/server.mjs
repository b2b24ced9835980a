// A real `docket serve` for a team, on a data folder of its own inside a desk of the tests.
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nextLine } from './processes.mjs';
import { until } from './webdriver.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache', 'docket', 'target');
const PROGRAM = process.env.DOCKET_BIN ?? join(target, 'debug', 'docket');
/** The password of every agent. */
export const PASSWORD = 'a-good-password';
/** The address that the team answers from. */
export const ADDRESS = 'support@desk.test';

/**
 * Starts the server inside `desk`, which also ends it, with these agents (login to name); the first is an administrator. With `demo` it is
 * filled with so many tickets.
 */
export async function startServer(desk, agents, { demo = 0 } = {}) {
  let server = new Server(join(desk.folder, 'server'), desk.env);
  if (demo) server.run(['demo', '--tickets', String(demo), '--seed', '1', '--language', 'en']);
  let [[admin, name]] = Object.entries(agents);
  for (let [login, name] of Object.entries(agents)) {
    server.run(['agent', 'add', login, '--name', name, ...(login === admin ? ['--admin'] : [])], `${PASSWORD}\n`);
  }
  // What the program says first is its address.
  let script = 'exec "$0" --data "$1" serve --listen 127.0.0.1:0 --ui "$2" >&3';
  let child = desk.start('/bin/sh', ['-c', script, PROGRAM, server.data, join(root, 'ui', 'dist')], { log: join(desk.folder, 'server.log') });
  while (!server.url) server.url = (await nextLine(child, 30_000)).match(/http:\S+?(?=\/?$)/)?.[0];
  server.port = Number(new URL(server.url).port);
  server.admin = admin;
  if (!demo) await server.setUp(name);
  return server;
}

class Server {
  #sessions = {};

  constructor(data, env) {
    Object.assign(this, { data, env });
  }

  /** Runs the program once beside the server. */
  run(args, input = '') {
    let done = spawnSync(PROGRAM, ['--data', this.data, ...args], { input, encoding: 'utf8', env: this.env });
    if (done.status !== 0) throw new Error(`docket ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  }

  /** Asks the API as this agent at a browser; a refusal is an error with its code. */
  async ask(login, method, path, body) {
    let headers = await this.#signedIn(login);
    let answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    let text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  async #signedIn(login) {
    return (this.#sessions[login] ??= await this.#signIn(login));
  }

  async #signIn(login) {
    let headers = { 'content-type': 'application/json', 'x-docket': 'sign-in' };
    let answer = await fetch(`${this.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify({ login, password: PASSWORD }) });
    if (!answer.ok) throw new Error(`${login} cannot sign in: ${await answer.text()}`);
    let cookie = answer.headers.get('set-cookie').split(';')[0];
    return { ...headers, cookie, 'x-docket': (await answer.json()).write_token };
  }

  /** What the first sign-in does: names the desk. */
  setUp(your_name) {
    return this.ask(this.admin, 'POST', '/setup', {
      desk_name: 'Helpdesk',
      your_name,
      your_email: `${this.admin}@desk.test`,
      queue_name: 'Service Desk',
      language: 'en',
      time_zone: 'Europe/Berlin',
    });
  }

  /** Reads mail from one port of this computer and sends it by another, for the team's address. */
  async sendBy({ imap, smtp, password }) {
    let mailbox = {
      name: 'Support',
      imap: { host: '127.0.0.1', port: imap, user: ADDRESS, security: 'plain' },
      smtp: { host: '127.0.0.1', port: smtp, user: '', security: 'plain' },
    };
    await this.ask(this.admin, 'POST', '/mailboxes', { address: ADDRESS, password, document: mailbox });
    await until('the mailbox to be connected', async () => {
      let [status] = await this.ask(this.admin, 'GET', '/mailboxes');
      return ['connected', 'polling'].includes(status?.status);
    });
  }

  /** Changes a settings record of which there is one. */
  async change(kind, fields) {
    let { records } = await this.ask(this.admin, 'GET', '/settings');
    let [{ id, version, document }] = records[kind];
    await this.ask(this.admin, 'PUT', `/settings/${kind}/${id}`, { version, document: { ...document, ...fields } });
  }
}

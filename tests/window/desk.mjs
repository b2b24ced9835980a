// A real desktop window with everything around it of its own: display, session bus, notifications, folders.
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.mjs';
import { nextLine, start, stop } from './processes.mjs';
import { openSession, until } from './webdriver.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache', 'docket', 'target');
/** The program under test. */
export const PROGRAM = process.env.DOCKET_DESKTOP ?? join(target, 'debug', 'docket-desktop');
/** Where pictures are kept. */
export const ARTEFACTS = process.env.DOCKET_SCREENSHOTS ?? join(root, 'artefacts');

// No activation: a keyring or a second notification server is there only when a test starts it.
const BUS = (folder) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=${folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`;

/** Runs `test` with a desk around it, and takes everything away afterwards. `options`: bus, display (true), dunst, keyring, clock (false). */
export async function withDesk(options, test) {
  let desk = new Desk();
  try {
    await desk.open({ bus: true, dunst: false, keyring: false, display: true, ...options });
    await test(desk);
  } catch (error) {
    await desk.explain();
    throw error;
  } finally {
    await desk.close();
  }
}

class Desk {
  #children = [];
  #drivers = [];

  async open({ bus, dunst, keyring, display, clock }) {
    this.folder = await mkdtemp(join(tmpdir(), 'docket-window-'));
    this.data = join(this.folder, 'desk');
    this.saved = join(this.folder, 'saved');
    this.bin = join(this.folder, 'bin');
    this.log = join(this.folder, 'program.log');
    for (let name of ['home', 'saved', 'bin', 'run', 'bus']) await mkdir(join(this.folder, name), { mode: 0o700 });
    this.env = this.#environment();
    this.clock = join(this.folder, 'clock');
    if (clock) this.env.DOCKET_CLOCK = this.clock;
    await writeFile(this.log, '');
    if (display) this.env.DISPLAY = `:${await this.#first('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'])}`;
    this.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${this.folder}/no-bus`; // without an address one would be started
    if (bus) await this.#startBus();
    if (dunst) await this.#startDunst();
    if (keyring) await this.#startKeyring();
  }

  #environment() {
    let home = join(this.folder, 'home');
    let env = {
      ...process.env,
      HOME: home,
      PATH: this.bin + delimiter + process.env.PATH,
      XDG_RUNTIME_DIR: join(this.folder, 'run'),
      LANG: 'C.UTF-8',
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      TAURI_WEBVIEW_AUTOMATION: 'true',
      DOCKET_SAVE_DIR: this.saved,
    };
    for (let name of Object.keys(env)) {
      if (/^(XDG_(DATA|CONFIG|CACHE|STATE)_HOME|LC_.*|LANGUAGE|DISPLAY|WAYLAND_DISPLAY|DBUS_.*|DOCKET_DATA)$/.test(name)) delete env[name];
    }
    return env;
  }

  /** Starts something that belongs to the desk. */
  start(command, args, { log = join(this.folder, `${command.split('/').pop()}.log`), input } = {}) {
    let child = start(command, args, { env: this.env, cwd: this.folder, log, input });
    this.#children.push(child);
    return child;
  }

  #first(command, args) {
    return nextLine(this.start(command, args));
  }

  async #startBus() {
    let config = join(this.folder, 'bus.conf');
    await writeFile(config, BUS(join(this.folder, 'bus')));
    this.env.DBUS_SESSION_BUS_ADDRESS = await this.#first('dbus-daemon', ['--nofork', `--config-file=${config}`, '--print-address=3']);
  }

  async #startDunst() {
    // dunst itself says when it shows something, and asks a program which button is chosen.
    this.seen = join(this.folder, 'seen');
    this.wanted = join(this.folder, 'wanted');
    let told = join(this.folder, 'told.sh');
    let choose = join(this.folder, 'choose.sh');
    await writeFile(this.seen, '');
    await writeFile(told, `#!/bin/sh\necho "$(date +%s%3N) $DUNST_SUMMARY" >> ${this.seen}\n`, { mode: 0o755 });
    await writeFile(choose, `#!/bin/sh\nexec grep -m1 -F "$(cat ${this.wanted})"\n`, { mode: 0o755 });
    let rules = `[global]\nmarkup = full\nidle_threshold = 0\ndmenu = ${choose}\n[urgency_normal]\ntimeout = 60\n`;
    await writeFile(join(this.folder, 'dunstrc'), `${rules}[told]\nsummary = "*"\nscript = ${told}\n`);
    this.start('dunst', ['-conf', join(this.folder, 'dunstrc')]);
    await until('dunst to own its name', () => this.#ends0('dunstctl', ['count']));
  }

  // Unlocked, as after signing in to the computer.
  async #startKeyring() {
    let script = 'printf open-sesame | exec gnome-keyring-daemon --foreground --unlock --components=secrets';
    this.start('/bin/sh', ['-c', script], { log: join(this.folder, 'keyring.log') });
    let owned = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.GetNameOwner', 'string:org.freedesktop.secrets'];
    await until('the keyring to own its name', () => this.#ends0('dbus-send', owned));
  }

  async #ends0(command, args) {
    return (await start(command, args, { env: this.env }).ended) === 0;
  }

  /** A panel with room for tray icons; ask it with `ask`. */
  async panel() {
    let child = this.start('/usr/bin/python3', [join(here, 'panel.py')], { input: true });
    if ((await nextLine(child)) !== 'ready') throw new Error('the panel is not ready');
    let ask = (line) => {
      child.stdin.write(`${line}\n`);
      return nextLine(child);
    };
    return { ask };
  }

  /** Output of a program that ends by itself. */
  async output(command, args) {
    let file = join(this.folder, `output-${this.#children.length}`);
    await writeFile(file, '');
    await this.start(command, args, { log: file }).ended;
    return readFile(file, 'utf8');
  }

  /** The X window of the program: its id, and whether it is shown. */
  async frame() {
    let tree = await this.output('xwininfo', ['-root', '-tree']);
    let [, id] = tree.match(/(0x[0-9a-f]+) "Docket"/) ?? [];
    if (!id) return undefined;
    let about = await this.output('xwininfo', ['-id', id]);
    return { id, shown: about.includes('IsViewable') };
  }

  /** Closes the window as its frame's button does. */
  async closeFrame() {
    await this.output('/usr/bin/python3', [join(here, 'close_window.py'), (await this.frame()).id]);
  }

  /** What dunst has shown so far: summary and body, newest first. */
  async notifications() {
    await this.output('dunstctl', ['close-all']);
    let [shown] = JSON.parse(await this.output('dunstctl', ['history'])).data;
    return shown.map((one) => ({ summary: one.summary.data, body: one.body.data }));
  }

  /** When dunst showed what so far, the earliest first: milliseconds and summary. */
  async shown() {
    let lines = (await readFile(this.seen, 'utf8')).trim().split('\n').filter(Boolean);
    return lines.map((line) => ({ at: Number(line.slice(0, 13)), summary: line.slice(14) }));
  }

  /** Chooses that button of the notifications on screen. */
  async choose(label) {
    await writeFile(this.wanted, label);
    await this.output('dunstctl', ['context']);
  }

  /** Sets the clocks of the programs that start from now on, or that follow it, so many milliseconds ahead. */
  async moveClock(ms) {
    await writeFile(this.clock, String(ms));
  }

  /** Runs the program without a driver until it ends. */
  async run(...args) {
    let log = join(this.folder, `run-${this.#children.length}.log`);
    await writeFile(log, '');
    let program = this.start(PROGRAM, args, { log });
    let slow = setTimeout(() => stop(program, 'SIGKILL'), 20_000);
    let code = await program.ended;
    clearTimeout(slow);
    return { code, said: await readFile(log, 'utf8') };
  }

  /** Opens the window under a driver of its own; `args` replace `--data`. */
  async window(...args) {
    let port = await freePort();
    let driver = this.start('WebKitWebDriver', [`--port=${port}`], { log: this.log });
    this.#drivers.push(driver);
    let address = `http://127.0.0.1:${port}`;
    await until('the driver', () => fetch(`${address}/status`).then((answer) => answer.ok, () => false));
    let session = await openSession(address, PROGRAM, args.length ? args : ['--data', this.data]);
    session.driver = driver;
    this.session = session;
    return session;
  }

  /** Ends the window as a kill -9 of the program would. */
  async kill(session) {
    await stop(session.driver, 'SIGKILL');
    // The driver goes first: a start that meets the dying program would wait for its answer.
    await until('the program to be gone', async () => !(await this.#runs()));
  }

  /** Does a program run on a folder of this desk? */
  async #runs() {
    for (let pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      let words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      if (words[0] === PROGRAM && words.some((word) => word.startsWith(this.folder))) return true;
    }
    return false;
  }

  picture(name) {
    return join(ARTEFACTS, `${name}.png`);
  }

  /** Says what the program said, and keeps a picture: for a test that failed. */
  async explain() {
    if (!this.folder) return;
    for (let name of (await readdir(this.folder)).filter((name) => name.endsWith('.log'))) {
      let said = await readFile(join(this.folder, name), 'utf8');
      if (said) process.stderr.write(`── ${name}\n${said}`);
    }
    if (!this.session) return;
    await mkdir(ARTEFACTS, { recursive: true });
    await this.session.screenshot(this.picture(`failed-${Date.now()}`)).catch(() => {});
  }

  async close() {
    for (let child of this.#children.reverse()) await stop(child);
    await rm(this.folder, { recursive: true, force: true });
  }
}

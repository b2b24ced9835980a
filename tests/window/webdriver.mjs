// A small W3C WebDriver client: https://www.w3.org/TR/webdriver2/
import { writeFile } from 'node:fs/promises';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const TYPED = { Enter: '\uE007', Escape: '\uE00C', Control: '\uE009', Tab: '\uE004' };

/** Opens the program `binary` through the driver at `address`. */
export async function openSession(address, binary, args) {
  let browser = { 'webkitgtk:browserOptions': { binary, args } };
  let { sessionId } = await send(address, 'POST', '/session', { capabilities: { alwaysMatch: browser } });
  return new Session(`${address}/session/${sessionId}`);
}

async function send(address, method, path, body) {
  let response = await fetch(address + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  let { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}

/** One program under the driver. */
export class Session {
  constructor(address) {
    this.address = address;
  }

  #ask(method, path, body) {
    return send(this.address, method, path, body);
  }

  /** Runs `source` as the body of an async function in the page; its value comes back. */
  async run(source, ...args) {
    let script = `let [args, done] = arguments; (async () => { ${source} })().then(
      (value) => done({ value }), (error) => done({ error: [error, error?.stack].join('\\n') }));`;
    let outcome = await this.#ask('POST', '/execute/async', { script, args: [args] });
    if (outcome.error) throw new Error(`in the page: ${outcome.error}`);
    return outcome.value;
  }

  url() {
    return this.#ask('GET', '/url');
  }

  async find(xpath) {
    let found = await this.#ask('POST', '/elements', { using: 'xpath', value: xpath });
    for (let element of found) {
      let id = element[ELEMENT];
      if (await this.#ask('GET', `/element/${id}/displayed`)) return id;
    }
  }

  /** The first element that is shown, as soon as there is one. */
  see(xpath, ms) {
    return until(`something to be shown at ${xpath}`, () => this.find(xpath), { ms });
  }

  /** The element is gone, or becomes so. */
  miss(xpath, ms) {
    return until(`nothing to be shown at ${xpath}`, async () => !(await this.find(xpath)), { ms });
  }

  async click(xpath, ms) {
    // An element may be replaced between being found and being clicked: then it is looked for again.
    await until(`to click ${xpath}`, async () => {
      let id = await this.find(xpath);
      if (!id) return false;
      try {
        await this.#ask('POST', `/element/${id}/click`, {});
        return true;
      } catch (error) {
        if (/stale element|not interactable|intercepted/.test(error.message)) return false;
        throw error;
      }
    }, { ms });
  }

  async type(xpath, text) {
    let id = await this.see(xpath);
    await this.#ask('POST', `/element/${id}/value`, { text });
  }

  /** Empties the field first. */
  async fill(xpath, text) {
    let id = await this.see(xpath);
    await this.#ask('POST', `/element/${id}/clear`, {});
    await this.#ask('POST', `/element/${id}/value`, { text });
  }

  async text(xpath) {
    return this.#ask('GET', `/element/${await this.see(xpath)}/text`);
  }

  /** Presses keys together, e.g. press('Control', 'Enter'). */
  async press(...keys) {
    let values = keys.map((key) => TYPED[key] ?? key);
    let down = values.map((value) => ({ type: 'keyDown', value }));
    let up = values.toReversed().map((value) => ({ type: 'keyUp', value }));
    await this.#ask('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions: [...down, ...up] }] });
  }

  /** Clicks on what `selector` finds in the page of the first frame, as the mouse does: the driver cannot look into a sandbox. */
  async clickInFrame(selector) {
    let place = `let frame = document.querySelector('iframe');
      let inner = frame.contentDocument?.querySelector(args[0])?.getBoundingClientRect();
      if (!inner?.width) return;
      frame.scrollIntoView({ block: 'center' });
      let outer = frame.getBoundingClientRect();
      return { x: Math.round(outer.x + inner.x + inner.width / 2), y: Math.round(outer.y + inner.y + inner.height / 2) };`;
    let { x, y } = await until(`${selector} in the frame`, () => this.run(place, selector));
    let actions = [{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }];
    await this.#ask('POST', '/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] });
  }

  /** Makes the window this large. */
  async resize(width, height) {
    await this.#ask('POST', '/window/rect', { width, height });
    await until(`a window of ${width} by ${height}`, () => this.run('return innerWidth === args[0] && innerHeight === args[1]', width, height));
  }

  async screenshot(file) {
    await writeFile(file, Buffer.from(await this.#ask('GET', '/screenshot'), 'base64'));
  }

  async close() {
    await this.#ask('DELETE', '');
  }
}

/** Waits until `look` finds something, looking again and again, while the process `of` runs. */
export async function until(what, look, { ms = 20_000, of } = {}) {
  let end = Date.now() + ms;
  let found = await look();
  while (!found) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    if (of && (of.exitCode ?? of.signalCode) !== null) throw new Error(`a process ended before ${what}`);
    await new Promise((next) => setTimeout(next, 50));
    found = await look();
  }
  return found;
}

// The network between a desktop and its server: a loopback port of its own that can be cut, mended and held.
import { createServer, connect } from 'node:net';
import { once } from 'node:events';

/** Opens a line that leads to `port`. */
export async function openLine(port) {
  let line = new Line(port);
  await line.mend();
  return line;
}

class Line {
  #ends = new Set();
  #waiting = [];
  #held;
  #pass = 0;
  #server;

  constructor(to) {
    this.to = to;
    this.port = 0;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on nobody answers here, and what was open breaks. */
  async cut() {
    let closed = once(this.#server, 'close');
    this.#server.close();
    for (let end of this.#ends) end.destroy();
    await closed;
    this.#server = undefined;
    this.#waiting = [];
  }

  /** The line is there (again), on the port it always had. */
  async mend() {
    this.#server = createServer((near) => this.#carry(near)).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  /** Keeps back whatever begins with these words, such as `POST /api/v1/sync/push`, until `release`; the first `pass` go through. */
  hold(words, pass = 0) {
    this.#held = words;
    this.#pass = pass;
  }

  release() {
    this.#held = undefined;
    for (let goOn of this.#waiting.splice(0)) goOn();
  }

  /** For the end of a test. */
  async close() {
    if (this.#server) await this.cut();
  }

  #carry(near) {
    let far = connect(this.to, '127.0.0.1');
    for (let [end, other] of [[near, far], [far, near]]) {
      this.#ends.add(end);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        this.#ends.delete(end);
        other.destroy();
      });
    }
    far.pipe(near);
    near.on('data', (bytes) => {
      if (!this.#keepsBack(bytes)) return far.write(bytes);
      near.pause();
      this.#waiting.push(() => {
        far.write(bytes);
        near.resume();
      });
    });
  }

  #keepsBack(bytes) {
    return this.#held && bytes.toString('latin1').startsWith(this.#held) && this.#pass-- <= 0;
  }
}

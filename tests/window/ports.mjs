import { createServer } from 'node:net';

/** A loopback port that nobody listens on. */
export async function freePort() {
  let server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  let { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

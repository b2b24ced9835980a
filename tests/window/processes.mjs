// Processes that end with the test, whatever becomes of it.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';

const running = new Set();

/** Starts a program in a group of its own. Its output goes to `log`; descriptor 3 is for what it says to the test. */
export function start(command, args, { env, cwd, log, input } = {}) {
  let out = log ? openSync(log, 'a') : 'ignore';
  let child = spawn(command, args, { env, cwd, detached: true, stdio: [input ? 'pipe' : 'ignore', out, out, 'pipe'] });
  running.add(child);
  child.ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
    child.once('error', (error) => {
      running.delete(child);
      resolve(`${command}: ${error.message}`);
    });
  });
  return child;
}

/** The next line that the program writes to descriptor 3. */
export async function nextLine(child, ms = 15_000) {
  child.lines ??= createInterface({ input: child.stdio[3] })[Symbol.asyncIterator]();
  let late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${child.spawnfile} said nothing`)), ms).unref());
  let { value, done } = await Promise.race([child.lines.next(), late]);
  if (done) throw new Error(`${child.spawnfile} ended with ${await child.ended}`);
  return value;
}

/** Ends the program and its group, and waits for it. */
export async function stop(child, signal = 'SIGTERM') {
  if (!child) return;
  signalGroup(child, signal);
  let killer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await child.ended;
  clearTimeout(killer);
  signalGroup(child, 'SIGKILL'); // whoever of the group is still there
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

process.once('exit', () => running.forEach((child) => signalGroup(child, 'SIGKILL')));
for (let signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

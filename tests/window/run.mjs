// The real window under WebDriver: node tests/window/run.mjs [name...]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let here = dirname(fileURLToPath(import.meta.url));
let wanted = process.argv.slice(2);
let files = readdirSync(here)
  .filter((name) => name.endsWith('.test.mjs') && (!wanted.length || wanted.some((part) => name.includes(part))))
  .map((name) => join(here, name));
let child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=300000', '--test-reporter=spec', ...files], { stdio: 'inherit' });
for (let signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));

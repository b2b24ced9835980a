import { beforeEach, expect, it, vi } from 'vitest';
import { Keys } from './keys.svelte';

let run = { reply: vi.fn(), go: vi.fn(), help: vi.fn(), find: vi.fn() };
let keys: Keys;
const words = { label: () => '', group: () => '' };

beforeEach(() => {
  document.body.replaceChildren();
  for (let one of Object.values(run)) one.mockReset();
  keys = new Keys();
  keys.actions = [
    { id: 'reply', ...words, keys: ['r'], run: run.reply },
    { id: 'go', ...words, keys: ['g u'], run: run.go },
    { id: 'help', ...words, keys: ['?'], run: run.help },
    { id: 'find', ...words, keys: ['/'], mod: 'k', run: run.find },
  ];
});

function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body) {
  let event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.addEventListener('keydown', (caught) => keys.handle(caught as KeyboardEvent), { once: true });
  target.dispatchEvent(event);
}

it('goes by the character, so that ? and / work on a German keyboard', () => {
  press('?', { shiftKey: true, code: 'Minus' });
  press('/', { shiftKey: true, code: 'Digit7' });
  expect(run.help).toHaveBeenCalledOnce();
  expect(run.find).toHaveBeenCalledOnce();
});

it('knows two keys in a row', () => {
  press('u');
  expect(run.go).not.toHaveBeenCalled();
  press('g');
  press('u');
  expect(run.go).toHaveBeenCalledOnce();
});

it('is silent in a text field and under a dialog; Ctrl keys work there', () => {
  let field = document.createElement('textarea');
  document.body.append(field);
  press('r', {}, field);
  expect(run.reply).not.toHaveBeenCalled();
  press('k', { ctrlKey: true }, field);
  expect(run.find).toHaveBeenCalledOnce();

  let dialog = document.createElement('div');
  dialog.dataset.overlay = '';
  document.body.append(dialog);
  press('r');
  expect(run.reply).not.toHaveBeenCalled();
});

it('can be switched off but for the Ctrl keys', () => {
  keys.enabled = false;
  press('r');
  expect(run.reply).not.toHaveBeenCalled();
  press('K', { metaKey: true });
  expect(run.find).toHaveBeenCalledOnce();
});

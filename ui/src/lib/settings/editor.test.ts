import { afterEach, expect, it, vi } from 'vitest';
import { Editor } from './editor.svelte';
import { formOf } from './forms';

let answer: () => Response;
let sent: { version: number; document: Record<string, unknown> }[] = [];
vi.stubGlobal('fetch', async (request: Request) => {
  sent.push(JSON.parse(await request.text()));
  return answer();
});
afterEach(() => (sent = []));

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const queue = () =>
  new Editor(formOf('queue')!, {
    id: 'q1',
    version: 3,
    document: { name: 'Desk', unknown_field: 7, auto_responses: {} },
  });

it('saves on the version it was made on and keeps fields it does not know', async () => {
  answer = () => json({ id: 'q1', version: 4, document: { name: 'Desk::New' } });
  let editor = queue();
  editor.set('name', 'Desk::New');
  editor.set('auto_responses.auto_reply', 'a1');
  expect(await editor.save()).toBe(true);
  expect(sent).toEqual([
    {
      version: 3,
      document: {
        ...formOf('queue')!.defaults,
        name: 'Desk::New',
        unknown_field: 7,
        group_id: 'd0c4e700-0000-8000-8000-000000080001',
        auto_responses: { auto_reply: 'a1' },
      },
    },
  ]);
  expect(editor.version).toBe(4);
  expect(editor.changed).toBe(false);
});

it('puts what the desk does not take beside its field', async () => {
  answer = () => json({ code: 'invalid', message: 'Another queue has this name.', field: 'name' }, 400);
  let editor = queue();
  expect(await editor.save()).toBe(false);
  expect(editor.problems.name).toBe('Another queue has this name.');
});

it('tells a conflict and loses nothing typed', async () => {
  answer = () => json({ code: 'stale', message: '' }, 409);
  let editor = queue();
  editor.set('name', 'Mine');
  await editor.save();
  expect(editor.stale).toBe(true);
  expect(editor.get('name')).toBe('Mine');
});

it('asks for what is needed before it asks the desk', async () => {
  let editor = new Editor(formOf('address')!);
  expect(await editor.save()).toBe(false);
  expect(Object.keys(editor.problems).sort()).toEqual(['email', 'name', 'queue_id']);
  expect(sent).toEqual([]);
});

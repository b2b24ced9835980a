import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Drafts } from './drafts';

let answers: (() => Response)[] = [];
let asked: { method: string; url: string; body: string }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answers = [];
  localStorage.clear();
  vi.stubGlobal('fetch', async (request: Request) => {
    let body = await request.text();
    asked.push({ method: request.method, url: request.url, body });
    return (answers.shift() ?? (() => new Response(null, { status: 204 })))();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('saves once after a pause in typing, and this device forgets its copy then', async () => {
  let text = '';
  let drafts = new Drafts(
    't1',
    'reply',
    () => ({ text }),
    () => ({ article: 1, event: 2 }),
  );
  for (let letter of 'Hello') {
    text += letter;
    drafts.soon();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toEqual([]);
  expect(drafts.kept()).toEqual({ text: 'Hello' });
  await vi.advanceTimersByTimeAsync(400);
  expect(asked).toHaveLength(1);
  expect(JSON.parse(asked[0]!.body)).toEqual({
    body: { text: 'Hello' },
    seen_upto: { article: 1, event: 2 },
  });
  expect(drafts.kept()).toBeUndefined();
});

it('keeps the text on this device while the server is away, and tries again', async () => {
  answers = [
    () => {
      throw new TypeError('failed');
    },
  ];
  let drafts = new Drafts(
    't1',
    'note',
    () => ({ text: 'Kept' }),
    () => undefined,
  );
  drafts.soon();
  await vi.advanceTimersByTimeAsync(500);
  expect(drafts.kept()).toEqual({ text: 'Kept' });
  expect(drafts.kept(Date.now() - 1_000)).toEqual({ text: 'Kept' });
  expect(drafts.kept(Date.now())).toBeUndefined();
  await vi.advanceTimersByTimeAsync(3_100);
  expect(asked).toHaveLength(2);
  expect(drafts.kept()).toBeUndefined();
});

it('leaves nothing behind once the text was sent', async () => {
  let drafts = new Drafts(
    't1',
    'reply',
    () => ({ text: 'x' }),
    () => undefined,
  );
  drafts.soon();
  await drafts.drop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked.map(({ method }) => method)).toEqual(['DELETE']);
  expect(drafts.kept()).toBeUndefined();
});

import { beforeEach, describe, expect, it } from 'vitest';
import { FORM_WITH_FILE, installUploadGuard } from './upload-guard';

let sent: unknown[] = [];
class Xhr {
  send(body: unknown) {
    sent.push(body);
  }
}

function guarded() {
  let scope = {
    fetch: async (_: unknown, init?: RequestInit) => {
      sent.push(init?.body);
      return new Response();
    },
    XMLHttpRequest: Xhr,
  } as unknown as typeof globalThis;
  installUploadGuard(scope);
  return scope;
}

describe('the upload guard', () => {
  let scope: typeof globalThis;
  let sendAsIs = Xhr.prototype.send;
  beforeEach(() => {
    sent = [];
    Xhr.prototype.send = sendAsIs;
    scope = guarded();
  });

  it('turns a blob and a file into a buffer for fetch', async () => {
    await scope.fetch('/x', { method: 'POST', body: new Blob(['abc']) });
    await scope.fetch('/x', { method: 'POST', body: new File(['abcd'], 'a.txt') });
    expect(sent.map((body) => (body as ArrayBuffer).byteLength)).toEqual([3, 4]);
    expect(sent.some((body) => body instanceof Blob)).toBe(false);
  });

  it('turns a blob into a buffer for XMLHttpRequest', async () => {
    new scope.XMLHttpRequest().send(new Blob(['abc']));
    await expect.poll(() => sent.length).toBe(1);
    expect(sent[0]).not.toBeInstanceOf(Blob);
  });

  it('refuses a form that holds a file, in both ways', async () => {
    let form = new FormData();
    form.set('file', new File(['x'], 'x.bin'));
    await expect(scope.fetch('/x', { method: 'POST', body: form })).rejects.toThrow(FORM_WITH_FILE);
    expect(() => new scope.XMLHttpRequest().send(form)).toThrow(FORM_WITH_FILE);
    expect(sent).toEqual([]);
  });

  it('lets text, buffers and plain forms through as they are', async () => {
    let form = new FormData();
    form.set('a', 'b');
    let bytes = new Uint8Array([1, 2]);
    for (let body of ['{}', bytes, form]) await scope.fetch('/x', { method: 'POST', body });
    expect(sent).toEqual(['{}', bytes, form]);
  });
});

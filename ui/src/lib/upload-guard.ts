/**
 * A request body that is a Blob, a File or a form holding a file crashes WebKitGTK's custom schemes, in native code
 * that nothing in the page can catch. So the two ways out of the page are guarded: blobs become buffers, forms with
 * files are turned away with an error that says what to do.
 */
export const FORM_WITH_FILE =
  'A form holding a file cannot be sent from this window: send the file alone, as an ArrayBuffer.';

function holdsFile(form: FormData): boolean {
  for (let value of form.values()) if (typeof value !== 'string') return true;
  return false;
}

function refused(body: unknown): boolean {
  return body instanceof FormData && holdsFile(body);
}

/** Installs the guard on `fetch` and `XMLHttpRequest`; the first thing the page does. */
export function installUploadGuard(scope: typeof globalThis = globalThis) {
  let fetchAsIs = scope.fetch;
  scope.fetch = async function guardedFetch(input: RequestInfo | URL, init?: RequestInit) {
    let body = init?.body;
    if (refused(body)) throw new TypeError(FORM_WITH_FILE);
    if (body instanceof Blob) {
      let headers = new Headers(init?.headers);
      if (body.type && !headers.has('content-type')) headers.set('content-type', body.type);
      init = { ...init, headers, body: await body.arrayBuffer() };
    }
    if (input instanceof Request && input.body && !init?.body) {
      // A Request hides what its body was made of; its type still tells a form from the rest.
      if (input.headers.get('content-type')?.startsWith('multipart/')) throw new TypeError(FORM_WITH_FILE);
      init = { ...init, body: await input.clone().arrayBuffer() };
    }
    return fetchAsIs.call(scope, input, init);
  };

  let sendAsIs = scope.XMLHttpRequest.prototype.send;
  scope.XMLHttpRequest.prototype.send = function guardedSend(
    body?: Document | XMLHttpRequestBodyInit | null,
  ) {
    if (refused(body)) throw new TypeError(FORM_WITH_FILE);
    if (body instanceof Blob) {
      void body.arrayBuffer().then((bytes) => sendAsIs.call(this, bytes));
      return;
    }
    sendAsIs.call(this, body);
  };

  // A native form post goes round both; a page that talks JSON has none.
  scope.addEventListener?.(
    'submit',
    (event) => {
      let form = event.target as HTMLFormElement;
      if (form.method === 'post') event.preventDefault();
    },
    true,
  );
}

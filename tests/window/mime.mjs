// As much of MIME as a test needs to read what a customer reads (RFC 2045, 2046).

/** The headers, unfolded, as one text. */
export function head(raw) {
  return raw.split(/\r?\n\r?\n/)[0].replaceAll(/\r?\n[ \t]+/g, ' ');
}

/** The decoded texts of the leaf parts, by their type. */
export function parts(raw) {
  let [about, ...rest] = raw.split(/\r?\n\r?\n/);
  let headers = head(raw);
  let boundary = headers.match(/^content-type:\s*multipart\/.*boundary="?([^";\s]+)"?/im)?.[1];
  if (!boundary) {
    let type = headers.match(/^content-type:\s*([^;\s]+)/im)?.[1] ?? 'text/plain';
    let encoding = headers.match(/^content-transfer-encoding:\s*(\S+)/im)?.[1] ?? '7bit';
    return { [type.toLowerCase()]: decode(raw.slice(about.length).trimStart(), encoding.toLowerCase()) };
  }
  let inner = rest.join('\r\n\r\n').split(`--${boundary}`).slice(1, -1);
  return Object.assign({}, ...inner.map((part) => parts(part.replace(/^\r?\n/, ''))));
}

function decode(text, encoding) {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(text, 'latin1').toString('utf8');
  let bytes = text.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

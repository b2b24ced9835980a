export interface Part {
  kind: 'text' | 'quote';
  text: string;
}

const INTRO =
  /^\s*(on\b.+\bwrote:|am\b.+\bschrieb\b.*:|le\b.+a écrit\s*:|-{2,}\s*(original message|ursprüngliche nachricht|forwarded message|weitergeleitete nachricht)\s*-{2,}|_{10,})\s*$/i;

/** Splits a mail's text into what was written and what was quoted; the line "On … wrote:" belongs to the quote. */
export function parts(text: string): Part[] {
  let found: Part[] = [];
  let lines = text.replace(/\r\n?/g, '\n').split('\n');
  let put = (kind: Part['kind'], line: string) => {
    let last = found.at(-1);
    if (last?.kind === kind) last.text += `\n${line}`;
    else found.push({ kind, text: line });
  };
  for (let index = 0; index < lines.length; index += 1) {
    let line = lines[index]!;
    let rest = lines.slice(index + 1);
    if (/^\s*-{2,}.*(message|nachricht).*-{2,}\s*$/i.test(line) || /^_{10,}$/.test(line.trim())) {
      put('quote', [line, ...rest].join('\n'));
      break;
    }
    let quoted = line.startsWith('>');
    let opens = INTRO.test(line) && rest.slice(0, 3).some((next) => next.startsWith('>'));
    let blankInside = line.trim() === '' && found.at(-1)?.kind === 'quote' && rest[0]?.startsWith('>');
    put(quoted || opens || blankInside ? 'quote' : 'text', line);
  }
  return found
    .map((part) => ({
      ...part,
      text: part.kind === 'text' ? part.text.replace(/^\n+|\s+$/g, '') : part.text.trimEnd(),
    }))
    .filter((part) => part.text.trim() !== '');
}

export interface Piece {
  text: string;
  href?: string;
}

const LINK = /\b(?:https?:\/\/[^\s<>"'\])}]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/gi;

/** Finds web and mail addresses in plain text. */
export function linked(text: string): Piece[] {
  let pieces: Piece[] = [];
  let at = 0;
  for (let match of text.matchAll(LINK)) {
    let found = match[0].replace(/[.,;:!?]+$/, '');
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: found, href: found.includes('://') ? found : `mailto:${found}` });
    at = match.index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** Makes the document of a mail's frame. The HTML comes sanitised from the server; this adds policy, looks and folds. */
export interface FrameLook {
  ink: string;
  quiet: string;
  line: string;
  link: string;
  font: string;
  size: string;
  paper: string;
  paperInk: string;
  dark: boolean;
}
export interface FrameDocument {
  srcdoc: string;
  remoteImages: number;
  /** The mail brings its own colours, so it is shown on paper in the dark theme. */
  onPaper: boolean;
}

const POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";
const OWN_COLOURS = /bgcolor|background(-color)?\s*:|(^|[\s;"'])color\s*[:=]/i;
const QUOTED = 'blockquote, .gmail_quote, .moz-cite-prefix + blockquote';

export function frameDocument(html: string, look: FrameLook, quoteLabel: string): FrameDocument {
  let page = new DOMParser().parseFromString(html, 'text/html');
  let remoteImages = 0;
  for (let image of page.querySelectorAll('img')) {
    if (!/^(https?:)?\/\//i.test(image.getAttribute('src') ?? '')) continue;
    remoteImages += 1;
    image.removeAttribute('src');
  }
  let onPaper = look.dark && OWN_COLOURS.test(html);
  adorn(page, look, onPaper, quoteLabel);
  let srcdoc =
    `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<meta name="referrer" content="no-referrer">${page.head.innerHTML}</head><body>${page.body.innerHTML}</body></html>`;
  return { srcdoc, remoteImages, onPaper };
}

/** Gives a mail's page its looks, tells links apart and folds the quoted end; works on a page that is shown already. */
export function adorn(page: Document, look: FrameLook, onPaper: boolean, quoteLabel: string) {
  for (let link of page.querySelectorAll('a[href]')) {
    let target = realTarget(link.getAttribute('href') ?? '');
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
    if (target) link.setAttribute('title', target);
  }
  foldQuote(page, quoteLabel);
  let style = page.createElement('style');
  style.textContent = styles(look, onPaper);
  page.head.append(style);
}

/** Where a link really leads, as people read it: the host first. */
export function realTarget(href: string): string {
  try {
    let url = new URL(href);
    if (url.protocol === 'mailto:') return decodeURIComponent(url.pathname);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return url.protocol;
    let rest = url.pathname + url.search;
    return rest.length > 1 ? `${url.host} – ${rest.slice(0, 80)}` : url.host;
  } catch {
    return '';
  }
}

/** Folds the last quoted block when nothing but a few words follow it. */
function foldQuote(page: Document, label: string) {
  let quotes = [...page.querySelectorAll(QUOTED)].filter((block) => !block.parentElement?.closest(QUOTED));
  let last = quotes.at(-1);
  if (!last || !last.textContent?.trim()) return;
  let after = page.createRange();
  after.setStartAfter(last);
  after.setEndAfter(page.body.lastChild ?? page.body);
  if (after.toString().trim().length > 40) return;
  let before = page.createRange();
  before.setStart(page.body, 0);
  before.setEndBefore(last);
  if (!before.toString().trim()) return;
  let fold = page.createElement('details');
  let summary = page.createElement('summary');
  summary.textContent = label;
  last.replaceWith(fold);
  fold.append(summary, last);
}

function styles(look: FrameLook, onPaper: boolean): string {
  let ink = onPaper ? look.paperInk : look.ink;
  let link = onPaper ? '#2448c4' : look.link;
  return `
html{color-scheme:${look.dark && !onPaper ? 'dark' : 'light'};background:${onPaper ? look.paper : 'transparent'}}
body{margin:0;padding:${onPaper ? '12px 14px' : '0'};color:${ink};font:400 ${look.size}/1.55 ${look.font};overflow-wrap:anywhere;overflow-x:auto;overflow-y:hidden}
body>:first-child{margin-top:0}body>:last-child{margin-bottom:0}
a{color:${link}}img{max-width:100%;height:auto}pre{white-space:pre-wrap}table{max-width:100%}
blockquote{margin:8px 0;padding-left:12px;border-left:3px solid ${look.line};color:${onPaper ? 'inherit' : look.quiet}}
details{margin-top:8px}summary{display:inline-block;cursor:pointer;color:${onPaper ? '#545b69' : look.quiet};font-size:12px;padding:1px 8px;border:1px solid ${look.line};border-radius:9px;list-style:none}
summary::-webkit-details-marker{display:none}summary:focus-visible{outline:2px solid ${link};outline-offset:1px}
`;
}

/** Whether listeners of ours are called in this page: WebKit calls none in a sandbox without scripts. */
export function hears(page: Document): boolean {
  let heard = false;
  page.addEventListener('docket-probe', () => (heard = true), { once: true });
  page.dispatchEvent(new Event('docket-probe'));
  return heard;
}

/**
 * Takes the focus back from a frame whose keys nobody hears, but lets it stay for as long as text is selected there, so that
 * copying works. Gives what ends it.
 */
export function lendFocus(frame: HTMLIFrameElement): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  let end = () => clearInterval(timer);
  function settle() {
    let selected = frame.contentDocument?.getSelection()?.isCollapsed === false;
    let focused = document.activeElement === frame;
    if (selected && !focused) frame.contentWindow?.focus();
    if (!selected && focused) {
      frame.blur();
      window.focus();
    }
  }
  function taken() {
    end();
    if (document.activeElement === frame) timer = setInterval(settle, 100);
  }
  window.addEventListener('blur', taken);
  window.addEventListener('pointerdown', end, true);
  return () => {
    end();
    window.removeEventListener('blur', taken);
    window.removeEventListener('pointerdown', end, true);
  };
}

/** Reads the tokens the frame needs; it is a document of its own and inherits none. */
export function currentLook(dark: boolean): FrameLook {
  let style = getComputedStyle(document.documentElement);
  let token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: token('--ink'),
    quiet: token('--ink-3'),
    line: token('--line'),
    link: token('--accent-text'),
    font: 'system-ui, sans-serif',
    size: token('--text-md'),
    paper: token('--paper'),
    paperInk: token('--paper-ink'),
    dark,
  };
}

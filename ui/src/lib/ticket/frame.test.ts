import { describe, expect, it } from 'vitest';
import { frameDocument, realTarget, type FrameLook } from './frame';

const LOOK: FrameLook = {
  ink: '#111',
  quiet: '#666',
  line: '#ddd',
  link: '#00f',
  font: 'sans-serif',
  size: '13px',
  paper: '#fff',
  paperInk: '#111',
  dark: false,
};

describe('the mail frame', () => {
  it('loads nothing remote', () => {
    let html =
      '<p>Hi</p><img src="https://track.example/p.png"><img src="/api/v1/articles/1/attachments/2?inline=1">';
    let made = frameDocument(html, LOOK, 'quoted');
    expect(made.remoteImages).toBe(1);
    expect(made.srcdoc).toContain(`default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"`);
  });

  it('opens links outside and names their real host', () => {
    let { srcdoc } = frameDocument(
      '<a href="https://evil.example/login">https://bank.example</a>',
      LOOK,
      'q',
    );
    let link = new DOMParser().parseFromString(srcdoc, 'text/html').querySelector('a');
    expect(link?.getAttribute('target')).toBe('_blank');
    expect(link?.getAttribute('rel')).toContain('noopener');
    expect(link?.title).toMatch(/^evil\.example/);
  });

  it('folds the quoted history at the end, but not an answer between quotes', () => {
    let folded = frameDocument('<p>Thanks</p><blockquote>old text</blockquote>', LOOK, 'Earlier');
    expect(folded.srcdoc).toContain('<details><summary>Earlier</summary><blockquote>');
    let inline = frameDocument(
      `<p>a</p><blockquote>q</blockquote><p>${'answer '.repeat(10)}</p>`,
      LOOK,
      'Earlier',
    );
    expect(inline.srcdoc).not.toContain('<details>');
  });

  it('puts mail with its own colours on paper in the dark theme', () => {
    let dark = { ...LOOK, dark: true };
    expect(frameDocument('<p style="color:#000">x</p>', dark, 'q').onPaper).toBe(true);
    expect(frameDocument('<p>x</p>', dark, 'q').onPaper).toBe(false);
  });
});

it('names what is no web address by its kind', () => {
  expect(realTarget('mailto:a@b.example')).toBe('a@b.example');
  expect(realTarget('ftp://x.example/')).toBe('ftp:');
  expect(realTarget('nonsense')).toBe('');
});

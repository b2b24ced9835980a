import { describe, expect, it } from 'vitest';
import { linked, parts } from './quote';

describe('parts', () => {
  it('folds a quoted history with the line that introduces it', () => {
    let text =
      'Thank you, that helped.\n\nOn Mon, 3 Nov 2025, Mara wrote:\n> Have you tried water?\n>\n> Mara\n';
    expect(parts(text).map((part) => part.kind)).toEqual(['text', 'quote']);
    expect(parts(text)[1]?.text).toMatch(/^On Mon/);
  });

  it('knows the German line and keeps answers between the quotes apart', () => {
    let text = 'Am 3.11.2025 um 10:00 schrieb Mara:\n> Frage eins\nAntwort eins\n> Frage zwei\nAntwort zwei';
    expect(parts(text).map((part) => part.kind)).toEqual(['quote', 'text', 'quote', 'text']);
  });

  it('leaves a text without quotes whole', () => {
    expect(parts('a\n\nb > c')).toEqual([{ kind: 'text', text: 'a\n\nb > c' }]);
  });
});

describe('linked', () => {
  it('finds addresses and leaves the full stop outside', () => {
    expect(linked('See https://a.example/x?y=1. Or mail b@c.example!').filter((piece) => piece.href)).toEqual(
      [
        { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
        { text: 'b@c.example', href: 'mailto:b@c.example' },
      ],
    );
  });
});

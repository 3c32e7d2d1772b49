import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownProblems, parseInline, parseMarkdown, safeHref } from './markdown.ts';

test('paragraphs, lists, strong, code, links', () => {
  expect(parseMarkdown('One\ntwo **three**.\n\n- a `b`\n- c\n  d\n1. e')).toEqual([
    {
      kind: 'paragraph',
      items: [
        { kind: 'text', text: 'One two ' },
        { kind: 'strong', text: 'three' },
        { kind: 'text', text: '.' },
      ],
    },
    {
      kind: 'list',
      ordered: false,
      items: [
        [
          { kind: 'text', text: 'a ' },
          { kind: 'code', text: 'b' },
        ],
        [{ kind: 'text', text: 'c d' }],
      ],
    },
    { kind: 'list', ordered: true, items: [[{ kind: 'text', text: 'e' }]] },
  ]);
  expect(parseInline('see [here](https://example.org/a)')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'here', href: 'https://example.org/a' },
  ]);
});

test('stored script: markup and script addresses stay text, and are told of', () => {
  for (const attack of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert`1`)',
    '[x](data:text/html,<b>)',
    '[x](//evil.example)',
    '[x](https://user:pass@evil.example)',
  ]) {
    const inline = parseMarkdown(attack).flatMap((block) =>
      block.kind === 'paragraph' ? block.items : block.items.flat(),
    );
    expect(
      inline.filter(({ kind }) => kind === 'link'),
      attack,
    ).toEqual([]);
    expect(markdownProblems(attack), attack).not.toEqual([]);
  }
  expect(markdownProblems('a `<b>` and a < b, [x](https://example.org)')).toEqual([]);
  expect(safeHref('java\nscript:alert(1)')).toBeUndefined();
});

test('any text is read, nothing of it is lost, and hostile ones take no time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const inline of parseInline(text))
        if (inline.kind === 'link') expect(safeHref(inline.href)).toBe(inline.href);
    }),
  );
  for (const piece of ['**', '`', '[', '[a](', '- ', '<'])
    for (const read of [parseMarkdown, markdownProblems]) read(piece.repeat(200_000 / piece.length));
});

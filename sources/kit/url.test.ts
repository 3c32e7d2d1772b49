import type { EcsFields } from '@vigie/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeUrl, putUrl } from './url.ts';

const url = (text: string, authority = false): EcsFields => {
  const doc: EcsFields = {};
  putUrl(doc, text, 'url', authority);
  return doc;
};

describe('putUrl', () => {
  it('keeps an absolute URL whole and names the port of its scheme', () => {
    expect(url('http://www.example.com/a/b.php?x=1')).toEqual({
      'url.original': 'http://www.example.com/a/b.php?x=1',
      'url.full': 'http://www.example.com/a/b.php?x=1',
      'url.scheme': 'http',
      'url.domain': 'www.example.com',
      'url.port': 80,
      'url.path': '/a/b.php',
      'url.extension': 'php',
      'url.query': 'x=1',
    });
    expect(url('HTTPS://example.org')).toMatchObject({ 'url.scheme': 'https', 'url.port': 443 });
    expect(url('https://example.org:8443/')).toMatchObject({ 'url.port': 8443 });
    expect(url('gopher://example.org/')).not.toHaveProperty('url.port');
  });
  it('has no whole for what is only a part', () => {
    expect(url('/a')).toEqual({ 'url.original': '/a', 'url.path': '/a' });
    expect(url('example.org:443', true)).toEqual({
      'url.original': 'example.org:443',
      'url.domain': 'example.org',
      'url.port': 443,
    });
    expect(url('http:///nothing')).not.toHaveProperty('url.full');
  });
  it.each(['/.bashrc', '/a/b.', '/a.b/c', '/x.toolongforanextension'])('finds no extension in %s', (path) => {
    expect(url(path)).not.toHaveProperty('url.extension');
  });
  it('never throws and always keeps the original', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.boolean(), (text, authority) => {
        const doc = url(text, authority);
        if (text !== '' && text !== '-') expect(doc['url.original']).toBe(text);
      }),
    );
  });
  // In quadratic time these lengths would outlast the test's own time.
  it('needs linear time', () => {
    for (const part of ['@', ':', '/', '?', '#', 'http://', '[', '.']) {
      const text = `http://${part.repeat(400_000)}`;
      expect(url(text)['url.original']).toBe(text);
    }
  });
});

describe('completeUrl', () => {
  it('puts host, scheme and target together', () => {
    const doc = url('/cart?id=1');
    completeUrl(doc, 'shop.example.com', 'https');
    expect(doc).toMatchObject({
      'url.full': 'https://shop.example.com/cart?id=1',
      'url.domain': 'shop.example.com',
      'url.port': 443,
      'url.scheme': 'https',
    });
  });
  it('does not guess a scheme, and leaves a whole URL alone', () => {
    const doc = url('/cart');
    completeUrl(doc, 'shop.example.com:8080');
    expect(doc).toEqual({
      'url.original': '/cart',
      'url.path': '/cart',
      'url.domain': 'shop.example.com',
      'url.port': 8080,
    });
    const whole = url('http://a.example.com/');
    completeUrl(whole, 'b.example.com', 'https');
    expect(whole).toMatchObject({ 'url.full': 'http://a.example.com/', 'url.domain': 'a.example.com' });
  });
});

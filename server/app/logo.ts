import { MAX_LOGO } from '@vigie/contracts/api';
import type { Logo } from '../storage/state/client-store.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Largest side of a PNG, pixels. */
const MAX_SIDE = 4_096;

/**
 * Elements and attributes that draw, and nothing else: no script, no event handlers, no references that leave the
 * file, no foreign markup, no animation, no style sheets. What is not on the list is refused, not removed: a
 * cleaner that is wrong about one parser's reading lets things through, and a logo is drawn once.
 */
const ELEMENTS = new Set(
  'svg g path rect circle ellipse line polyline polygon defs title desc lineargradient radialgradient stop clippath mask text tspan'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  `xmlns xmlns:xlink version id viewbox width height x y x1 y1 x2 y2 cx cy r rx ry d points transform fill fill-rule
  fill-opacity clip-rule clip-path mask stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit
  stroke-opacity stroke-dasharray stroke-dashoffset opacity offset stop-color stop-opacity gradientunits gradienttransform
  spreadmethod fx fy clippathunits maskunits maskcontentunits preserveaspectratio role aria-label aria-hidden xml:space
  font-family font-size font-weight font-style text-anchor letter-spacing dx dy dominant-baseline color class`.split(
    /\s+/,
  ),
);
const NAMESPACES = new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']);

/** Why a file can't be the logo, for the person; undefined: it can. */
export function logoProblem(logo: Logo): string | undefined {
  if (logo.bytes.length === 0 || logo.bytes.length > MAX_LOGO)
    return `a logo has at most ${MAX_LOGO / 1024} KB`;
  if (logo.type === 'image/svg+xml') return svgProblem(logo.bytes);
  const size = pixelsOf(logo);
  if (size === undefined) return `this is no ${logo.type === 'image/png' ? 'PNG' : 'JPEG'}`;
  const { width, height } = size;
  return width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE
    ? `a side has at most ${MAX_SIDE} pixels`
    : undefined;
}

/** Width and height of a picture of pixels; undefined: it is none of its type. */
export function pixelsOf({ type, bytes }: Logo): { width: number; height: number } | undefined {
  if (type === 'image/jpeg') return jpegSize(bytes);
  return type === 'image/png' ? pngSize(bytes) : undefined;
}

/** PNG, third edition, 5.2 and 11.2.1: the signature, and IHDR as the first chunk. */
function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG) || bytes.toString('latin1', 12, 16) !== 'IHDR')
    return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** ISO/IEC 10918-1, annex B: segments from the start of the image to the frame header, which has the size. */
function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      // A byte that fills.
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    const length = bytes.readUInt16BE(at + 2);
    // Before the frame there are segments with a length only: tables, application data, comments.
    if (length < 2 || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda)) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function svgProblem(bytes: Buffer): string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'the SVG is not written in UTF-8';
  }
  text = text
    .replace(/^\uFEFF/, '')
    .replace(/^\s*<\?xml[^?>]*\?>/, '')
    .trim();
  let first = true;
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('<', at);
    const between = text.slice(at, open < 0 ? undefined : open);
    // Character references are how markup hides from readers that do not resolve them.
    if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(between)) return 'the SVG uses character references or entities';
    if (open < 0) return between.trim() === '' ? undefined : 'there is text after the SVG';
    if (text.startsWith('<!--', open)) {
      const end = text.indexOf('-->', open + 4);
      if (end < 0) return 'a comment of the SVG does not end';
      at = end + 3;
      continue;
    }
    const tag = /^<(\/?)([A-Za-z]+)((?:\s+[A-Za-z:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*(\/?)>/.exec(
      text.slice(open, open + 65_536),
    );
    if (tag === null)
      return 'the SVG holds something that is no plain element (declarations, instructions, CDATA)';
    const name = tag[2]!.toLowerCase();
    if (first && (name !== 'svg' || tag[1] !== '')) return 'this is no SVG';
    first = false;
    if (!ELEMENTS.has(name)) return `the SVG holds <${tag[2]}>; only shapes, gradients and text are taken`;
    for (const [, attribute, quoted] of tag[3]!.matchAll(/([A-Za-z:-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
      const problem = attributeProblem(attribute!, quoted!.slice(1, -1));
      if (problem !== undefined) return problem;
    }
    at = open + tag[0].length;
  }
  return first ? 'this is no SVG' : undefined;
}

function attributeProblem(name: string, value: string): string | undefined {
  if (!ATTRIBUTES.has(name.toLowerCase())) return `the SVG holds the attribute ${name}`;
  if (/&(?!(?:amp|lt|gt|quot|apos);)|\\/.test(value)) return 'the SVG uses character references or escapes';
  if (name.toLowerCase().startsWith('xmlns')) return NAMESPACES.has(value) ? undefined : `namespace ${value}`;
  // `url(#gradient)` stays in the file; every other address leaves it.
  const rest = value.replace(/url\(\s*#[\w-]+\s*\)/g, '');
  return /url\(|:|@|expression/i.test(rest) ? `the attribute ${name} refers to something outside` : undefined;
}

import { expect, test } from 'vitest';
import { png } from '../../test/support/picture.ts';
import { mailLogo } from '../respond/index.ts';
import { logoProblem, pixelsOf } from './logo.ts';

/** The head of a JPEG, up to the frame's: application data, a filling byte, a table, the frame. */
function jpeg(width: number, height: number, before = Buffer.alloc(0)): Buffer {
  const frame = Buffer.from('ffc000110800000000030122000211010311010000', 'hex');
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([
    Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
    before,
    Buffer.from('ffffdb0004aabb', 'hex'),
    frame,
  ]);
}

test('the size of a PNG and of a JPEG is read from its own header', () => {
  expect(pixelsOf({ type: 'image/png', bytes: png(300, 60, [10, 80, 90]) })).toEqual({
    width: 300,
    height: 60,
  });
  expect(pixelsOf({ type: 'image/jpeg', bytes: jpeg(640, 120) })).toEqual({ width: 640, height: 120 });
  // A comment that looks like a frame is none.
  const comment = Buffer.from('fffe000bffc0001108000100', 'hex');
  const tricky = Buffer.concat([comment, Buffer.alloc(1)]);
  expect(pixelsOf({ type: 'image/jpeg', bytes: jpeg(20, 10, tricky) })).toEqual({ width: 20, height: 10 });
});

test('what only says that it is a picture is none', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  for (const type of ['image/png', 'image/jpeg'] as const) {
    expect(logoProblem({ type, bytes: svg })).toContain('this is no');
    expect(logoProblem({ type, bytes: Buffer.from([0xff, 0xd8]) })).toContain('this is no');
    expect(logoProblem({ type, bytes: Buffer.alloc(0) })).toContain('at most');
  }
  expect(logoProblem({ type: 'image/png', bytes: jpeg(10, 10) })).toBe('this is no PNG');
  expect(logoProblem({ type: 'image/jpeg', bytes: png(10, 10, [0, 0, 0]) })).toBe('this is no JPEG');
  expect(logoProblem({ type: 'image/jpeg', bytes: jpeg(5000, 10) })).toContain('4096');
  expect(logoProblem({ type: 'image/jpeg', bytes: jpeg(0, 10) })).toContain('4096');
  // A frame cut short, a segment of no length, scan data before the frame.
  for (const bytes of [
    jpeg(10, 10).subarray(0, 30),
    Buffer.from('ffd8ffe00000ffc00011080001000103', 'hex'),
    Buffer.from('ffd8ffda000cffc00011080001000103', 'hex'),
  ])
    expect(logoProblem({ type: 'image/jpeg', bytes })).toBe('this is no JPEG');
});

test('a mail carries a picture of pixels that is not too long, scaled to its place', () => {
  const type = 'image/png';
  const bytes = png(880, 96, [10, 80, 90]);
  expect(mailLogo({ type, bytes }, { width: 880, height: 96 })).toMatchObject({
    type,
    width: 220,
    height: 24,
  });
  expect(mailLogo({ type, bytes }, { width: 40, height: 40 })).toMatchObject({ width: 40, height: 40 });
  expect(mailLogo({ type, bytes }, { width: 10, height: 4096 })).toMatchObject({ width: 1, height: 48 });
  expect(mailLogo({ type: 'image/svg+xml', bytes }, undefined)).toBeUndefined();
  expect(mailLogo({ type, bytes: Buffer.alloc(96 * 1024 + 1) }, { width: 1, height: 1 })).toBeUndefined();
});

import type { Bytes } from './bytes.ts';
import { fileTimeToIso, systemTimeToIso } from './time.ts';

/**
 * A value of an event as this package gives it out:
 *
 * - integers and floats: number; 64-bit integers beyond ±2^53 are decimal strings;
 * - hexadecimal integers and pointers: `0x3e7`;
 * - FILETIME, SYSTEMTIME: ISO 8601 in UTC;
 * - GUID: lower case in braces, as Windows renders it; SID: `S-1-5-18`;
 * - binary, and a value whose size does not fit its type: upper-case hexadecimal digits;
 * - arrays: lists.
 */
export type EvtxValue = string | number | boolean | null | EvtxValue[];

/** Value types of binary XML (MS-EVEN6 2.2.12, and the types only found in files). */
export const TYPE = {
  null: 0x00,
  string: 0x01,
  ansi: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  real32: 0x0b,
  real64: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  size: 0x10,
  fileTime: 0x11,
  systemTime: 0x12,
  sid: 0x13,
  hex32: 0x14,
  hex64: 0x15,
  handle: 0x20,
  binXml: 0x21,
  xml: 0x23,
} as const;

/** Set on a value type to make it an array. */
export const ARRAY_FLAG = 0x80;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes of one element, for the types whose arrays have a fixed stride. */
const STRIDE: Readonly<Record<number, number>> = {
  [TYPE.int8]: 1,
  [TYPE.uint8]: 1,
  [TYPE.int16]: 2,
  [TYPE.uint16]: 2,
  [TYPE.int32]: 4,
  [TYPE.uint32]: 4,
  [TYPE.int64]: 8,
  [TYPE.uint64]: 8,
  [TYPE.real32]: 4,
  [TYPE.real64]: 8,
  [TYPE.bool]: 4,
  [TYPE.guid]: 16,
  [TYPE.fileTime]: 8,
  [TYPE.systemTime]: 16,
  [TYPE.hex32]: 4,
  [TYPE.hex64]: 8,
};

/** Bytes a fixed-size type takes as a literal in a template, or undefined when it has no fixed size. */
export function fixedSize(type: number): number | undefined {
  return STRIDE[type];
}

/**
 * Decodes one value.
 *
 * @param bytes the chunk
 * @param type value type, with {@link ARRAY_FLAG} for arrays
 * @param at offset of the value in the chunk
 * @param size its length in bytes; the caller has checked that it lies inside the chunk
 */
export function decodeValue(bytes: Bytes, type: number, at: number, size: number): EvtxValue {
  if (type & ARRAY_FLAG) return decodeArray(bytes, type & ~ARRAY_FLAG, at, size);
  const { view } = bytes;
  switch (type) {
    case TYPE.null:
      return null;
    case TYPE.string:
    case TYPE.xml:
      return decodeText(bytes, at, size);
    case TYPE.ansi:
      return decodeAnsi(bytes, at, size);
    case TYPE.sid:
      return decodeSid(bytes, at, size) ?? hexadecimal(bytes, at, size);
    case TYPE.binary:
      return hexadecimal(bytes, at, size);
    case TYPE.size:
    case TYPE.handle:
      if (size === 4) return hex32(view.getUint32(at, true));
      return size === 8 ? hex64(view, at) : hexadecimal(bytes, at, size);
    case TYPE.bool:
      if (size === 4) return view.getUint32(at, true) !== 0;
      return size === 1 ? bytes.raw[at] !== 0 : hexadecimal(bytes, at, size);
  }
  if (size !== STRIDE[type]) return hexadecimal(bytes, at, size);
  switch (type) {
    case TYPE.uint8:
      return bytes.raw[at]!;
    case TYPE.uint16:
      return view.getUint16(at, true);
    case TYPE.uint32:
      return view.getUint32(at, true);
    case TYPE.hex32:
      return hex32(view.getUint32(at, true));
    case TYPE.hex64:
      return hex64(view, at);
    case TYPE.guid:
      return decodeGuid(bytes, at);
    case TYPE.fileTime:
      return (
        fileTimeToIso(view.getUint32(at, true), view.getUint32(at + 4, true)) ?? hexadecimal(bytes, at, size)
      );
    case TYPE.int8:
      return view.getInt8(at);
    case TYPE.int16:
      return view.getInt16(at, true);
    case TYPE.int32:
      return view.getInt32(at, true);
    case TYPE.int64: {
      const value = view.getBigInt64(at, true);
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value.toString();
    }
    case TYPE.uint64: {
      const high = view.getUint32(at + 4, true);
      if (high < 0x200000) return high * 4294967296 + view.getUint32(at, true);
      return view.getBigUint64(at, true).toString();
    }
    case TYPE.real32:
      return finite(view.getFloat32(at, true));
    case TYPE.real64:
      return finite(view.getFloat64(at, true));
    default:
      return systemTimeToIso(view, at) ?? hexadecimal(bytes, at, size);
  }
}

/** JSON has no NaN and no infinities. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function decodeArray(bytes: Bytes, type: number, at: number, size: number): EvtxValue[] {
  const end = at + size;
  if (type === TYPE.string) {
    // Each text of the array ends with NUL; the last may lack it.
    const text = bytes.utf16(at, size >> 1);
    const items = text.split('\u0000');
    if (items.at(-1) === '') items.pop();
    return items;
  }
  const list: EvtxValue[] = [];
  if (type === TYPE.ansi) {
    const items = decodeLatin(bytes, at, size).split('\u0000');
    if (items.at(-1) === '') items.pop();
    return items;
  }
  if (type === TYPE.sid) {
    let position = at;
    while (position + 8 <= end) {
      const length = 8 + bytes.raw[position + 1]! * 4;
      if (position + length > end) break;
      list.push(decodeSid(bytes, position, length) ?? hexadecimal(bytes, position, length));
      position += length;
    }
    return list;
  }
  const stride = STRIDE[type] ?? (type === TYPE.size ? 8 : undefined);
  if (stride === undefined || size % stride !== 0) return [hexadecimal(bytes, at, size)];
  for (let position = at; position < end; position += stride)
    list.push(decodeValue(bytes, type, position, stride));
  return list;
}

/** UTF-16 text without the NULs some providers leave at its end. */
function decodeText(bytes: Bytes, at: number, size: number): string {
  let units = size >> 1;
  const { raw } = bytes;
  while (units > 0 && raw[at + units * 2 - 1] === 0 && raw[at + units * 2 - 2] === 0) units--;
  return bytes.utf16(at, units);
}

function decodeAnsi(bytes: Bytes, at: number, size: number): string {
  let length = size;
  while (length > 0 && bytes.raw[at + length - 1] === 0) length--;
  return decodeLatin(bytes, at, length);
}

/** The machine's code page is not in the file; Windows-1252 is the one that is right most often. */
function decodeLatin(bytes: Bytes, at: number, size: number): string {
  return new TextDecoder('windows-1252').decode(bytes.raw.subarray(at, at + size));
}

function hexadecimal(bytes: Bytes, at: number, size: number): string {
  let text = '';
  for (let index = at; index < at + size; index++) text += HEX[bytes.raw[index]!];
  return text.toUpperCase();
}

function hex32(value: number): string {
  return `0x${value.toString(16)}`;
}

function hex64(view: DataView, at: number): string {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  return high === 0 ? hex32(low) : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;
}

/** GUID with its first three groups little-endian, as Windows stores it. */
export function decodeGuid(bytes: Bytes, at: number): string {
  const { raw } = bytes;
  const hex = (index: number): string => HEX[raw[at + index]!]!;
  return `{${hex(3)}${hex(2)}${hex(1)}${hex(0)}-${hex(5)}${hex(4)}-${hex(7)}${hex(6)}-${hex(8)}${hex(9)}-${hex(10)}${hex(11)}${hex(12)}${hex(13)}${hex(14)}${hex(15)}}`;
}

/** Security identifier (MS-DTYP 2.4.2.2), or undefined where the bytes are none. */
function decodeSid(bytes: Bytes, at: number, size: number): string | undefined {
  if (size < 8) return undefined;
  const { raw, view } = bytes;
  const count = raw[at + 1]!;
  if (count > 15 || 8 + count * 4 > size) return undefined;
  const authority = view.getUint16(at + 2, false) * 4294967296 + view.getUint32(at + 4, false);
  let text = `S-${raw[at]}-${authority}`;
  for (let index = 0; index < count; index++) text += `-${view.getUint32(at + 8 + index * 4, true)}`;
  return text;
}

import type { EcsScalar } from '@vigie/contracts';
import { parseDate } from '../dates.ts';
import { isHostName } from '../field-table.ts';
import { hashName } from '../hash.ts';
import { isIp, parsePort, splitHostPort } from '../ip.ts';
import { parseMac } from '../mac.ts';

/** What a value looks like, whatever its name. */
export const SHAPES = [
  'ip',
  'ip-port',
  'mac',
  'url',
  'email',
  'hash',
  'time',
  'epoch',
  'port',
  'number',
  'fraction',
  'boolean',
  'host',
  'path',
  'text',
] as const;
export type Shape = (typeof SHAPES)[number];

/** How a shape is spoken of. */
export const SHAPE_WORDS: Readonly<Record<Shape, string>> = {
  ip: 'an address',
  'ip-port': 'an address with a port',
  mac: 'a MAC address',
  url: 'a URL',
  email: 'an e-mail address',
  hash: 'a digest',
  time: 'a time',
  epoch: 'a time in seconds or milliseconds',
  port: 'a port',
  number: 'a number',
  fraction: 'a number',
  boolean: 'yes or no',
  host: 'a host name',
  path: 'a path',
  text: 'text',
};

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const CONTEXT = { timeZone: 'UTC', receivedAt: Date.UTC(2026, 0, 1) };

/** The shapes that a value has; several where it could be read in several ways. */
export function shapesOf(value: EcsScalar): Shape[] {
  if (typeof value === 'boolean') return ['boolean'];
  const text = String(value).trim();
  if (text === '' || text.length > 2_000) return ['text'];
  if (/^[+-]?\d+$/.test(text)) return numberShapes(text);
  if (/^[+-]?\d+\.\d+$/.test(text)) return /^\d{10}\.\d+$/.test(text) ? ['epoch', 'fraction'] : ['fraction'];
  if (isIp(text)) return ['ip'];
  const { host, port } = splitHostPort(text);
  if (port !== undefined && isIp(host)) return ['ip-port'];
  if (parseMac(text) !== undefined) return ['mac'];
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\/\S/i.test(text)) return ['url'];
  if (/^[^\s@]{1,64}@[^\s@]{1,255}$/.test(text)) return ['email'];
  if (/^(?:true|false|yes|no)$/i.test(text)) return ['boolean'];
  if (text.length >= 32 && hashName(text) !== undefined) return ['hash'];
  if (/\d{1,2}:\d{2}/.test(text) && text.length <= 60) {
    const time = parseDate(text, CONTEXT);
    if (time !== undefined && time > EARLIEST && time < LATEST) return ['time'];
  }
  if (/^(?:[a-z]:\\|\/|\\\\)\S/i.test(text)) return ['path'];
  return text.includes('.') && isHostName(text) ? ['host', 'text'] : ['text'];
}

function numberShapes(text: string): Shape[] {
  const number = Number(text);
  const shapes: Shape[] = ['number'];
  if (parsePort(text) !== undefined && number > 0) shapes.push('port');
  const isSeconds = text.length === 10 && number * 1_000 > EARLIEST && number * 1_000 < LATEST;
  const isMillis = text.length === 13 && number > EARLIEST && number < LATEST;
  if (isSeconds || isMillis) shapes.push('epoch');
  if (/^[01]$/.test(text)) shapes.push('boolean');
  return shapes;
}

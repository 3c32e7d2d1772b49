import type { RawLog } from '@vigie/contracts';
import { parseObject } from '../http/items.ts';
import type { DropCounter, SourceBinding } from '../ports.ts';
import { decodeLimited } from '../raw-text.ts';
import type { KafkaLimits } from './options.ts';

/** What of a message we read. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Epoch milliseconds, as producer or broker wrote it. */
  readonly timestamp: bigint;
  readonly value: Buffer | null | undefined;
}

/** 1 January 2000: an older time is a producer's mistake. */
const EARLIEST = Date.UTC(2000, 0, 1);
/** How far a producer's clock may run ahead. */
const AHEAD = 3_600_000;

/**
 * A message as a log, with an identity of its own: topic, partition, offset and time. The time tells the topic apart
 * from one that was there before under the same name. A message without a value (a tombstone) is no log.
 *
 * The receive time is the message's own where it can be true. So everything that is derived of it is the same when
 * the message is read a second time, and the store finds it again.
 */
export function recordLog(
  record: KafkaRecord,
  { tenant, source }: SourceBinding,
  limits: Pick<KafkaLimits, 'item' | 'line' | 'depth'>,
  drops: DropCounter,
  now: number,
): RawLog | undefined {
  const { value, topic, partition, offset } = record;
  if (value === null || value === undefined || value.length === 0) return undefined;
  const timestamp = Number(record.timestamp);
  const base = {
    tenant,
    source,
    transport: 'kafka',
    receivedAt: timestamp >= EARLIEST && timestamp <= now + AHEAD ? timestamp : now,
    length: value.length,
    key: `kafka/${topic}/${partition}/${offset}/${record.timestamp}`,
  } as const;
  if (value[0] === 0x7b && value.length <= limits.item) {
    const { text, flags } = decodeLimited(value, value.length);
    const json = parseObject(text, limits.depth);
    if (typeof json !== 'string') return { ...base, text, json, ...(flags && { flags }) };
    // Kept as it is: lines may begin with a brace, too.
    drops.count('malformed-json', { tenant, source }, 1);
  }
  const { text, flags } = decodeLimited(value, limits.line);
  if (value.length > limits.line) drops.count('truncated', { tenant, source }, 1);
  return { ...base, text, ...(flags && { flags }) };
}

import { readEvtx } from '../../engines/evtx/index.ts';
import { event, eventData, processEvent } from '../../engines/evtx/test/events.ts';
import { type Value, value, writeEvtx, type XmlElement } from '../../engines/evtx/test/writer.ts';
import { ARRAY_FLAG, TYPE } from '../../engines/evtx/values.ts';
import { mutateBytes, Random } from './random.ts';
import type { Seeds } from './seeds.ts';
import { BrokenPromise, type Target } from './target.ts';

const TYPES = [
  ...Object.values(TYPE),
  TYPE.string | ARRAY_FLAG,
  TYPE.uint16 | ARRAY_FLAG,
  TYPE.sid | ARRAY_FLAG,
];
const LARGEST_ANSWER = 16_000_000;

function element(random: Random, depth: number): XmlElement {
  return {
    name: random.pick(['Event', 'System', 'EventData', 'Data', 'UserData', '__proto__', 'x']),
    ...(random.once(2)
      ? { attributes: [['Name', random.pick(['a', 'b', '', 'constructor'])]] as const }
      : {}),
    content: random.list(random.length(3, 40), () =>
      depth < (random.once(30) ? 70 : 4) && random.once(2)
        ? element(random, depth + 1)
        : random.pick([
            'text',
            { entity: 'amp' },
            { char: 65 },
            { cdata: 'c' },
            { instruction: ['a', 'b'] as const },
          ]),
    ),
  };
}

function values(random: Random): Value[] {
  return random.list(4, () => {
    if (random.once(4)) return value.xml({ element: element(random, 0) });
    return value.raw(
      random.pick(TYPES),
      random.list(random.length(20, 400), () => random.below(256)),
    );
  });
}

/** A log of a few records, structurally valid. */
function made(random: Random): Uint8Array {
  try {
    const records = random
      .list(1 + random.below(4), () => random.below(3))
      .map((kind, index) => {
        if (kind === 0) return processEvent(index + 1, 'a command line');
        if (kind === 1) return { id: index + 1, time: 0, body: { element: element(random, 0) } };
        const template = eventData(
          3,
          ['a', 'b', 'c', 'd'],
          random.list(4, () => random.pick(TYPES)),
        );
        return event(index + 1, 7, { template, values: values(random) });
      });
    return writeEvtx([records]);
  } catch (error) {
    // More than a chunk holds, or deeper than the writer goes.
    if (error instanceof RangeError) return writeEvtx([[processEvent(1, 'x')]]);
    throw error;
  }
}

/** Logs to damage, made when first asked for; writing one takes longer than reading it. */
const LOGS = 256;
const written = new Map<number, Uint8Array>();

function log(number: number): Uint8Array {
  let bytes = written.get(number);
  if (!bytes) {
    bytes = made(new Random('log', number));
    written.set(number, bytes);
  }
  return bytes;
}

/** Event logs: written, damaged, read whole. */
export function evtxTarget({ logs }: Seeds): Target {
  return {
    name: 'evtx',
    make(random) {
      const real = logs.length > 0 && random.once(200);
      const whole = real ? random.pick(logs) : log(random.below(LOGS));
      const view = new DataView(whole.buffer, whole.byteOffset);
      const used = real ? whole.length : 4096 + view.getUint32(4096 + 48, true);
      const bytes = whole.slice(0, used);
      mutateBytes(random, bytes, random.once(10) ? 0 : Math.min(4608, used), used);
      const end = random.once(10) ? random.below(used) : used;
      return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('base64');
    },
    run(input) {
      const bytes = Uint8Array.from(Buffer.from(input, 'base64'));
      let problems = 0;
      let records = 0;
      const onProblem = ({ offset }: { offset: number }) => {
        problems++;
        if (!(offset >= 0)) throw new BrokenPromise(`a problem at ${offset}`);
      };
      for (const record of readEvtx(bytes, { onProblem })) {
        records++;
        if (JSON.stringify(record.toJson()).length > LARGEST_ANSWER) throw new BrokenPromise('a huge answer');
        for (const name of record.dataNames()) record.data(name);
        for (const own of [record.channel, record.provider, record.computer])
          if (own !== undefined && typeof own !== 'string') throw new BrokenPromise('no text');
        if (record.eventId !== undefined && !Number.isInteger(record.eventId))
          throw new BrokenPromise('no number');
      }
      return records === 0 ? 'no record' : problems === 0 ? 'whole' : 'damaged';
    },
  };
}

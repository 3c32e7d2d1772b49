import { type EcsFields, flatten } from '@vigie/contracts';
import { text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const VENDOR = 'rsyslog.impstats.';
/** Parts of rsyslog that count: its core, inputs, outputs, modules that change or look up messages. */
const ORIGIN =
  /^(?:core\.|dynstats|percentile|impstats$|im[a-z0-9_-]{2,20}$|om[a-z0-9_-]{2,20}$|mm[a-z0-9_-]{2,20}$)/;
const COUNTER =
  /^(?:size|processed|submitted|utime|bytes\.sent|enqueued|discarded\.full|disallowed|messages\.sent|requests\.count)$/;

/** One record of rsyslog's statistics: counters of an action, a queue, an input, or the process itself. */
function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined) return 'rejected';
  const origin = text(json['origin']);
  if (origin === undefined || !ORIGIN.test(origin)) return 'rejected';
  const flat = flatten(json);
  for (const key of Object.keys(flat)) put(doc, VENDOR + key, flat[key]);
  putObserver(doc, { vendor: 'rsyslog', product: 'rsyslog' });
  doc['event.kind'] = 'metric';
  doc['event.category'] = ['host'];
  doc['event.type'] = ['info'];
  doc['event.action'] = 'statistics';
  doc['event.dataset'] =
    `${VENDOR}${/^[a-z0-9.]{1,40}$/.test(origin) ? origin.replace('core.', '') : 'counter'}`;
  return 'parsed';
}

/** rsyslog's `impstats` in JSON, as collectors and forwarders built on it send their state. */
export default defineSource({
  id: 'rsyslog.impstats',
  signatures: [
    {
      kind: 'json',
      keys: ['name', 'origin'],
      test: (json) =>
        typeof json['origin'] === 'string' &&
        ORIGIN.test(json['origin']) &&
        Object.keys(json).some((key) => COUNTER.test(key)),
    },
  ],
  parse,
});

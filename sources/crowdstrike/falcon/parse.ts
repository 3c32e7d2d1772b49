import { object } from '../../kit/json.ts';
import { defineSource } from '../../kit/source.ts';
import { readStreaming } from './streaming.ts';
import { readTelemetry } from './telemetry.ts';

export default defineSource({
  id: 'crowdstrike.falcon',
  signatures: [
    { kind: 'json', keys: ['event_simpleName'] },
    { kind: 'json', keys: ['aid', 'cid'] },
    { kind: 'json', keys: ['aid', 'aip'] },
    { kind: 'json', keys: ['cid', 'event_platform'] },
    { kind: 'json', keys: ['aid', 'event_platform'] },
    { kind: 'json', keys: ['aid', 'MAC'] },
    { kind: 'json', keys: ['cid', '_time', 'ComputerName'] },
    {
      kind: 'json',
      keys: ['metadata', 'event'],
      test: (json) => {
        const metadata = object(json['metadata']);
        return (
          metadata !== undefined &&
          Object.hasOwn(metadata, 'eventType') &&
          (Object.hasOwn(metadata, 'customerIDString') ||
            Object.hasOwn(metadata, 'eventCreationTime') ||
            Object.hasOwn(metadata, 'offset') ||
            Object.hasOwn(metadata, 'severity'))
        );
      },
    },
  ],
  parse({ json, receivedAt }, doc) {
    if (json === undefined) return 'rejected';
    if (object(json['metadata']) !== undefined && object(json['event']) !== undefined)
      return readStreaming(json, doc, receivedAt) ? 'parsed' : 'partial';
    readTelemetry(json, doc);
    return 'parsed';
  },
});

import { defineSource } from '../../kit/source.ts';
import { readDeepVisibility } from './deep-visibility.ts';
import { readActivity, readAlert, readThreat } from './management.ts';

export default defineSource({
  id: 'sentinelone.edr',
  signatures: [
    { kind: 'json', keys: ['threatInfo', 'agentDetectionInfo'] },
    { kind: 'json', keys: ['threatInfo', 'agentRealtimeInfo'] },
    { kind: 'json', keys: ['activityType', 'primaryDescription'] },
    { kind: 'json', keys: ['activityType', 'accountId', 'agentId'] },
    { kind: 'json', keys: ['detectionSource', 'attackSurfaces'] },
    { kind: 'json', keys: ['detectionSource', 'detectedAt'] },
    { kind: 'json', keys: ['event.type', 'endpoint.name'] },
    { kind: 'json', keys: ['event.category', 'src.process.name'] },
    { kind: 'json', keys: ['event.type', 'agent.uuid'] },
    { kind: 'json', keys: ['event.type', 'endpoint.os'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    const has = (key: string): boolean => Object.hasOwn(json, key);
    if (has('threatInfo')) return readThreat(json, doc) ? 'parsed' : 'partial';
    if (has('activityType')) return readActivity(json, doc) ? 'parsed' : 'partial';
    if (has('detectionSource')) return readAlert(json, doc) ? 'parsed' : 'partial';
    if (!has('event.type') && !has('event.category')) return 'rejected';
    return readDeepVisibility(json, doc) ? 'parsed' : 'partial';
  },
});

import type { IngestLimits } from './limits.ts';
import { type Answer, type Refusal, retryAfter } from './receive.ts';

const ERRORS: Record<Refusal, { readonly status: number; readonly type: string }> = {
  'no-token': { status: 401, type: 'security_exception' },
  'wrong-token': { status: 401, type: 'security_exception' },
  'too-large': { status: 413, type: 'content_too_long_exception' },
  encoding: { status: 415, type: 'illegal_argument_exception' },
  aborted: { status: 408, type: 'timeout_exception' },
  malformed: { status: 400, type: 'illegal_argument_exception' },
  busy: { status: 429, type: 'es_rejected_execution_exception' },
  unavailable: { status: 503, type: 'unavailable_shards_exception' },
};

/** A refusal as Elasticsearch words it. 429 and 503 are what its clients answer with a later retry. */
export function elasticRefusal(refusal: Refusal, message: string, limits: IngestLimits): Answer {
  const { status, type } = ERRORS[refusal];
  const headers: Record<string, string> = {};
  if (status === 401) headers['www-authenticate'] = 'Basic realm="security", ApiKey';
  if (status === 429 || status === 503) Object.assign(headers, retryAfter(limits));
  const cause = { type, reason: message };
  return { status, headers, body: JSON.stringify({ error: { root_cause: [cause], ...cause }, status }) };
}

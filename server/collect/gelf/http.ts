import type { RawLog } from '@vigie/contracts';
import { isRefused, jsonItem } from '../http/items.ts';
import { values } from '../http/json-scan.ts';
import type { IngestLimits } from '../http/limits.ts';
import { type Answer, type Protocol, type Refusal, retryAfter } from '../http/receive.ts';

const STATUS: Record<Refusal, number> = {
  'no-token': 401,
  'wrong-token': 401,
  'too-large': 413,
  encoding: 415,
  aborted: 408,
  malformed: 400,
  busy: 503,
  unavailable: 503,
};

/**
 * `POST /gelf`: a GELF message, or several one behind the other. 202 when all of them are stored, as Graylog answers;
 * 400 when one could not be read, and then the good ones are stored all the same.
 */
export function gelfProtocol(limits: IngestLimits): Protocol {
  const answer = (status: number, message?: string): Answer => ({
    status,
    body: message === undefined ? '' : JSON.stringify({ message }),
    headers: {
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="vigie"' } : {}),
      ...(status === 503 ? retryAfter(limits) : {}),
    },
  });
  return {
    transport: 'gelf-http',
    refuse: (refusal, message) => answer(STATUS[refusal], message),
    understand({ bytes, damaged, context }) {
      const logs: RawLog[] = [];
      let problem: string | undefined;
      let count = 0;
      for (const { start, end, whole } of values(bytes, true)) {
        if (count++ >= limits.items) {
          problem ??= `more than ${limits.items} messages in one request`;
          break;
        }
        const item = whole
          ? jsonItem(context, bytes.subarray(start, end))
          : { error: 'the body ends inside a message' };
        if (isRefused(item)) problem ??= item.error;
        else logs.push(item);
      }
      if (damaged) problem ??= 'the compressed body is damaged or cut';
      if (count === 0) problem ??= 'no message';
      return { logs, answer: () => (problem === undefined ? answer(202) : answer(400, problem)) };
    },
  };
}

import type { EcsFields } from '@vigie/contracts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { syslog, text } = input;
  if (!isHeader(input) || syslog === undefined) return 'rejected';
  if (syslog.app !== undefined) doc['process.name'] = syslog.app;
  if (syslog.procid !== undefined && /^\d{1,10}$/.test(syslog.procid)) put(doc, 'process.pid', syslog.procid);
  if (text !== '') doc['message'] = text;
  return 'partial';
}

/** What stands where a program's name would in lines of applications: `2026/03/01 10:15:02 WARN: …`. */
const LEVEL = /^(?:trace|debug|info|notice|warn|warning|err|error|crit|critical|alert|fatal|severe)$/i;

/** A priority alone says nothing of who wrote the line: a name of the program or the host has to be there. */
function isHeader({ syslog }: ParseInput): boolean {
  if (syslog?.hostname !== undefined) return syslog.app !== undefined || syslog.time !== undefined;
  return syslog?.app !== undefined && !LEVEL.test(syslog.app);
}

/** Syslog lines of a program that has no source: who wrote it where and when, and what it said. */
export default defineSource({
  id: 'generic.syslog',
  signatures: [{ kind: 'general', test: isHeader }],
  parse,
});

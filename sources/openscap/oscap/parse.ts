import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { messageTable } from '../../kit/message-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const OWN = 'openscap.oscap.';
const TABLE = fieldTable(
  OWN,
  `
  title            rule.name                 text
  id               rule.id                   text
  description      vulnerability.description text
  severity         vulnerability.severity    text+
  rationale        openscap.oscap.rationale  text
  profile-title    rule.ruleset              text
  score            openscap.oscap.score      float
  scan-id          openscap.oscap.scan_id    text
`,
);
/** `name: "value"`, as the scanner's wrapper prints them; values hold escaped quotes. */
const PAIR = /([a-z][a-z-]{1,24}): "((?:[^"\\]|\\.){0,8000})"/gs;
const MAX_PAIRS = 40;

const SENTENCES = messageTable(OWN, [
  [
    `Evaluation started. Content: {file.path}, Profile: {${OWN}profile}.`,
    { ...WHAT.configurationRead, action: 'evaluation-started' },
  ],
  [
    `Evaluation finished. Return code: {${OWN}return_code}, Base score {${OWN}score@float}.`,
    { ...WHAT.configurationRead, action: 'evaluation-finished' },
  ],
  ['ERROR: {event.reason}', { ...WHAT.hostError, action: 'evaluation-error', outcome: 'failure' }],
]);

function putPairs(doc: EcsFields, text: string): string | undefined {
  let kind: string | undefined;
  let left = MAX_PAIRS;
  for (const found of text.matchAll(PAIR)) {
    if (left-- === 0) break;
    const [, name, value] = found as unknown as [string, string, string];
    if (name === 'msg') kind = value;
    else if (value !== '') TABLE.put(doc, name, value.replaceAll('\\"', '"'));
  }
  return kind;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const isOwn = input.syslog?.app?.toLowerCase() === 'oscap';
  const text = input.text.startsWith('oscap: ') ? input.text.slice(7) : isOwn ? input.text : undefined;
  if (text === undefined) return 'rejected';
  doc['message'] = text;
  doc['process.name'] = 'oscap';
  putObserver(doc, { vendor: 'OpenSCAP', product: 'OpenSCAP' });
  if (SENTENCES.read(doc, text)) return 'parsed';
  if (!text.startsWith('msg: "')) {
    categorise(doc, WHAT.hostInfo);
    return 'partial';
  }
  const kind = putPairs(doc, text) ?? '';
  const result = doc[`${OWN}result`];
  const isVulnerability = kind.startsWith('oval');
  if (isVulnerability) {
    const cve = /CVE-\d{4}-\d{4,7}/.exec(String(doc['rule.name'] ?? ''))?.[0];
    if (cve !== undefined) doc['vulnerability.id'] = cve;
    // The title of a definition ends with its severity.
    const severity = / - (\w{3,12})\.?$/.exec(String(doc['rule.name'] ?? ''))?.[1];
    if (severity !== undefined) doc['vulnerability.severity'] ??= severity;
  }
  categorise(doc, {
    ...(isVulnerability ? WHAT.vulnerability : WHAT.configurationRead),
    action: kind,
    ...(result === 'pass' || result === 'fixed'
      ? { outcome: 'success' as const }
      : result === 'fail' || result === 'error'
        ? { outcome: 'failure' as const }
        : {}),
  });
  return 'parsed';
}

export default defineSource({
  id: 'openscap.oscap',
  signatures: [
    { kind: 'app', names: ['oscap'] },
    { kind: 'text', prefix: 'oscap: ' },
  ],
  parse,
});

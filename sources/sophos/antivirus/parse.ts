import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { messageTable } from '../../kit/message-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { parseXml } from '../../kit/xml.ts';

const VENDOR = 'sophos.antivirus.';
const FOUND = { ...WHAT.malware, action: 'malware-found' } as const;
const CLEANED = { ...WHAT.malware, action: 'malware-removed', outcome: 'success' } as const;
const NOT_CLEANED = { ...WHAT.malware, action: 'malware-removed', outcome: 'failure' } as const;
const STARTED: Categorisation = { category: ['malware', 'process'], type: ['start'], action: 'scan-started' };
const ENDED: Categorisation = { category: ['malware', 'process'], type: ['end'], action: 'scan-ended' };
const STOPPED: Categorisation = {
  category: ['malware', 'process'],
  type: ['end'],
  action: 'protection-stopped',
};
const RESUMED: Categorisation = {
  category: ['malware', 'process'],
  type: ['start'],
  action: 'protection-started',
};
const UPDATED = {
  category: ['package'],
  type: ['change'],
  action: 'update',
} as const satisfies Categorisation;

/** Message ids of UNIX's logs, by the words that they are made of; the first that fits. */
const IDS: readonly (readonly [RegExp, Categorisation, alert?: true])[] = [
  [/(?:DISINFECT|CLEAN|DELET|REMOV|QUARANTIN)\w*_?(?:FAIL|ERROR|NOT)/, NOT_CLEANED, true],
  [/DISINFECTED|CLEANED|DELETED|REMOVED|QUARANTINED/, CLEANED, true],
  [/INFECTED|THREAT|VIRUS|MALWARE/, FOUND, true],
  [/SCANNER_DIED|SAVD_?(?:STOPPED|DIED|KILLED)|ONACCESS_?(?:DISABLED|STOPPED)|DIED_KILLED/, STOPPED],
  [/SAVD_?STARTED|ONACCESS_?(?:ENABLED|STARTED)/, RESUMED],
  [/^SAVSCAN-DETAILS|SCAN_?(?:SUMMARY|COMPLETED|FINISHED|ENDED)/, ENDED],
  [/SCAN_?STARTED/, STARTED],
  [
    /UPDATE\w*(?:FAIL|ERROR)|NO_UPDATED?_FROM|NOT_UPDATED|FAILED_TO_UPDATE/,
    { ...UPDATED, outcome: 'failure' },
  ],
  [/UPDATED?|UPTODATE/, { ...UPDATED, outcome: 'success' }],
  [/ERROR|FAIL/, WHAT.hostError],
];

/** Sentences of SAV.txt. */
const SENTENCES = messageTable(VENDOR, [
  [`Scan '{${VENDOR}scan}' started.`, STARTED],
  [`Scan '{${VENDOR}scan}' completed.`, { ...ENDED, outcome: 'success' }],
  [`Scan '{${VENDOR}scan}' aborted.`, { ...ENDED, outcome: 'failure' }],
  [`Scan '{${VENDOR}scan}' cancelled{?}`, { ...ENDED, outcome: 'failure' }],
  [`User ({user@account}) has stopped on-access scanning for this machine.`, STOPPED],
  [`User ({user@account}) has started on-access scanning for this machine.`, RESUMED],
  ['On-access scanning has been stopped{?}', STOPPED],
  ['On-access scanning has been started{?}', RESUMED],
  [
    `Using detection data version {${VENDOR}data_version} (detection engine {${VENDOR}engine_version}). This version can detect {${VENDOR}items} items.`,
    WHAT.hostInfo,
  ],
  [
    `Virus/spyware '{threat.software.name}' has been detected in "{file@file}".{?}`,
    FOUND,
    { 'event.kind': 'alert' },
  ],
  [`Virus/spyware '{threat.software.name}' has been removed{?}`, CLEANED, { 'event.kind': 'alert' }],
  [`Virus/spyware '{threat.software.name}' has been cleaned up{?}`, CLEANED, { 'event.kind': 'alert' }],
  [`Virus/spyware '{threat.software.name}' has not been removed{?}`, NOT_CLEANED, { 'event.kind': 'alert' }],
  [`Virus '{threat.software.name}' has been detected in "{file@file}".{?}`, FOUND, { 'event.kind': 'alert' }],
  [`Adware or PUA '{threat.software.name}' has been detected{?}`, FOUND, { 'event.kind': 'alert' }],
  [
    `Suspicious file '{threat.software.name}' has been detected in "{file@file}".{?}`,
    FOUND,
    { 'event.kind': 'alert' },
  ],
  [`File "{file@file}" belongs to virus/spyware '{threat.software.name}'.`, FOUND, { 'event.kind': 'alert' }],
  [
    `Access to file "{file@file}" was denied{?}`,
    { category: ['file', 'malware'], type: ['access', 'denied'], action: 'access-denied' },
  ],
  [
    `Access was denied to location "{${VENDOR}location}"{?}`,
    { category: ['network', 'web'], type: ['access', 'denied'], action: 'access-denied' },
  ],
]);

/** `20260302 101500<tab>sentence` */
const SAV = /^(\d{8}) (\d{6})\s{1,8}(?=\S)/;

function readXml(input: ParseInput, doc: EcsFields): ParseOutcome {
  const root = parseXml(input.text.trim());
  if (root?.name !== 'log') return 'rejected';
  const of = (name: string): string | undefined => {
    const value = root.children.find((child) => child.name === name)?.text.trim();
    return value === '' ? undefined : value;
  };
  const message = of('msg');
  const category = of('category');
  if (message === undefined || category === undefined) return 'rejected';
  const values = root.children.filter((child) => child.name === 'arg').map((child) => child.text.trim());
  const id = message.split(' ', 1)[0]!;
  const found = IDS.find(([words]) => words.test(id));
  doc['event.code'] = id;
  doc['event.provider'] = category;
  put(doc, `${VENDOR}domain`, of('domain'));
  put(doc, 'log.level', of('level')?.toLowerCase());
  const time = of('time');
  if (time !== undefined) putDate(doc, '@timestamp', parseEpoch(time));
  // The message's `%s` stand for the arguments, in their order.
  let next = 0;
  doc['message'] = message.replace(/%s/g, (mark) => values[next++] ?? mark);
  const told = values.filter((value) => value !== '');
  if (told.length > 0) doc[`${VENDOR}arguments`] = told.slice(0, 50);
  categorise(doc, found?.[1] ?? WHAT.hostInfo);
  if (found?.[2] === true) doc['event.kind'] = 'alert';
  const path = values.find((value) => value !== '');
  if (found?.[1].category.includes('malware') === true && found[2] === true) {
    putFile(doc, path);
    const name = values.slice(1).find((value) => /^[A-Z][A-Za-z]{1,12}\/[\w-]{2,40}$/.test(value));
    if (name !== undefined) doc['threat.software.name'] = name;
  }
  if (path !== undefined && /^https?:\/\//i.test(path)) putUrl(doc, path);
  return found === undefined ? 'partial' : 'parsed';
}

function readText(input: ParseInput, doc: EcsFields): ParseOutcome {
  const head = SAV.exec(input.text);
  if (head === null) return 'rejected';
  const text = input.text.slice(head[0].length).trim();
  const time = parseDate(`${head[1]}T${head[2]}`, input);
  if (time === undefined) return 'rejected';
  putDate(doc, '@timestamp', time);
  doc['message'] = text;
  const known = SENTENCES.read(doc, text);
  if (!known) categorise(doc, WHAT.hostInfo);
  const user = /^User \(([^)]{1,128})\)/.exec(text);
  if (user !== null && doc['user.name'] === undefined) putAccount(doc, 'user', user[1]);
  return known ? 'parsed' : 'partial';
}

/** Sophos Anti-Virus 4 to 9 for UNIX and Linux, 9 and 10 for Windows. */
export default defineSource({
  id: 'sophos.antivirus',
  signatures: [
    { kind: 'text', prefix: '<log><category>', literals: ['</category>', '<msg>'] },
    ...[
      'on-access scanning',
      "Scan '",
      'Using detection data version ',
      "Virus/spyware '",
      "Virus '",
      "Adware or PUA '",
      "Suspicious file '",
      "virus/spyware '",
      'Access was denied to location "',
      'On-access scanning ',
    ].map((words) => ({
      kind: 'text' as const,
      literals: [words],
      test: ({ text }: ParseInput) => SAV.test(text),
    })),
  ],
  parse(input, doc) {
    const fields: EcsFields = {};
    const outcome = input.text.trimStart().startsWith('<') ? readXml(input, fields) : readText(input, fields);
    if (outcome === 'rejected') return outcome;
    Object.assign(doc, fields);
    doc['observer.vendor'] = 'Sophos';
    doc['observer.product'] = 'Anti-Virus';
    return outcome;
  },
});

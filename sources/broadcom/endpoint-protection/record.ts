import { parseCsv } from '../../kit/csv.ts';

/** A record of the management server's external logging, its columns apart. */
export interface SepRecord {
  /** Columns written as `Label: value`, by label in lower case, spellings of one thing under one name. */
  readonly labelled: ReadonlyMap<string, string>;
  /** Columns without a label, in their order. */
  readonly bare: readonly string[];
  /** Time and severity in front, where logs are exported to a file. */
  readonly time?: string;
  readonly severity?: string;
}

/** Labels of Broadcom's article TECH171741; earlier versions spell some of them differently. */
const LABELS: Readonly<Record<string, string>> = {
  'action type': 'action type',
  action: 'action',
  'actual action': 'actual action',
  admin: 'admin',
  'allowed application reason': 'allowed reason',
  'application hash': 'application hash',
  'application name': 'application name',
  'application type': 'application type',
  'application version': 'application version',
  application: 'application',
  begin: 'begin',
  category: 'category',
  'category set': 'category set',
  'category type': 'category type',
  'certificate issuer': 'certificate issuer',
  'certificate serial number': 'certificate serial number',
  'certificate signer': 'certificate signer',
  'certificate thumbprint': 'certificate thumbprint',
  'cids signature id': 'signature id',
  'cids signature string': 'signature',
  'cids signature subid': 'signature subid',
  'coh engine version': 'coh engine version',
  command: 'command',
  'company name': 'company name',
  computer: 'computer',
  'computer name': 'computer',
  confidence: 'confidence',
  description: 'description',
  'detection score': 'detection score',
  'detection source': 'detection source',
  'detection type': 'detection type',
  'device id': 'device id',
  disposition: 'disposition',
  domain: 'domain',
  'domain name': 'domain',
  'download site': 'download site',
  'downloaded by': 'downloaded by',
  'duration (seconds)': 'duration',
  end: 'end',
  'end time': 'end',
  'event description': 'event description',
  'event insert time': 'inserted',
  'event time': 'event time',
  'event type': 'event type',
  'file path': 'file path',
  'file size (bytes)': 'file size',
  'first seen': 'first seen',
  group: 'group',
  'group name': 'group',
  'hash type': 'hash type',
  infected: 'infected',
  inserted: 'inserted',
  'intensive protection level': 'protection level',
  'intrusion id': 'intrusion id',
  'intrusion payload url': 'payload url',
  'intrusion url': 'intrusion url',
  'ip address': 'ip address',
  'last update time': 'last update time',
  local: 'local host ip',
  'local host': 'local host ip',
  'local host ip': 'local host ip',
  'local host mac': 'local host mac',
  'local port': 'local port',
  location: 'location',
  'md-5': 'md5',
  occurrences: 'occurrences',
  omitted: 'omitted',
  'permitted application reason': 'allowed reason',
  prevalence: 'prevalence',
  remote: 'remote host ip',
  'remote host ip': 'remote host ip',
  'remote host mac': 'remote host mac',
  'remote host name': 'remote host name',
  'remote port': 'remote port',
  'requested action': 'requested action',
  'risk level': 'risk level',
  'risk name': 'risk name',
  rule: 'rule',
  'scan id': 'scan id',
  'secondary action': 'secondary action',
  sensitivity: 'sensitivity',
  server: 'server',
  'server name': 'server',
  'sha-256': 'sha256',
  'signing timestamp': 'signing timestamp',
  site: 'site',
  source: 'source',
  'source computer': 'source computer',
  'source computer ip': 'source ip',
  'source computer name': 'source computer',
  'source ip': 'source ip',
  threats: 'threats',
  'total files': 'total files',
  'url category': 'url category',
  'url risk': 'url risk',
  'url tracking status': 'url tracking',
  user: 'user',
  'user name': 'user',
  user1: 'user',
  user2: 'user2',
  'web domain': 'web domain',
}; // prettier-ignore

const MAX_LABEL = 32;
const MAX_COLUMNS = 120;
const DUMP_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const SEVERITIES = /^(?:All|Info|Information|Warning|Error|Critical|Fatal|Major|Minor)$/i;
/** Texts by which a column says that it has no value. */
const NOTHING = /^(?:|-|none|N\/A|No Module Name)$/i;

/** Splits a record; a column whose label the documentation does not know is bare. */
export function readRecord(text: string): SepRecord {
  const columns = parseCsv(text.trim(), { limit: MAX_COLUMNS });
  const labelled = new Map<string, string>();
  const bare: string[] = [];
  let time: string | undefined;
  let severity: string | undefined;
  for (const [i, column] of columns.entries()) {
    const value = column.trim();
    if (i === 0 && DUMP_TIME.test(value)) time = value;
    else if (i === 1 && time !== undefined && SEVERITIES.test(value)) severity = value;
    else {
      const colon = value.indexOf(':');
      const name = colon > 0 && colon <= MAX_LABEL ? value.slice(0, colon).trim().toLowerCase() : '';
      const label = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
      if (label === undefined) bare.push(value);
      else {
        const stated = value.slice(colon + 1).trim();
        if (!labelled.has(label) && !NOTHING.test(stated)) labelled.set(label, stated);
      }
    }
  }
  return {
    labelled,
    bare,
    ...(time === undefined ? {} : { time }),
    ...(severity === undefined ? {} : { severity }),
  };
}

/** Whether a value of a bare column says something. */
export function stated(value: string | undefined): string | undefined {
  return value === undefined || NOTHING.test(value) ? undefined : value;
}

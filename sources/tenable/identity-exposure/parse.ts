import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';

const VENDOR = 'tenable.identity-exposure.';
/** `"0" "12" "forest" "domain" "` */
const BEGINNING = /^"[012]" +"\d{1,10}" +"[^"]{1,255}" +"[^"]{1,255}" +"/;
const MAX_COLUMNS = 200;
const NONE = 'Unknown';

/** Columns by position, and attributes by name. A value may hold quotes, but never two with blanks between. */
interface Columns {
  readonly columns: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
}

function read(text: string): Columns {
  const columns: string[] = [];
  const attributes = new Map<string, string>();
  const parts = text
    .trim()
    .slice(1)
    .replace(/"$/, '')
    .split(/" {1,8}"/, MAX_COLUMNS);
  for (const part of parts) {
    const equals = part.indexOf('"="');
    if (equals > 0) attributes.set(part.slice(0, equals), part.slice(equals + 3));
    else if (attributes.size === 0) columns.push(part);
  }
  return { columns, attributes };
}

function known(value: string | undefined): string | undefined {
  return value === undefined || value === NONE || value === '' ? undefined : value;
}

function putDeviance(doc: EcsFields, columns: readonly string[]): void {
  doc['event.dataset'] = 'tenable.identity-exposure.deviance';
  doc['event.kind'] = 'alert';
  put(doc, 'rule.id', columns[4]);
  put(doc, 'log.level', columns[5]);
  put(doc, `${VENDOR}object`, columns[6]);
  put(doc, `${VENDOR}devianceId`, columns[7]);
  put(doc, `${VENDOR}profileId`, columns[8]);
  put(doc, 'event.reason', columns[9]);
  put(doc, 'event.id', columns[10]);
  categorise(doc, {
    category: ['iam', 'vulnerability'],
    type: ['info'],
    action: 'deviance',
    outcome: 'success',
  });
}

function putChange(doc: EcsFields, columns: readonly string[]): void {
  doc['event.dataset'] = 'tenable.identity-exposure.change';
  put(doc, `${VENDOR}object`, columns[4]);
  put(doc, 'event.id', columns[5]);
  const kind = columns[6] ?? '';
  const what = /new/i.test(kind)
    ? WHAT.configurationCreated
    : /delet|remov/i.test(kind)
      ? WHAT.configurationDeleted
      : WHAT.configurationChanged;
  categorise(doc, { ...what, action: kind === '' ? undefined : kind, outcome: 'success' });
}

function putAttack(
  doc: EcsFields,
  columns: readonly string[],
  attributes: ReadonlyMap<string, string>,
): void {
  doc['event.dataset'] = 'tenable.identity-exposure.attack';
  doc['event.kind'] = 'alert';
  put(doc, 'rule.name', columns[4]);
  put(doc, 'log.level', columns[5]);
  categorise(doc, { ...WHAT.intrusion, action: columns[4] });
  // The same pair stands in columns and attributes; the attributes say which is which.
  putEndpoint(doc, 'source', known(attributes.get('source_ip')));
  put(doc, 'source.domain', known(attributes.get('source_hostname')));
  putEndpoint(doc, 'destination', known(attributes.get('dc_ip')));
  put(doc, 'destination.domain', known(attributes.get('dc_name')));
  put(doc, 'user.name', known(attributes.get('user')));
}

function parse({ text }: ParseInput, doc: EcsFields): ParseOutcome {
  if (!BEGINNING.test(text)) return 'rejected';
  const { columns, attributes } = read(text);
  if (columns.length < 6) return 'rejected';
  for (const [name, value] of attributes) if (value !== '') doc[VENDOR + name] = value;
  put(doc, `${VENDOR}alertId`, columns[1]);
  put(doc, `${VENDOR}forest`, columns[2]);
  put(doc, `${VENDOR}domain`, columns[3]);
  doc['service.name'] = 'active directory';
  doc['service.type'] = 'ldap';
  putObserver(doc, { vendor: 'Tenable', product: 'Identity Exposure' });
  if (columns[0] === '0') putDeviance(doc, columns);
  else if (columns[0] === '1') putChange(doc, columns);
  else putAttack(doc, columns, attributes);

  // The account that a deviance is about, by its common name, without the remark behind it.
  const cn =
    attributes.get('UserCn') ??
    (/OU=Users|CN=Users/i.test(columns[6] ?? '') ? attributes.get('Cn') : undefined);
  if (columns[0] === '0' && cn !== undefined) {
    const remark = cn.indexOf(' (');
    put(doc, 'user.name', remark > 0 ? cn.slice(0, remark) : cn);
    put(doc, 'user.domain', attributes.get('UserDomain'));
  }
  return 'parsed';
}

/** Syslog of Tenable Identity Exposure: `0` a deviance, `1` a change, `2` an attack. */
export default defineSource({
  id: 'tenable.identity-exposure',
  signatures: [
    {
      kind: 'app',
      names: ['SyslogTenableAd', 'TenableAd', 'AlsidForAD'],
      test: ({ text }) => BEGINNING.test(text),
    },
    { kind: 'text', prefix: '"0" ', test: ({ text }) => BEGINNING.test(text) },
    { kind: 'text', prefix: '"1" ', test: ({ text }) => BEGINNING.test(text) },
    { kind: 'text', prefix: '"2" ', test: ({ text }) => BEGINNING.test(text) },
  ],
  parse,
});

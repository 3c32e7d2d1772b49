import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'fortinet.fortiweb.';

/** Keys of the log reference's "Header & body fields". */
const TABLE = fieldTable(
  VENDOR,
  `
  date                @timestamp                  own
  time                @timestamp                  own
  timezone            event.timezone              own
  eventtime           @timestamp                  own
  log_id              event.code                  text
  msg_id              event.id                    text
  device_id           observer.serial_number      text
  devname             observer.name               text
  type                event.dataset               own
  pri                 log.level                   lower
  proto               network.transport           transport
  service             network.protocol            own
  action              event.action                lower
  policy              rule.ruleset                text
  src                 source                      side
  src_port            source.port                 port?
  original_src        network.forwarded_ip        ip
  dst                 destination                 side
  dst_port            destination.port            port?
  srccountry          source.geo.country_name     text
  original_srccountry fortinet.fortiweb.original_srccountry  text
  http_method         http.request.method         own
  http_url            url                         own
  http_host           url.domain                  own
  http_agent          user_agent.original         text
  http_refer          http.request.referrer       text
  http_version        http.version                own
  http_retcode        http.response.status_code   long
  http_request_bytes  http.request.bytes          long
  http_response_bytes http.response.bytes         long
  http_session_id     fortinet.fortiweb.http_session_id  text
  user_name           user                        account
  user                user                        account
  main_type           rule.category               text
  sub_type            rule.name                   text
  signature_id        rule.id                     text
  signature_subclass  fortinet.fortiweb.signature_subclass  text
  signature_cve_id    vulnerability.id            text
  cipher_suite        tls.cipher                  text
  msg                 message                     text
  status              event.outcome               own
  reason              event.reason                text
`,
);

/** CEF's keys for the native ones, by the reference's section on CEF. */
const FROM_CEF: Readonly<Record<string, string>> = {
  src: 'src',
  spt: 'src_port',
  dst: 'dst',
  dpt: 'dst_port',
  act: 'action',
  requestMethod: 'http_method',
  request: 'http_url',
  dhost: 'http_host',
  requestClientApplication: 'http_agent',
  app: 'service',
  suser: 'user_name',
  msg: 'msg',
  proto: 'proto',
};

function readCef(text: string): Pairs | undefined {
  const cef = parseCef(text);
  if (cef === undefined || cef.vendor !== 'Fortinet' || !/fortiweb/i.test(cef.product)) return undefined;
  const pairs: Pairs = new Map();
  for (const [key, value] of cef.extension) {
    const bare = key.startsWith('FTNTFWB') || key.startsWith('FTNTFGT') ? key.slice(7) : key;
    pairs.set(Object.hasOwn(FROM_CEF, bare) ? FROM_CEF[bare]! : bare, value);
  }
  if (!pairs.has('log_id')) pairs.set('log_id', cef.signatureId);
  if (!pairs.has('type')) pairs.set('type', (cef.extension.get('cat') ?? cef.name).toLowerCase());
  return pairs;
}

const OFFSET = /\(?GMT([+-]\d{1,2}):?(\d{2})\)?/;

function timeOf(pairs: Pairs, input: ParseInput): number | undefined {
  const date = pairs.get('date');
  const time = pairs.get('time');
  if (date === undefined || time === undefined) return undefined;
  const offset = OFFSET.exec(pairs.get('timezone') ?? '');
  const hours = offset?.[1];
  const zone = hours === undefined ? '' : `${hours[0]}${hours.slice(1).padStart(2, '0')}:${offset![2]!}`;
  return parseDate(`${date}T${time}${zone}`, input);
}

function meaningOf(type: string, pairs: Pairs): Categorisation {
  const action = pairs.get('action')?.toLowerCase() ?? '';
  if (type === 'attack') {
    // `Alert_Deny`, `Deny_no_log`, `Block_Period`, `Redirect`; `Alert` lets the request through.
    const stopped = /deny|block|redirect|erase|rejected|captcha/.test(action);
    return {
      category: ['network', 'web', 'intrusion_detection'],
      type: [stopped ? 'denied' : 'allowed', 'info'],
    };
  }
  if (type === 'traffic') {
    const status = toLong(pairs.get('http_retcode'));
    const verdict = verdictOf(action);
    return {
      ...WHAT.proxyRequest,
      type: verdict === undefined ? ['access', 'connection'] : ['access', 'connection', verdict],
      outcome: status === undefined ? outcomeOf(pairs.get('status')) : status < 400 ? 'success' : 'failure',
    };
  }
  const outcome = outcomeOf(pairs.get('status'));
  if (action === 'login') return { ...WHAT.login, outcome };
  if (action === 'logout') return { ...WHAT.logout, outcome };
  if (/^(?:add|create|clone)/.test(action)) return { ...WHAT.configurationCreated, outcome };
  if (/^(?:delete|remove)/.test(action)) return { ...WHAT.configurationDeleted, outcome };
  if (/^(?:edit|set|update|modify|move|rename|import|restore)/.test(action))
    return { ...WHAT.configurationChanged, outcome };
  return { ...WHAT.hostInfo, outcome };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = input.text.includes('CEF:') ? readCef(input.text) : parseKeyValue(input.text);
  const type = pairs?.get('type');
  if (pairs === undefined || type === undefined || !pairs.has('log_id')) return 'rejected';
  for (const [key, value] of pairs)
    if (value !== '' && value !== 'N/A' && value !== 'none') TABLE.put(doc, key, value);
  doc['event.dataset'] = `fortinet.fortiweb.${/^(?:attack|traffic|event)$/.test(type) ? type : 'other'}`;
  putDate(doc, '@timestamp', timeOf(pairs, input));
  putObserver(doc, { vendor: 'Fortinet', product: 'FortiWeb', type: 'waf' });
  put(
    doc,
    'http.request.method',
    pairs
      .get('http_method')
      ?.toUpperCase()
      .replace(/^(?:NONE|N\/A)$/, ''),
  );
  const version = pairs.get('http_version');
  // `1.x` says neither 1.0 nor 1.1.
  if (version !== undefined && /^(?:HTTP\/)?\d(?:\.\d)?$/i.test(version))
    put(doc, 'http.version', version.replace(/^HTTP\//i, ''));
  const url = pairs.get('http_url');
  const host = pairs.get('http_host');
  if (url !== undefined && url !== 'none' && url !== '') putUrl(doc, url);
  if (host !== undefined && host !== 'none' && host !== '')
    completeUrl(doc, host, /https|tls/i.test(pairs.get('service') ?? '') ? 'https' : 'http');
  const service = pairs.get('service');
  // `https/tls1.2`
  if (service !== undefined) put(doc, 'network.protocol', service.split('/')[0]!.toLowerCase());
  const via = /^(?:GUI|ssh|telnet|console)?\(?([0-9a-fA-F.:]{7,45})\)?$/.exec(pairs.get('ui') ?? '')?.[1];
  const from = via ?? /from \w{2,10}\(([0-9a-fA-F.:]{7,45})\)/.exec(pairs.get('msg') ?? '')?.[1];
  const ip = from === undefined ? undefined : parseIp(from);
  if (type === 'event' && ip !== undefined && doc['source.ip'] === undefined) {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  }
  putTotals(doc);
  categorise(doc, meaningOf(type, pairs));
  if (type === 'attack') doc['event.kind'] = 'alert';
  return /^(?:attack|traffic|event)$/.test(type) ? 'parsed' : 'partial';
}

/** FortiWeb's own key=value form, and CEF. */
export default defineSource({
  id: 'fortinet.fortiweb',
  signatures: [
    { kind: 'text', literals: [' device_id=FV', ' msg_id=', ' log_id='] },
    { kind: 'text', literals: [' device_id=FV', 'log_id='] },
    { kind: 'text', literals: ['CEF:', '|Fortinet|FortiWeb'] },
    { kind: 'text', literals: ['CEF:', '|Fortinet|Fortiweb'] },
  ],
  parse,
});

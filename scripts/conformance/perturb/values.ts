import type { EcsFields, EcsScalar, EcsValue } from '@vigie/contracts';
import { domainParts } from '../../../sources/kit/domain.ts';
import { parseIp } from '../../../sources/kit/ip.ts';
import { isMeaningful } from '../../../sources/kit/swap.ts';
import { hashOf } from './random.ts';
import { Clock } from './times.ts';

const USER_FIELD =
  /(?:^|\.)user\.(?:target\.|effective\.|changes\.)?(?:name|email)$|^related\.user$|^email\..*address$/;
const HOST_FIELD =
  /^(?:host|observer)\.(?:name|hostname)$|(?:^|\.)domain$|^related\.hosts$|^log\.hostname$|^dns\.question\.name$|^url\.domain$/;
const FILE_FIELD = /^file\.(?:name|path)$/;
const PORT_FIELD = /^(?:source|destination|client|server)\.(?:nat\.)?port$/;
/** Fields whose values are words of the product: the same word elsewhere must not be torn out. */
const WORDS =
  /^(?:event|observer\.(?:vendor|product|type)|network|log\.(?:level|logger|syslog\.appname)|rule|process|service|cloud|organization|group|registry|threat|vulnerability|package|http|dns\.type|url\.scheme|file\.type|user\.roles|user_agent|host\.os)\b/;
/** Makers and services that a log names by itself, in words that are also labels of domains. */
const VENDORS =
  /^(?:google\w*|gmail|gserviceaccount|microsoft\w*|windows\w*|azure\w*|amazon\w*|aws\w*|office\w*|outlook|onmicrosoft|sharepoint|live|github\w*|gitlab|okta\w*|duo\w*|cloud\w*|crowdstrike|falcon|sentinelone|trend\w*|sophos|cisco|umbrella|opendns|forti\w*|checkpoint|palo\w*|zscaler|netskope|proofpoint|mimecast|vade\w*|salesforce|force|lockself|jumpcloud|onepassword|1password|vmware|vsphere|esx\w*|vcenter|veeam|wallix|ubika|sekoia|mail\w*|smtp|imap|www|web|api|app|auth|login|sso|vpn|dns|corp|local\w*|lan|home|internal|intranet|domain|workgroup|company|nt|authority|builtin|security|system|example|com|net|org|fr|eu|io|gov|edu|in-addr|arpa|ip6|apache|nginx|squid|gateway|portal|service\w*|server|host|client|user|users|data|static|cdn|info|test|demo|prod|dev|admin\w*|support|the|and|for|not|with|from|file|files|doc\w*|image|index|default|public|private|update\w*|download\w*)$/i;

const GUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const MAC =
  '(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![:\\w-])|(?:[0-9a-fA-F]{4}\\.){2}[0-9a-fA-F]{4}(?![\\w.])';
const DIGEST =
  '(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9A-F]{128}|[0-9A-F]{64}|[0-9A-F]{40}|[0-9A-F]{32})(?![0-9a-zA-Z])';
const SID = 'S-1-5-21(?:-\\d{3,10}){3,4}';
/** The version of a browser may look like an address. */
const AGENT = '(?<![\\w.]|(?:Chrome|Edge?|OPR|Firefox|Safari|Version|Client|Agent|v|version)[/ ])';
const V6 = '(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\\w:.])';
const V4 = '(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\d.]*\\d)';
const SHAPES = `(?<!-)(?<guid>${GUID})|(?<![:-])(?<mac>${MAC})|(?<digest>${DIGEST})|(?<sid>${SID})|(?<!:)(?<v6>${V6})|(?<v4>${V4})`;

const LABELS = ['kelvor', 'osmund', 'tarn', 'vexby', 'brisel', 'quint', 'norhald', 'ulmen'] as const;
const PEOPLE = [
  'm.dubral',
  'svc_relko',
  'yhoffen',
  'a-stroem',
  'tvisser2',
  'ines.k',
  'OKLARSEN',
  'p0427',
] as const;
const MACHINES = ['pc-4471', 'SRVX09', 'lt-okuma-3', 'node17b', 'fr2-db01', 'WKS-NIEL'] as const;
const FILES = ['quarterly_v3', 'kx81', 'Notes-final', 'rdm', 'lib.tmp7', 'Facture_2'] as const;

/**
 * Other values in the places of a log's own: addresses, names, machines, accounts, identifiers, ports, files and
 * times. The same value always becomes the same other one, in the log as in the document that is expected of it.
 */
export class Substitution {
  readonly #names = new Map<string, string>();
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #pattern: RegExp;

  /**
   * @param raw the log
   * @param documents what it says, flat: the expected document and the one that we read
   */
  constructor(raw: string, documents: readonly EcsFields[], seed: number) {
    this.#seed = seed;
    const words = new Set<string>();
    const instants: string[] = [];
    for (const document of documents)
      for (const [field, value] of Object.entries(document))
        for (const item of listOf(value)) {
          if (WORDS.test(field))
            for (const word of [String(item), ...String(item).split(/[^\w-]+/)]) words.add(word);
          if (typeof item === 'string' && /^\d{4}-\d\d-\d\dT/.test(item)) instants.push(item);
        }
    this.#clock = new Clock(instants, 3 + (hashOf('weeks', seed) % 47));
    const fixed = (name: string): boolean =>
      name.length < 3 || VENDORS.test(name) || isMeaningful(name) || words.has(name) || isKey(raw, name);
    for (const document of documents)
      for (const [field, value] of Object.entries(document))
        for (const item of listOf(value)) this.#learn(raw, field, item, fixed);
    const names = [...this.#names.keys()].sort((a, b) => b.length - a.length).map(literally);
    const named = names.length === 0 ? '' : `|(?<![\\w-])(?<name>${names.join('|')})(?![\\w-])`;
    this.#pattern = new RegExp(`${AGENT}(?:${SHAPES})${named}`, 'g');
  }

  /** How many names (not shapes) are swapped. */
  get names(): number {
    return this.#names.size;
  }

  #learn(raw: string, field: string, item: EcsScalar, fixed: (name: string) => boolean): void {
    const text = String(item);
    const add = (name: string, options: readonly string[], join = (stem: string) => stem): void => {
      if (this.#names.has(name) || fixed(name)) return;
      // A value that no whole word of the log is was put together from others.
      if (!new RegExp(`(?<![\\w-])${literally(name)}(?![\\w-])`).test(raw)) return;
      const taken = new Set(this.#names.values());
      const start = hashOf(name.toLowerCase(), this.#seed);
      for (let i = 0; i < options.length; i++) {
        const option = join(options[(start + i) % options.length]!);
        if (taken.has(option) || raw.includes(option)) continue;
        this.#names.set(name, likeIn(name, option));
        return;
      }
    };
    if (PORT_FIELD.test(field) && typeof item === 'number' && item > 1023 && raw.split(text).length <= 3)
      add(text, ['49877', '50613', '33019', '61003', '52144']);
    else if (USER_FIELD.test(field)) {
      const at = text.indexOf('@');
      const backslash = text.lastIndexOf('\\');
      const person = text.slice(backslash + 1, at < 0 ? undefined : at);
      if (/^[a-z][\w.-]{2,40}$/i.test(person)) add(person, PEOPLE);
      if (at > 0) this.#learnDomain(text.slice(at + 1), add);
    } else if (HOST_FIELD.test(field) && parseIp(text) === undefined) this.#learnDomain(text, add);
    else if (FILE_FIELD.test(field)) {
      const found = /([^\\/]+?)(\.[a-z0-9]{1,5})?$/i.exec(text);
      if (found !== null && /^[\w. -]{4,60}$/.test(found[1]!)) add(found[1]!, FILES);
    }
  }

  #learnDomain(text: string, add: (name: string, options: readonly string[]) => void): void {
    if (!/^[\w-]+(?:\.[\w-]+)*$/.test(text) || /^\d+$/.test(text)) return;
    const labels = text.split('.');
    if (labels.length === 1) add(text, MACHINES);
    else {
      const parts = domainParts(text);
      const own =
        parts === undefined ? labels.slice(0, -1) : labels.slice(0, -parts.topLevel.split('.').length);
      for (const label of own)
        if (!/^\d+$/.test(label))
          add(label, own.length > 1 && label === own[0] && /\d|-/.test(label) ? MACHINES : LABELS);
    }
  }

  /** The text with other values. */
  text(text: string): string {
    const swapped = text.replace(this.#pattern, (whole: string, ...rest: unknown[]) => {
      const { guid, mac, digest, sid, v6, v4, name } = rest.at(-1) as Record<string, string | undefined>;
      if (name !== undefined) return this.#names.get(name) ?? whole;
      if (mac !== undefined) return this.#hex(whole, 4);
      if (guid !== undefined || digest !== undefined) return this.#hex(whole, 0);
      if (sid !== undefined) return this.#digits(whole, 8);
      if (v6 !== undefined) return this.#v6(whole);
      return v4 === undefined ? whole : this.#v4(whole);
    });
    return this.#clock.move(swapped);
  }

  /** A document with the same other values; numbers stay numbers. */
  document(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) return value;
      return Number(this.text(String(value)));
    }
    if (Array.isArray(value)) return value.map((item) => this.document(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.document(item)]));
  }

  /** Other digits for the hexadecimal ones behind the first `keep`; marks and case stay. */
  #hex(text: string, keep: number): string {
    const bare = text.replace(/[^0-9a-f]/gi, '').toLowerCase();
    // All the same digit says "none" or "all".
    if (/^(.)\1*$/.test(bare) || /^0+[0-9a-f]?$/.test(bare)) return text;
    let n = 0;
    return text.replace(/[0-9a-f]/gi, (digit) => {
      if (n++ < keep) return digit;
      const other = (
        (Number.parseInt(digit, 16) + (hashOf(`${bare}${n}`, this.#seed) % 15) + 1) %
        16
      ).toString(16);
      return /[A-F]/.test(text) ? other.toUpperCase() : other;
    });
  }

  #digits(text: string, keep: number): string {
    return (
      text.slice(0, keep) +
      text
        .slice(keep)
        .replace(/\d+/g, (part) =>
          part.length < 5
            ? part
            : String((hashOf(part, this.#seed) % (9 * 10 ** (part.length - 1))) + 10 ** (part.length - 1)),
        )
    );
  }

  #v4(text: string): string {
    if (parseIp(text) === undefined) return text;
    const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number];
    if (a === 0 || a === 127 || a >= 224 || (a === 169 && b === 254) || text === '8.8.8.8') return text;
    const hash = hashOf(text, this.#seed);
    const network = hashOf(`${a}.${b}.${c}`, this.#seed);
    // What ends in 0 or 255 is a network or its broadcast address.
    const last = d === 0 || d === 255 ? d : 1 + (hash % 253);
    if (a === 10) return `10.${network % 250}.${(network >>> 8) % 250}.${last}`;
    if (a === 192 && b === 168) return `192.168.${network % 250}.${last}`;
    if (a === 172 && b >= 16 && b < 32) return `172.${16 + (network % 16)}.${(network >>> 8) % 250}.${last}`;
    return `${[45, 91, 163, 188, 203][network % 5]}.${100 + ((network >>> 4) % 150)}.${(network >>> 12) % 250}.${last}`;
  }

  #v6(text: string): string {
    const canonical = parseIp(text);
    if (
      canonical === undefined ||
      canonical.length < 8 ||
      /^(?:::|f[ef])/i.test(canonical) ||
      canonical.includes('.')
    )
      return text;
    const hash = hashOf(canonical, this.#seed);
    return `2a0${1 + (hash % 8)}:${(0x1000 + (hash % 0xefff)).toString(16)}::${(1 + ((hash >>> 8) % 0xfffe)).toString(16)}`;
  }
}

function listOf(value: EcsValue): readonly EcsScalar[] {
  return Array.isArray(value) ? value : [value];
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** A key of JSON or of a pair, or the name of an element, is no value. */
function isKey(raw: string, name: string): boolean {
  return [`"${name}":`, `"${name}" :`, `\\"${name}\\":`, `${name}=`, `<${name}>`, `<${name} `].some((key) =>
    raw.includes(key),
  );
}

/** In capitals where the other is. */
function likeIn(name: string, option: string): string {
  return name === name.toUpperCase() && /[A-Z]{2}/.test(name) ? option.toUpperCase() : option;
}

/** `%FACILITY-SEVERITY-MNEMONIC: text`, as IOS, IOS XE, IOS XR and NX-OS write it. */
export interface Tag {
  /** With its sub-facility: `SYS`, `IP-TCP`, `CARD-SEVERITY`. */
  readonly facility: string;
  /** 0 (emergency) to 7 (debugging). */
  readonly severity: number;
  readonly mnemonic: string;
  /** Where the tag begins in the text. */
  readonly at: number;
  /** Where the message begins. */
  readonly end: number;
}

const TAG =
  /%([A-Z][A-Z0-9_]{0,40}(?:-[A-Z][A-Z0-9_]{0,40}){0,3})-([0-7])-([0-9_]{0,8}[A-Za-z][A-Za-z0-9_]{0,60}) ?: ?/g;
/** What is further inside a text is quoted there. */
const FURTHEST = 400;

/** Finds the tag of a message; `undefined` where there is none near the beginning. */
export function findTag(text: string): Tag | undefined {
  TAG.lastIndex = 0;
  const match = TAG.exec(text.length > FURTHEST + 256 ? text.slice(0, FURTHEST + 256) : text);
  if (match === null || match.index > FURTHEST) return undefined;
  return {
    facility: match[1]!,
    severity: match[2]!.charCodeAt(0) - 48,
    mnemonic: match[3]!,
    at: match.index,
    end: match.index + match[0].length,
  };
}

/** A tag that a relay has taken for the application's name: `%SYS-5-CONFIG_I`. */
export function tagOfApp(app: string): Omit<Tag, 'at' | 'end'> | undefined {
  const found = app.startsWith('%') ? findTag(`${app}:`) : undefined;
  return found?.at === 0 ? found : undefined;
}

/** Facilities that only NX-OS has. */
const NEXUS = new Set([
  'ETHPORT',
  'ETHPM',
  'ETH_PORT_CHANNEL',
  'ETH_PORT_SEC',
  'VSHD',
  'VPC',
  'SYSMGR',
  'SYSMGR-STANDBY',
  'FEATURE-MGR',
  'AUTHPRIV',
  'DAEMON',
  'USER',
  'KERN',
  'LOCAL7',
  'PFMA',
  'NOHMS',
  'ASCII-CFG',
  'CALLHOME',
  'SECURITYD',
  'ACLLOG',
  'URIB',
  'L2FM',
  'FWM',
  'AAA_ACCOUNTING_MESSAGE',
  'IM',
  'PLATFORM_FORWARDING',
]);

/** The operating system, as far as a message alone tells. */
export function systemOf(tag: Pick<Tag, 'facility' | 'mnemonic'>, yearFirst: boolean, node: boolean): string {
  if (node) return 'IOS XR';
  if (yearFirst || NEXUS.has(tag.facility) || tag.mnemonic === 'AAA_ACCOUNTING_MESSAGE') return 'NX-OS';
  return 'ios';
}

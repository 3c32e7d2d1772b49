import { type Categorisation, WHAT } from '../../kit/categorise.ts';

interface Known {
  readonly what: Categorisation;
  /** The product says that something is wrong. */
  readonly alert?: true;
}

const alert = (what: Categorisation): Known => ({ what, alert: true });
const event = (what: Categorisation): Known => ({ what });

const DENIED = 'denied' as const;

/**
 * What the types of events mean, by the words that they are made of (`Event::Endpoint::Threat::CleanedUp`): the first
 * that fits. Sophos adds types with each product; their names keep to these words.
 */
const TYPES: readonly (readonly [RegExp, Known])[] = [
  [
    /Threat::.*(?:CleanupFailed|NotCleaned|Failed)|CoreCleanFailed/,
    alert({ ...WHAT.malware, outcome: 'failure' }),
  ],
  [
    /(?:Clean(?:edUp|ed|)|Restored|Dismissed|CoreOutbreakCleaned)$/,
    alert({ ...WHAT.malware, outcome: 'success' }),
  ],
  [
    /::Threat::|CoreDetection|CorePua|CoreSystem|CoreReboot|Malware|Virus|Amsi|SavScan.*Threat/,
    alert(WHAT.malware),
  ],
  [/Hmpa|Exploit|Cryptoguard|CryptoGuard|Ransom|Rollback|Lockdown/, alert(WHAT.intrusion)],
  [/Ips|ATP|Atp|Heartbeat|Traffic::Malicious|Mtd/, alert(WHAT.networkIntrusion)],
  [
    /Web(?:Control|Filtering).*(?:Block|Violation)/,
    event({ category: ['network', 'web'], type: ['access', DENIED] }),
  ],
  [/Web(?:Control|Filtering)/, event(WHAT.proxyRequest)],
  [/Application.*Block/, event({ category: ['process'], type: ['start', DENIED] })],
  [/Application.*Allow/, event({ category: ['process'], type: ['start', 'allowed'] })],
  [/Application/, event({ category: ['process'], type: ['start'] })],
  [/DataLossPrevention.*Block/, event({ category: ['file'], type: ['access', DENIED] })],
  [/DataLossPrevention/, event({ category: ['file'], type: ['access'] })],
  [/Device::.*(?:Block|Restrict|ReadOnly)/, event({ category: ['host'], type: ['access', DENIED] })],
  [/Device::/, event({ category: ['host'], type: ['access'] })],
  [/Update(?:Fail|Error)|OutOfDate/, event({ category: ['package'], type: ['change'], outcome: 'failure' })],
  [/Update/, event({ category: ['package'], type: ['change'], outcome: 'success' })],
  [/User(?:AutoCreated|Created)/, event(WHAT.userCreated)],
  [/User(?:Deleted|Removed)/, event(WHAT.userDeleted)],
  [/ADSync|AdSync|Directory|User/, event({ category: ['iam'], type: ['user', 'info'] })],
  [/Polic|Compliance|NonCompliant/, event({ category: ['configuration'], type: ['info'] })],
  [/Email|Smtp|Phish/, event(WHAT.mail)],
  [/Registered|ReRegistered|Enrolled/, event({ category: ['host'], type: ['creation'] })],
  [
    /Disabled|NotRunning|Stopped|NotProtected|Uninstall|Lost|Unreachable|Failure|Failed/,
    event(WHAT.hostError),
  ],
];

/** What an event of a type is; `undefined` where none of its words is known. */
export function meaningOf(type: string): Known | undefined {
  const name = type.slice(0, 200);
  return (
    TYPES.find(([words]) => words.test(name))?.[1] ??
    (/^Event::Endpoint::/.test(name) ? event(WHAT.hostInfo) : undefined)
  );
}

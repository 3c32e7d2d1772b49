import { type Categorisation, type EventType, WHAT } from '../../kit/categorise.ts';
import { verdictOf } from '../../kit/verdict.ts';

/** What a log means: the words of ECS, and whether the device raises an alarm with it. */
export interface Meaning {
  readonly what: Categorisation;
  readonly alert?: boolean;
}

const THREAT = /^(?:IPS|ATCKDF|ATK|ATTACK|SECATTACK|CNC|BOTNET|WORM|TROJAN|DDOS|AAPT|SEC)$/;
const CONTENT = /^(?:URL|URLFILTER|FILE|FILEBLOCK|DLP|CONTENT|DATAFILTER|UAR|APPCTL|DNSFILTER|MAIL|RBL)$/;
const LOGIN = /LOG(?:ON|IN)|AUTHEN|AUTHENTICATION|USER_ACCESS|USERACCESS|ACCESSRESULT/;

const login = (failed: boolean | undefined): Meaning => ({
  what: {
    ...WHAT.login,
    action: 'login',
    ...(failed === undefined ? {} : { outcome: failed ? 'failure' : 'success' }),
  },
});

/** Words of failure in a mnemonic or a sentence. */
const FAILED = /FAIL|REJECT|DENY|DENIED|UNAUTH|INVALID|LOCK|BLOCK|ERROR|REFUSE/i;

function withVerdict(what: Categorisation, action: string | undefined): Categorisation {
  const verdict: EventType | undefined = verdictOf(action);
  return verdict === undefined ? what : { ...what, type: [...what.type, verdict] };
}

/**
 * What a log of a module and its mnemonic means.
 *
 * @param action the word of the device on what it did, where it has one
 * @param sentence its text, for modules that write sentences
 * @returns `undefined` where neither module nor mnemonic says
 */
export function classify(
  module: string,
  mnemonic: string,
  action: string | undefined,
  sentence: string,
): Meaning | undefined {
  const name = mnemonic.toUpperCase();
  if (/^SESSION_(?:BUILT|CREATE)/.test(name) || name === 'SESSIONBUILT')
    return { what: { ...WHAT.connectionStart, action: 'session-started' } };
  if (/^SESSION_(?:TEARDOWN|CLOSE|END)/.test(name))
    return { what: { ...WHAT.connectionEnd, action: 'session-ended' } };
  if (name.startsWith('SESSION_') || module === 'FLOW')
    return { what: { ...WHAT.connection, action: 'session' } };
  if (/PACKET_?DENY|POLICYDENY|ACL_DENY/.test(name))
    return { what: { category: ['network'], type: ['connection', 'denied'], action: 'denied' } };
  if (/POLICYPERMIT/.test(name))
    return { what: { category: ['network'], type: ['connection', 'allowed'], action: 'permitted' } };
  if (module === 'AV' || /VIRUS|MALWARE/.test(name))
    return { what: withVerdict({ category: ['network', 'malware'], type: ['info'] }, action), alert: true };
  if (THREAT.test(module) || /ATTACK|ATCK|BOTNET|TROJAN|INTRUSION|FLOOD|SPOOF|ARPMISS|SCAN$/.test(name))
    return { what: withVerdict(WHAT.networkIntrusion, action), alert: true };
  if (CONTENT.test(module)) {
    const category: Categorisation['category'] =
      module === 'MAIL' || module === 'RBL' ? ['network', 'email'] : ['network', 'web'];
    return {
      what: withVerdict(
        { category, type: module === 'FILE' || module === 'MAIL' ? ['info'] : ['access'] },
        action,
      ),
    };
  }
  if (/LOGOUT|LOGOFF|OFFLINE|DISCONNECT/.test(name))
    return { what: { ...WHAT.logout, action: 'logout', outcome: 'success' } };
  if (LOGIN.test(name) || /(?:^|_)ONLINE/.test(name))
    return login(
      FAILED.test(name) || FAILED.test(sentence)
        ? true
        : /SUCC|^LOGIN|_LOGIN$|ONLINE/.test(name)
          ? false
          : undefined,
    );
  if (/CMDRECORD|CMD_?RECORD|^CMD|COMMAND/.test(name)) {
    const isLook = /command="?(?:dis|display|ping|tracert|quit|return|save\b)/i.test(sentence);
    return {
      what: {
        category: ['configuration', 'process'],
        type: [isLook ? 'access' : 'change'],
        action: 'command',
      },
    };
  }
  if (/^(?:USER|ADMIN|ACCOUNT).*(?:ADD|CREATE)/.test(name))
    return { what: { ...WHAT.userCreated, action: 'user-created' } };
  if (/^(?:USER|ADMIN|ACCOUNT).*DEL/.test(name))
    return { what: { ...WHAT.userDeleted, action: 'user-deleted' } };
  if (/^(?:USER|ADMIN|ACCOUNT|PASSWORD|LOCALUSER).*(?:CHANGE|MODIFY|LOCK|PASSWORD)/.test(name))
    return { what: { ...WHAT.userChanged, action: 'user-changed' } };
  if (
    module === 'CFM' ||
    module === 'CONFIGURATION' ||
    /CFG|CONFIG|SAVE|COMMIT|POLICY.*(?:ADD|DEL|MODIFY|CHANGE)/.test(name)
  )
    return { what: { ...WHAT.configurationChanged, action: 'configuration-changed' } };
  if (
    /^(?:IFNET|IFPDT|IFPD|LINK|LACP|TRUNK|ETHPORT|PHY)/.test(module) ||
    /LINK_?(?:STATE|UP|DOWN)|IF_?STATE|UPDOWN/.test(name)
  )
    return { what: { category: ['network', 'host'], type: ['change'], action: 'interface-changed' } };
  if (/^(?:IKE|IPSEC|L2TP|SVN|SSLVPN)/.test(module))
    return {
      what: { ...WHAT.connection, action: 'vpn', ...(FAILED.test(name) ? { outcome: 'failure' } : {}) },
    };
  if (/^(?:NAT|CGN)/.test(module)) return { what: { ...WHAT.connection, action: 'nat' } };
  if (/^(?:BGP|OSPF|ISIS|RM|MSTP|STP|VRRP|HRP|HRPI|BFD|LLDP)/.test(module))
    return { what: { category: ['network', 'host'], type: ['change'], action: 'topology-changed' } };
  if (/REBOOT|RESTART|POWER|FAN|TEMPERATURE|CPU|MEM(?:ORY)?|BOARD|ENTITY/.test(name))
    return { what: { ...WHAT.hostInfo, action: 'device' } };
  if (module === 'SHELL' || module === 'SSH' || module === 'AAA' || module === 'CM' || module === 'UM')
    return FAILED.test(name) ? login(true) : { what: WHAT.authentication };
  return undefined;
}

import type { EcsFields } from '@vigie/contracts';
import { BoundedCache } from './bounded-cache.ts';
import { type AgentRule, AgentRuleList, loadAgentRules } from './user-agent-rules.ts';

/** What a user agent string says, in uap-core's words; `Other` where no rule knows it. */
export interface UserAgent {
  /** `Chrome`, `curl`, `Other` */
  readonly name: string;
  /** `120.0.6099` */
  readonly version?: string;
  /** `iPhone`, `Other` */
  readonly device: string;
  /** `Windows`, `Mac OS X`, `Other` */
  readonly osName: string;
  /** `10`, `10.15.7` */
  readonly osVersion?: string;
}

const OTHER = 'Other';
/** The rest of a longer text is not looked at; real agents are shorter. */
const MAX_TEXT = 512;
const GROUP = /\$([1-9])/g;

const cache = new BoundedCache<UserAgent>(2_048);
let lists: { agent: AgentRuleList; os: AgentRuleList; device: AgentRuleList } | undefined;

function load(): NonNullable<typeof lists> {
  const rules = loadAgentRules();
  return {
    agent: new AgentRuleList(rules.get('user_agent_parsers')!),
    os: new AgentRuleList(rules.get('os_parsers')!),
    device: new AgentRuleList(rules.get('device_parsers')!),
  };
}

/** A replacement with `$1`…`$9` filled in, or the group itself; empty is absent. */
function fill(rule: AgentRule, key: string, groups: RegExpExecArray, group: number): string | undefined {
  const replacement = rule.replacements[key];
  const text =
    replacement === undefined
      ? groups[group]
      : replacement.includes('$')
        ? replacement.replace(GROUP, (_, digit: string) => groups[Number(digit)] ?? '')
        : replacement;
  const bare = text?.trim();
  return bare === '' ? undefined : bare;
}

/** `major.minor.patch`, as far as they are known. */
function version(...parts: readonly (string | undefined)[]): string | undefined {
  const end = parts.indexOf(undefined);
  const known = end < 0 ? parts : parts.slice(0, end);
  return known.length === 0 ? undefined : known.join('.');
}

function read(whole: string): UserAgent {
  lists ??= load();
  const text = whole.length > MAX_TEXT ? whole.slice(0, MAX_TEXT) : whole;
  const agent = lists.agent.match(text);
  const os = lists.os.match(text);
  const device = lists.device.match(text);
  const part = (found: typeof agent, key: string, group: number): string | undefined =>
    found === undefined ? undefined : fill(found.rule, key, found.groups, group);
  const agentVersion = version(
    part(agent, 'v1_replacement', 2),
    part(agent, 'v2_replacement', 3),
    part(agent, 'v3_replacement', 4),
  );
  const osVersion = version(
    part(os, 'os_v1_replacement', 2),
    part(os, 'os_v2_replacement', 3),
    part(os, 'os_v3_replacement', 4),
    part(os, 'os_v4_replacement', 5),
  );
  return {
    name: part(agent, 'family_replacement', 1) ?? OTHER,
    ...(agentVersion === undefined ? {} : { version: agentVersion }),
    device: part(device, 'device_replacement', 1) ?? OTHER,
    osName: part(os, 'os_replacement', 1) ?? OTHER,
    ...(osVersion === undefined ? {} : { osVersion }),
  };
}

/**
 * Reads a user agent string by uap-core's rules, which ECS's examples follow as well (`Mac OS X`, `iPhone`). The
 * rules are read on first use; answers are remembered, since agents repeat.
 */
export function parseUserAgent(text: string): UserAgent {
  return cache.get(text, read);
}

/**
 * Writes `user_agent.original` and what it says: `name`, `version`, `device.name`, `os.name`, `os.version`.
 *
 * @param text absent, empty and `-` are no agent
 */
export function putUserAgent(doc: EcsFields, text: string | undefined): void {
  if (text === undefined || text === '' || text === '-') return;
  doc['user_agent.original'] = text;
  putAgentParts(doc, text);
}

/** As {@link putUserAgent} without the original: fields that the parser has set itself are left alone. */
export function putAgentParts(doc: EcsFields, text: string): void {
  const agent = parseUserAgent(text);
  doc['user_agent.name'] ??= agent.name;
  if (agent.version !== undefined) doc['user_agent.version'] ??= agent.version;
  doc['user_agent.device.name'] ??= agent.device;
  doc['user_agent.os.name'] ??= agent.osName;
  if (agent.osVersion !== undefined) doc['user_agent.os.version'] ??= agent.osVersion;
}

import type { EcsFields, Entity } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import { DEFAULT_ENTITY_FIELDS, ENTITY_TYPES, fillPlaceholders } from '@vigie/contracts/rule-content';
import type { KnownRule } from './rule-set.ts';

/** Fields whose values titles and mails may want; kept with the alert, since events expire. */
const FACT_FIELDS = [
  'host.name',
  'host.ip',
  'user.name',
  'user.domain',
  'user.email',
  'user.target.name',
  'user.effective.name',
  'source.ip',
  'source.port',
  'source.address',
  'source.user.name',
  'source.geo.country_iso_code',
  'source.as.organization.name',
  'destination.ip',
  'destination.port',
  'destination.domain',
  'destination.user.name',
  'process.name',
  'process.executable',
  'process.command_line',
  'process.parent.name',
  'process.parent.executable',
  'file.path',
  'file.name',
  'url.original',
  'url.path',
  'url.domain',
  'dns.question.name',
  'http.request.method',
  'http.response.status_code',
  'user_agent.original',
  'service.name',
  'group.name',
  'event.action',
  'event.code',
  'event.dataset',
  'rule.name',
  'rule.id',
  'observer.name',
  'cloud.account.id',
  'cloud.region',
  'registry.path',
  'network.application',
  'email.from.address',
  'email.subject',
] as const;

const MAX_VALUE = 300;

/** The values of an event that an alert keeps, as text. */
export function factsOf(fields: EcsFields, known: KnownRule | undefined): Record<string, string> {
  const facts: Record<string, string> = {};
  const add = (field: string): void => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined || facts[field] !== undefined) return;
    facts[field] = (Array.isArray(value) ? value.slice(0, 5).join(', ') : String(value))
      .replaceAll('\0', '')
      .slice(0, MAX_VALUE);
  };
  for (const field of FACT_FIELDS) add(field);
  if (known?.content !== undefined) {
    for (const list of Object.values(known.content.entities)) for (const field of list ?? []) add(field);
    for (const text of [known.content.incident.en, known.content.diagnosis.en, ...known.content.advice.en])
      for (const match of text.matchAll(/\{([@\w][\w@.-]*)/g)) add(match[1]!);
  }
  return facts;
}

const MAX_ENTITIES = 12;

/** The things a detection is about, from the fields the rule names or the usual ones. */
export function entitiesOf(fields: EcsFields, known: KnownRule | undefined): Entity[] {
  const named = known?.content?.entities ?? DEFAULT_ENTITY_FIELDS;
  const entities: Entity[] = [];
  const seen = new Set<string>();
  for (const type of ENTITY_TYPES)
    for (const field of named[type] ?? []) {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value.slice(0, 3) : [value]) {
        const text = String(one).replaceAll('\0', '').slice(0, MAX_VALUE);
        const key = `${type}:${text.toLowerCase()}`;
        if (text === '' || text === '-' || seen.has(key) || entities.length >= MAX_ENTITIES) continue;
        seen.add(key);
        entities.push({ type, value: text });
      }
    }
  return entities;
}

/**
 * The entities that make two detections of a rule one alert: those that the rule names, or of an imported rule
 * the host, the user and the source, since destinations and programs vary with every event.
 */
export function foldingEntities(
  entities: readonly Entity[],
  fields: EcsFields,
  known: KnownRule | undefined,
): readonly Entity[] {
  if (known?.content !== undefined) return entities;
  const source = fields['source.ip'];
  const kept = entities.filter(
    (e) => e.type === 'host' || e.type === 'user' || (e.type === 'ip' && e.value === source),
  );
  return kept.length > 0 ? kept : entities;
}

/** What an alert of a rule says to people. */
export interface Story {
  readonly title: string;
  readonly diagnosis: string;
  readonly advice: string[];
  readonly falsePositives: string[];
}

/** Tells what a rule's alert means, in a language; imported rules have their own English text only. */
export function tellStory(
  known: KnownRule | undefined,
  ruleId: string,
  facts: Readonly<Record<string, string>>,
  language: Language,
): Story {
  if (known === undefined)
    return {
      title: ruleId,
      diagnosis: `The rule ${ruleId} fired; it has been removed since.`,
      advice: [],
      falsePositives: [],
    };
  const content = known.content;
  const falsePositives = known.rule.falsepositives.filter(
    (text) => !/^(unknown|none|unlikely)$/i.test(text.trim()),
  );
  if (content !== undefined)
    return {
      title: fillPlaceholders(content.incident[language], facts),
      diagnosis: fillPlaceholders(content.diagnosis[language], facts),
      advice: content.advice[language].map((step) => fillPlaceholders(step, facts)),
      falsePositives,
    };
  return {
    title: `${known.rule.title}${where(facts)}`,
    diagnosis: known.rule.description ?? known.rule.title,
    advice: [],
    falsePositives,
  };
}

function where(facts: Readonly<Record<string, string>>): string {
  const host = facts['host.name'] ?? facts['observer.name'];
  if (host !== undefined) return ` on ${host}`;
  const user = facts['user.name'] ?? facts['user.email'];
  if (user !== undefined) return ` by ${user}`;
  const ip = facts['source.ip'];
  return ip === undefined ? '' : ` from ${ip}`;
}

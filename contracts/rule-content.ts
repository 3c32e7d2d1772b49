import { z } from 'zod';
import type { Language } from './api/common.ts';
import type { EcsFields } from './ecs.ts';

/**
 * What a rule says to people: the value of the custom `vigie` attribute of a Sigma rule or correlation.
 *
 * Sigma allows custom attributes, so a rule that carries this one is still a plain Sigma rule for every other
 * tool. Texts may hold placeholders, see {@link fillPlaceholders}.
 */

/** Field name as ECS writes it, dots between the parts. */
const fieldName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[@A-Za-z_][\w@.-]*$/, 'an event field name');

const line = (max: number) =>
  z
    .string()
    .min(3)
    .max(max)
    .refine((text) => !/[\r\n]/.test(text), 'must be one line');

function inEachLanguage<T extends z.ZodType>(text: T) {
  return z.strictObject({ en: text, fr: text, it: text, nl: text, de: text } satisfies Record<Language, T>);
}

/** Types of {@link Entity}, in the order in which an incident names them. */
export const ENTITY_TYPES = ['host', 'user', 'ip', 'domain', 'process', 'file', 'cloud'] as const;

export const RuleContent = z.strictObject({
  /** The rule's own `title`, which is English, in the other languages; see {@link titleIn}. */
  title: z.strictObject({ fr: line(140), it: line(140), nl: line(140), de: line(140) }),
  /** Title of the incident that starts with this rule; with placeholders. */
  incident: inEachLanguage(line(160)),
  /** What happened and why it matters, for somebody who is not in the field; with placeholders. */
  diagnosis: inEachLanguage(z.string().min(30).max(1200)),
  /** What to do, in order; with placeholders. */
  advice: inEachLanguage(z.array(line(400)).min(1).max(8)),
  /**
   * Where the entities are: entity type → event fields. Every field that the event has gives one entity.
   * For a correlation these are read from the events that it joined.
   */
  entities: z
    .partialRecord(z.enum(ENTITY_TYPES), z.array(fieldName).min(1).max(6))
    .refine((entities) => Object.keys(entities).length > 0, 'names at least one entity'),
});

/** @see RuleContent */
export type RuleContent = z.infer<typeof RuleContent>;

/** Reads the `vigie` attribute; the error names language and key. */
export function parseRuleContent(attribute: unknown): RuleContent {
  return RuleContent.parse(attribute);
}

/** A rule's title in a language: the translation, or the rule's own title where there is none. */
export function titleIn(language: Language, title: string, content: RuleContent | undefined): string {
  return language === 'en' ? title : (content?.title[language] ?? title);
}

/** Entity fields of rules that name none (imported ones), by type, most telling first. */
export const DEFAULT_ENTITY_FIELDS: RuleContent['entities'] = {
  host: ['host.name', 'observer.name'],
  user: ['user.name', 'user.email'],
  ip: ['source.ip', 'destination.ip'],
  cloud: ['cloud.account.id'],
};

const PLACEHOLDER = /\{([@A-Za-z_][\w@.-]{0,127})(?:\|([^{}]{0,80}))?\}/g;

/**
 * Fills the placeholders of a rule's text: `{host.name}` becomes the field's value, `{host.name|a server}`
 * the words after the bar where the field is absent. A list gives its first three values. Values are data:
 * control characters become spaces, long values are cut, and braces in a value are never read as a
 * placeholder. The result is plain text; the place that shows it escapes it.
 *
 * @param text text of a rule
 * @param fields flat event, or any record of field name → value
 * @param limit longest value put in, in characters
 */
export function fillPlaceholders(text: string, fields: EcsFields, limit = 120): string {
  return text.replace(PLACEHOLDER, (_whole, field: string, otherwise: string | undefined) => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined || value === '') return otherwise ?? '?';
    const joined = Array.isArray(value)
      ? value.slice(0, 3).join(', ') + (value.length > 3 ? ', …' : '')
      : String(value);
    return cut(joined.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(), limit);
  });
}

/** Cuts by characters, never through a surrogate pair. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

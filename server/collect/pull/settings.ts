import type { z } from 'zod';
import type { Connector } from './connector.ts';
import { secretNames } from './fields.ts';
import { Redactor, Secret } from './secret.ts';

/** Settings that were checked against the connector's schema. */
export interface CheckedSettings {
  readonly settings: { [key: string]: unknown };
  readonly secrets: Record<string, string>;
}

/**
 * Checks what a person entered. Values of secrets never get into the sentences.
 *
 * @returns the settings with defaults, apart from the secrets; or what is wrong, one sentence a problem
 */
export function checkSettings(
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): CheckedSettings | { readonly problems: string[] } {
  const names = new Set(secretNames(connector.schema));
  const misplaced = Object.keys(settings).filter((name) => names.has(name));
  if (misplaced.length > 0) return { problems: misplaced.map((name) => `${name}: a secret, not a setting`) };
  const unknown = Object.keys(secrets).filter((name) => !names.has(name));
  if (unknown.length > 0) return { problems: unknown.map((name) => `${name}: no secret of this connector`) };
  const parsed = connector.schema.safeParse({ ...settings, ...secrets });
  if (!parsed.success) return { problems: parsed.error.issues.map(sentence) };
  const problems = connector.check?.(parsed.data) ?? [];
  if (problems.length > 0) return { problems: [...problems] };
  const checked: CheckedSettings = { settings: {}, secrets: {} };
  for (const [name, value] of Object.entries(parsed.data))
    if (names.has(name)) {
      if (typeof value === 'string') checked.secrets[name] = value;
    } else if (value !== undefined) checked.settings[name] = value;
  return checked;
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: no setting of this connector`;
  return `${where === '' ? 'settings' : where}: ${issue.message}`;
}

/** Settings as {@link Connector.pull} gets them, and what to take out of texts because of them. */
export function openSettings(checked: CheckedSettings): {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly redactor: Redactor;
} {
  const redactor = new Redactor();
  const settings: Record<string, unknown> = { ...checked.settings };
  for (const [name, value] of Object.entries(checked.secrets)) {
    redactor.add(value);
    settings[name] = new Secret(value);
  }
  return { settings, redactor };
}

import type { ConnectorField } from '@vigie/contracts/api';
import { z } from 'zod';

/** What a field's schema says of itself, beside its type: `.meta({...})`. */
interface FieldMeta {
  readonly title?: string;
  readonly description?: string;
  readonly secret?: boolean;
  readonly multiline?: boolean;
  readonly destination?: boolean;
  readonly when?: { readonly field: string; readonly is: readonly string[] };
}

/** A secret of a connector: kept encrypted, never shown again. */
export function secret(meta: Omit<FieldMeta, 'secret' | 'destination'>) {
  return z
    .string()
    .min(1)
    .max(16_384)
    .meta({ ...meta, secret: true });
}

/** A host name such as `example.okta.com`, without scheme and path. */
export function host(meta: FieldMeta) {
  return z
    .string()
    .max(260)
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/,
      'a host name, without https:// and path',
    )
    .meta({ ...meta, destination: true });
}

/** An address that requests, and secrets with them, are sent to. */
export function address(meta: FieldMeta) {
  return z
    .string()
    .max(2048)
    .refine(isWebAddress, 'an address that begins with https://')
    .meta({ ...meta, destination: true });
}

function isWebAddress(text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text);
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
  } catch {
    // What does not parse is no address.
    return false;
  }
}

interface Peeled {
  readonly schema: z.ZodType;
  readonly meta: FieldMeta;
  readonly optional: boolean;
  readonly fallback: unknown;
}

/** Takes defaults and optionality off; what is said outside wins. */
function peel(schema: z.ZodType): Peeled {
  const meta = (schema.meta() ?? {}) as FieldMeta;
  const def = schema.def as { type: string; innerType?: z.ZodType; defaultValue?: unknown };
  if (def.innerType === undefined) return { schema, meta, optional: false, fallback: undefined };
  const inner = peel(def.innerType);
  return {
    schema: inner.schema,
    meta: { ...inner.meta, ...meta },
    optional: true,
    fallback: def.type === 'default' ? def.defaultValue : inner.fallback,
  };
}

/** The fields of a connector's schema, in its order: its form, and the table in its documentation. */
export function formFields(schema: z.ZodObject): ConnectorField[] {
  return Object.entries(schema.shape).map(([name, member]) => {
    const { schema: bare, meta, optional, fallback } = peel(member as z.ZodType);
    const base = {
      name,
      title: meta.title ?? name,
      description: meta.description ?? '',
      required: !optional,
      multiline: meta.multiline === true,
      destination: meta.destination === true,
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(meta.when === undefined ? {} : { when: { field: meta.when.field, is: [...meta.when.is] } }),
    };
    if (meta.secret === true) return { ...base, kind: 'secret' as const };
    if (bare instanceof z.ZodBoolean) return { ...base, kind: 'boolean' as const };
    if (bare instanceof z.ZodNumber)
      return {
        ...base,
        kind: 'number' as const,
        ...(bare.minValue === null || !Number.isFinite(bare.minValue) ? {} : { min: bare.minValue }),
        ...(bare.maxValue === null || !Number.isFinite(bare.maxValue) ? {} : { max: bare.maxValue }),
      };
    if (bare instanceof z.ZodEnum)
      return { ...base, kind: 'choice' as const, choices: bare.options.map(String) };
    if (bare instanceof z.ZodArray) {
      const element = bare.element as z.ZodType;
      return element instanceof z.ZodEnum
        ? { ...base, kind: 'choices' as const, choices: element.options.map(String) }
        : { ...base, kind: 'list' as const };
    }
    return { ...base, kind: 'text' as const };
  });
}

/** Names of the secrets of a schema. */
export function secretNames(schema: z.ZodObject): string[] {
  return formFields(schema)
    .filter(({ kind }) => kind === 'secret')
    .map(({ name }) => name);
}

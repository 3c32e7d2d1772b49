import { z } from 'zod';

/**
 * A mapping: what a person says of a source's lines, so that they become ECS events without code. It is data;
 * the sources' kit compiles it into a parser (`sources/kit/mapping`), and its YAML file is this object.
 */

/** Most rules of fields a mapping may have. */
export const MAX_MAPPING_FIELDS = 200;
/** Most members that a rule may name as candidates. */
export const MAX_MAPPING_CANDIDATES = 8;

/** Names of event fields: ECS's, or a person's own. */
const FieldName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[@A-Za-z_][\w@-]*(?:\.[\w@-]+)*$/, 'an event field name such as source.ip');

/**
 * Where a value stands. Members are separated by dots; a dot, bracket or backslash of a member's own name is
 * escaped with a backslash; `[2]` picks an item of a list, `[]` all of them: `actor.name`, `badges[0].id`,
 * `tags[]`, `com\.example\.zone`. In formats other than JSON it is the key or column.
 */
const MemberPath = z.string().min(1).max(300);

const Scalar = z.union([z.string().max(2_000), z.number(), z.boolean()]);
/** A value as a person writes it into a mapping: one, or a list. */
export const MappingValue = z.union([Scalar, z.array(Scalar).min(1).max(20)]);
export type MappingValue = z.infer<typeof MappingValue>;

/** How the payload, behind syslog header and shipper's envelope, is written. */
export const MappingFormat = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('json') }),
  z.strictObject({
    kind: z.literal('key-value'),
    /** What stands between pairs besides blanks. */
    separator: z.enum([' ', ',', ';', '|', '\t']).default(' '),
    assign: z.enum(['=', ':']).default('='),
  }),
  /** Header fields are the members `cef.vendor`, `cef.product`, `cef.version`, `cef.id`, `cef.name`, `cef.severity`. */
  z.strictObject({ kind: z.literal('cef') }),
  /** Header fields are `leef.vendor`, `leef.product`, `leef.version`, `leef.id`. */
  z.strictObject({ kind: z.literal('leef') }),
  /** One record of RFC 4180 a line, with quotes. */
  z.strictObject({
    kind: z.literal('csv'),
    separator: z.enum([',', ';', '\t', '|', ' ']).default(','),
    columns: z.array(z.string().max(100)).min(1).max(200),
  }),
  /** Values between a separator of any length, without quotes. */
  z.strictObject({
    kind: z.literal('delimited'),
    separator: z.string().min(1).max(10),
    columns: z.array(z.string().max(100)).min(1).max(200),
  }),
]);
export type MappingFormat = z.infer<typeof MappingFormat>;
export const MAPPING_FORMATS = ['json', 'key-value', 'cef', 'leef', 'csv', 'delimited'] as const;

/** What only this product's lines have. Without any, only sources that are set to the mapping are read by it. */
export const MappingSignature = z.discriminatedUnion('kind', [
  /** A JSON object with all these top-level members; with `equals`, of these values. */
  z.strictObject({
    kind: z.literal('members'),
    members: z.array(z.string().min(1).max(100)).min(1).max(20),
    equals: z.record(z.string().max(100), Scalar).optional(),
  }),
  /** The line holds all these texts; with `prefix`, it begins so. */
  z.strictObject({
    kind: z.literal('text'),
    prefix: z.string().min(3).max(200).optional(),
    literals: z.array(z.string().min(3).max(200)).max(10).default([]),
  }),
  /** Syslog application (APP-NAME or tag). */
  z.strictObject({ kind: z.literal('app'), names: z.array(z.string().min(1).max(48)).min(1).max(10) }),
]);
export type MappingSignature = z.infer<typeof MappingSignature>;

/**
 * What is written besides the value itself:
 *
 * - `value`: the value in the type that ECS gives the field
 * - `host-port`: `192.0.2.1:443` below a side (`source`): `.address`, `.ip` or `.domain`, `.port`
 * - `endpoint`: an address or host name below a side: `.address`, `.ip` or `.domain`
 * - `account`: `CORP\alice`, `alice@example.org` below a prefix (`user`): `.name`, `.domain`, `.email`
 * - `url`, `file`: all parts of a URL or path below a prefix (`url`, `file`)
 * - `hash`: a digest below a prefix (`file.hash`), named by its length
 * - `list`: values between commas or semicolons
 */
export const MAPPING_SHAPES = [
  'value',
  'host-port',
  'endpoint',
  'account',
  'url',
  'file',
  'hash',
  'list',
] as const;
export type MappingShape = (typeof MAPPING_SHAPES)[number];

/** Types for fields that ECS does not define. */
export const MAPPING_TYPES = ['keyword', 'long', 'float', 'boolean', 'ip', 'date'] as const;

/** One field and where its value comes from. */
export const MappingField = z.strictObject({
  /** ECS field, or for shapes other than `value` the prefix that is written below. */
  field: FieldName,
  /** Candidates in order: the first that has a value is read. */
  from: z.array(MemberPath).min(1).max(MAX_MAPPING_CANDIDATES),
  as: z.enum(MAPPING_SHAPES).default('value'),
  /** Only for fields that ECS does not define. */
  type: z.enum(MAPPING_TYPES).optional(),
  lowercase: z.boolean().default(false),
  /** What a word of the log means: `deny` → `denied`. Case is ignored. */
  values: z.record(z.string().min(1).max(200), MappingValue).optional(),
  /** For words that `values` does not list: `keep` reads the word itself, `drop` leaves the field out. */
  otherwise: z.enum(['keep', 'drop']).default('keep'),
  /** For dates: `auto`, `iso`, `epoch`, or a pattern of `YYYY MM DD HH mm ss SSS MMM DD` and literal characters. */
  date: z.string().min(1).max(60).optional(),
  /** IANA zone for dates without one; default the source's. */
  zone: z.string().min(1).max(60).optional(),
});
export type MappingField = z.infer<typeof MappingField>;

/** A field that every event of the mapping has. */
export const MappingConstant = z.strictObject({ field: FieldName, value: MappingValue });
export type MappingConstant = z.infer<typeof MappingConstant>;

/** A whole mapping. Unknown members are refused, so that a misspelt one is not lost. */
export const MappingDefinition = z.strictObject({
  /**
   * `<vendor>.<product>`: the events' `event.dataset`, and the namespace of what is not mapped. Its first part
   * is `event.module`.
   */
  id: z
    .string()
    .max(80)
    .regex(/^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/, 'vendor.product, lower-case letters, digits, hyphens'),
  name: z.string().min(1).max(120),
  description: z.string().max(600).default(''),
  format: MappingFormat,
  /** Text before the payload (`DOOR: {…}`): the payload begins behind its first occurrence. */
  after: z.string().min(1).max(100).optional(),
  signatures: z.array(MappingSignature).max(10).default([]),
  fields: z.array(MappingField).max(MAX_MAPPING_FIELDS).default([]),
  constants: z.array(MappingConstant).max(100).default([]),
});
export type MappingDefinition = z.infer<typeof MappingDefinition>;
/** What a person writes: members with a default may be left out. */
export type MappingDefinitionInput = z.input<typeof MappingDefinition>;

/** Most sample lines of a file or a preview, and the longest, characters. */
export const MAX_MAPPING_SAMPLES = 50;
export const MAX_MAPPING_LINE = 65_536;
export const MappingLines = z.array(z.string().max(MAX_MAPPING_LINE)).max(MAX_MAPPING_SAMPLES);

/** A mapping's YAML file: the definition, and lines that it must read. */
export const MappingFile = MappingDefinition.extend({ samples: MappingLines.default([]) });
export type MappingFile = z.infer<typeof MappingFile>;

import type { FieldDifference } from './compare.ts';

/** What a rule of this list gets to see. */
export interface Case extends FieldDifference {
  /** `<vendor>/<product>` of the corpus. */
  readonly technology: string;
  /** The log as it came. */
  readonly raw: string;
  readonly want: ReadonlyMap<string, string>;
  readonly have: ReadonlyMap<string, string>;
}

/**
 * A difference between the corpus and ECS that we know and keep: the field is set aside, on the side of what is
 * missing as well as on that of what is too much. ECS's own definition of the field decides, never the corpus.
 */
export interface ReasonedDifference {
  readonly id: string;
  readonly reason: string;
  readonly covers: (c: Case) => boolean;
}

/** Windows events of any shipper. */
export const WINDOWS = /^(?:Windows\/windows|Beats\/winlogbeat)$/;
/** Endpoint protection whose documents the corpus makes in the same way. */
export const ENDPOINT =
  /^(?:Microsoft\/microsoft-365-defender|SentinelOne|CrowdStrike|HarfangLab|Trellix|Tanium|NucleonSecurity|CybeReason|Trend Micro|Bitdefender|Stormshield\/stormshield-endpoint|Palo Alto Networks\/paloalto-cortex|Broadcom\/symantec|SekoiaIO\/endpoint)/;
/** The fields by which ECS sorts events. */
export const CATEGORISATION = /^event\.(?:kind|category|type|action|outcome)$/;

/** The corpus has the field, ours has not. */
export const isMissing = (c: Case): boolean => c.found === undefined;
/** Ours has the field, the corpus has not. */
export const isExtra = (c: Case): boolean => c.expected === undefined;
/** Both have it, with other values. */
export const isOther = (c: Case): boolean => c.expected !== undefined && c.found !== undefined;
/** A compared value's items. */
export const values = (text: string | undefined): string[] => (text === undefined ? [] : text.split('\n'));
/** The same, where lines are meant. */
export const lines = values;
/** Whether all of `part` is in `whole`. */
export const within = (part: readonly string[], whole: readonly string[]): boolean =>
  part.every((item) => whole.includes(item));

/** Texts that stand for "no value" in logs. */
export const isNothing = (text: string): boolean =>
  text === '-' || text === '0.0.0.0' || text === '::' || /^S-1-0-0$|^0+$/.test(text);

/** Whether the expected value stands in one of our fields whose name fits: it is in another place, not lost. */
export function isOurs(c: Case, fields: RegExp): boolean {
  const wanted = values(c.expected).map((item) => item.toLowerCase());
  for (const [field, value] of c.have)
    if (field !== c.field && fields.test(field)) {
      const own = values(value).map((item) => item.toLowerCase());
      if (wanted.every((item) => own.includes(item))) return true;
    }
  return false;
}

/** Whether our value stands in one of the expected fields whose name fits. */
export function isTheirs(c: Case, fields: RegExp): boolean {
  if (c.found === undefined) return false;
  for (const [field, value] of c.want)
    if (field !== c.field && fields.test(field) && value.toLowerCase() === c.found.toLowerCase()) return true;
  return false;
}

/** Whether the missing folder is only the executable's. */
export function isFolderOf(c: Case): boolean {
  const executable = c.have.get(c.field.replace('working_directory', 'executable'));
  const folder = c.expected!.toLowerCase();
  return executable === undefined || executable.toLowerCase().startsWith(folder);
}

/** Whether the value is that of an expected field which ours lacks: then it is in another place, not more. */
export function isMoved(c: Case): boolean {
  for (const [field, value] of c.want)
    if (value === c.found && !c.have.has(field) && value.length > 1) return true;
  return false;
}

/** Whether all of a field's values stand in the log, in whatever case and escaping. */
export function isStated(c: Case): boolean {
  return values(c.found).every((value) => isStatedText(c, value));
}

/** Whether a text stands in the log, in whatever case and escaping. */
export function isStatedText(c: Case, text: string): boolean {
  return plain(c.raw).includes(plain(text));
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\\/"'\s:{}-]+/g, '');
}

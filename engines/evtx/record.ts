import type { Chunk } from './chunk.ts';
import { type EvtxJsonObject, numberSystem, Renderer } from './render.ts';
import {
  buildLayout,
  type Fragment,
  type Instance,
  layoutOf,
  PART,
  type TemplateLayout,
} from './template.ts';
import type { EvtxValue } from './values.ts';

/** A look-up with the values it reads. */
interface Scope {
  readonly layout: TemplateLayout;
  readonly instance: Instance | undefined;
}

/** Names that {@link EvtxRecord.system} knows. */
export type SystemField =
  | 'Provider_Name'
  | 'Provider_Guid'
  | 'Provider_EventSourceName'
  | 'EventID'
  | 'Qualifiers'
  | 'Version'
  | 'Level'
  | 'Task'
  | 'Opcode'
  | 'Keywords'
  | 'SystemTime'
  | 'EventRecordID'
  | 'ActivityID'
  | 'RelatedActivityID'
  | 'Execution_ProcessID'
  | 'Execution_ThreadID'
  | 'Channel'
  | 'Computer'
  | 'Security_UserID';

/**
 * One event. Nothing but the positions of its values is decoded until it is asked for; the record keeps the
 * file's bytes alive as long as it is held.
 */
export class EvtxRecord {
  /** Record number given by the log. */
  readonly recordId: number;
  /** When the record was written, epoch milliseconds; the fraction holds microseconds. */
  readonly timestamp: number;
  /** Offset of the record in the file. */
  readonly offset: number;
  readonly #root: Fragment;
  readonly #head: Scope;
  readonly #renderer: Renderer;
  #payload: readonly Scope[] | undefined;

  constructor(chunk: Chunk, root: Fragment, recordId: number, timestamp: number, offset: number) {
    this.#root = root;
    this.#head = headOf(root);
    this.#renderer = new Renderer(chunk);
    this.recordId = recordId;
    this.timestamp = timestamp;
    this.offset = offset;
  }

  /** `System/EventID`; undefined where the record has none. */
  get eventId(): number | undefined {
    const value = this.system('EventID');
    if (typeof value === 'number') return value;
    if (typeof value !== 'string' || value === '') return undefined;
    const number = Number(value);
    return Number.isInteger(number) ? number : undefined;
  }

  get channel(): string | undefined {
    return this.#text('Channel');
  }

  get computer(): string | undefined {
    return this.#text('Computer');
  }

  get provider(): string | undefined {
    return this.#text('Provider_Name');
  }

  #text(field: SystemField): string | undefined {
    const value = this.system(field);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** One field of `System`; undefined where the record lacks it. */
  system(field: SystemField): EvtxValue | undefined {
    const content = this.#head.layout.system.get(field);
    if (!content) return undefined;
    return this.#renderer.begin().scalar(content, this.#head.instance) ?? undefined;
  }

  /**
   * One field of the event's data: a `Data` element by its `Name`, or an element of `UserData` by its own.
   * A name that occurs more than once gives a list.
   */
  data(name: string): EvtxValue | undefined {
    const renderer = this.#renderer.begin();
    for (const { layout, instance } of this.#scopes()) {
      const found = layout.data.get(name);
      if (!found) continue;
      if (found.length === 1) return renderer.scalar(found[0]!, instance) ?? null;
      return found.map((content) => renderer.scalar(content, instance) ?? null);
    }
    return undefined;
  }

  /** Names that {@link data} answers to, in the order of the event. */
  dataNames(): string[] {
    return this.#scopes().flatMap(({ layout }) => [...layout.data.keys()]);
  }

  /**
   * The whole event: `{ Event: { System: {…}, EventData: {…} } }`; the README states the mapping.
   *
   * A record made to expand without end is cut and carries `#truncated: true`.
   */
  toJson(): EvtxJsonObject {
    const out: EvtxJsonObject = {};
    const renderer = this.#renderer.begin();
    renderer.fragment(this.#root, undefined, out);
    numberSystem(out);
    if (renderer.exhausted) out['#truncated'] = true;
    return out;
  }

  #scopes(): readonly Scope[] {
    this.#payload ??= payloadScopes(this.#head);
    return this.#payload;
  }
}

/** The outermost template with its values; a record without a template is looked up directly. */
function headOf(root: Fragment): Scope {
  const first = root[0];
  if (root.length === 1 && first?.kind === PART.instance)
    return { layout: layoutOf(first.instance.template), instance: first.instance };
  return { layout: buildLayout(root), instance: undefined };
}

function payloadScopes(head: Scope): Scope[] {
  const scopes: Scope[] = [head];
  if (head.instance?.nested) addNested(head.instance, scopes);
  for (const part of head.layout.payload) if (part.kind === PART.instance) addInstance(part.instance, scopes);
  return scopes;
}

function addInstance(instance: Instance, out: Scope[]): void {
  out.push({ layout: layoutOf(instance.template), instance });
  if (instance.nested) addNested(instance, out);
}

function addNested(instance: Instance, out: Scope[]): void {
  for (const fragment of instance.nested!.values()) {
    let direct = false;
    for (const part of fragment) {
      if (part.kind === PART.instance) addInstance(part.instance, out);
      else direct = true;
    }
    if (direct) out.push({ layout: buildLayout(fragment), instance: undefined });
  }
}

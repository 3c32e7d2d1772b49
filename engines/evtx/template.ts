/** Kinds of {@link Part}. */
export const PART = { text: 0, slot: 1, element: 2, instance: 3 } as const;

/** Literal text, entity and character references resolved. */
export interface TextPart {
  readonly kind: typeof PART.text;
  readonly text: string;
}

/** A place that an event's own value fills. */
export interface SlotPart {
  readonly kind: typeof PART.slot;
  readonly index: number;
}

export interface ElementPart {
  readonly kind: typeof PART.element;
  readonly name: string;
  readonly attributes: readonly AttributePart[];
  readonly content: readonly Part[];
}

/** A template with values, standing in the middle of other content. */
export interface InstancePart {
  readonly kind: typeof PART.instance;
  readonly instance: Instance;
}

export interface AttributePart {
  readonly name: string;
  readonly content: readonly Part[];
}

export type Part = TextPart | SlotPart | ElementPart | InstancePart;

/** Content of a fragment of binary XML. */
export type Fragment = readonly Part[];

/** A template: an element tree whose slots are filled by each event. Compiled once, shared by all its events. */
export interface Template {
  readonly parts: Fragment;
  /** Derived look-ups, made on first use. */
  layout?: TemplateLayout;
}

/** Where a template keeps the things that are asked for by name. */
export interface TemplateLayout {
  /** Fields of `System`, under the names of {@link SYSTEM_FIELDS}. */
  readonly system: ReadonlyMap<string, Fragment>;
  /** What stands beside `System` in `Event`, or the roots of a template that holds no `Event`. */
  readonly payload: Fragment;
  /** Fields of the template's own `EventData` or `UserData`; repeated names keep every occurrence. */
  readonly data: ReadonlyMap<string, readonly Fragment[]>;
}

/** One event's values for a template. */
export interface Instance {
  readonly template: Template;
  /** Offset of the value descriptors in the chunk: four bytes each (size, type, zero). */
  readonly descriptors: number;
  /** Offset of each value in the chunk. */
  readonly offsets: readonly number[];
  /** Fragments held by values of type binary XML, by slot. */
  readonly nested: ReadonlyMap<number, Fragment> | undefined;
}

/**
 * Fields of `System` that can be asked for by a flat name: the element, the attribute where it is one, and
 * the name. The names are those Sigma rules and `winlog` documents use.
 */
const SYSTEM_FIELDS: readonly (readonly [element: string, attribute: string | undefined, name: string])[] = [
  ['Provider', 'Name', 'Provider_Name'],
  ['Provider', 'Guid', 'Provider_Guid'],
  ['Provider', 'EventSourceName', 'Provider_EventSourceName'],
  ['EventID', undefined, 'EventID'],
  ['EventID', 'Qualifiers', 'Qualifiers'],
  ['Version', undefined, 'Version'],
  ['Level', undefined, 'Level'],
  ['Task', undefined, 'Task'],
  ['Opcode', undefined, 'Opcode'],
  ['Keywords', undefined, 'Keywords'],
  ['TimeCreated', 'SystemTime', 'SystemTime'],
  ['EventRecordID', undefined, 'EventRecordID'],
  ['Correlation', 'ActivityID', 'ActivityID'],
  ['Correlation', 'RelatedActivityID', 'RelatedActivityID'],
  ['Execution', 'ProcessID', 'Execution_ProcessID'],
  ['Execution', 'ThreadID', 'Execution_ThreadID'],
  ['Channel', undefined, 'Channel'],
  ['Computer', undefined, 'Computer'],
  ['Security', 'UserID', 'Security_UserID'],
];

/** The look-ups of a template. */
export function layoutOf(template: Template): TemplateLayout {
  template.layout ??= buildLayout(template.parts);
  return template.layout;
}

/** Builds look-ups over any fragment, template or not. */
export function buildLayout(parts: Fragment): TemplateLayout {
  const system = new Map<string, Fragment>();
  const data = new Map<string, Fragment[]>();
  const payload: Part[] = [];
  for (const root of parts) {
    if (root.kind !== PART.element || root.name !== 'Event') {
      payload.push(root);
      continue;
    }
    for (const child of root.content) {
      if (child.kind === PART.element && child.name === 'System') indexSystem(child, system);
      else payload.push(child);
    }
  }
  for (const part of payload) if (part.kind === PART.element) indexData(part, data);
  return { system, payload, data };
}

function indexSystem(element: ElementPart, out: Map<string, Fragment>): void {
  for (const child of element.content) {
    if (child.kind !== PART.element) continue;
    for (const [name, attribute, field] of SYSTEM_FIELDS) {
      if (name !== child.name) continue;
      const content =
        attribute === undefined
          ? child.content
          : child.attributes.find((candidate) => candidate.name === attribute)?.content;
      if (content && content.length > 0 && !out.has(field)) out.set(field, content);
    }
  }
}

/** `Data` elements by their `Name`; every other element by its own name. */
function indexData(element: ElementPart, out: Map<string, Fragment[]>): void {
  for (const child of element.content) {
    if (child.kind !== PART.element) continue;
    const name = dataName(child) ?? child.name;
    const hasElements = child.content.some((part) => part.kind === PART.element);
    if (hasElements) indexData(child, out);
    else {
      const seen = out.get(name);
      if (seen) seen.push(child.content);
      else out.set(name, [child.content]);
    }
  }
}

/** The literal `Name` of a `Data` element, or undefined. */
export function dataName(element: ElementPart): string | undefined {
  if (element.name !== 'Data' || element.attributes.length === 0) return undefined;
  const name = element.attributes.find((attribute) => attribute.name === 'Name');
  if (!name || name.content.length === 0) return undefined;
  let text = '';
  for (const part of name.content) {
    if (part.kind !== PART.text) return undefined;
    text += part.text;
  }
  return text === '' ? undefined : text;
}

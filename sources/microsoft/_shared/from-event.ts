import type { JsonObject } from '@vigie/contracts';
import { parseIso } from '../../kit/dates.ts';
import { parseXml, type XmlElement } from '../../kit/xml.ts';
import { standardOpcode } from './from-nxlog.ts';
import {
  type DataFields,
  dataText,
  emptyData,
  keywordMask,
  object,
  readKeywords,
  text,
  type WindowsEvent,
  whole,
} from './windows-event.ts';

/**
 * What `System` and `RenderingInfo` hold, as text: element name, or `element@attribute`. The names are the
 * schema's, so a plain object with a fixed set of them would do; a map keeps hostile names harmless.
 */
type Header = ReadonlyMap<string, string>;

/** The event as JSON in the usual nested form: `{ Event: { System, EventData | UserData } }`. */
export function fromEventJson(json: JsonObject): WindowsEvent | undefined {
  const event = object(json['Event']);
  const system = object(event?.['System']);
  if (!event || !system) return undefined;
  const header = new Map<string, string>();
  for (const name of Object.keys(system)) {
    const value = system[name];
    const inner = object(value);
    const own = text(inner ? inner['#text'] : value);
    if (own !== undefined) header.set(name, own);
    const attributes =
      object(inner?.['#attributes'] ?? inner?.['@attributes']) ?? object(system[`${name}_attributes`]);
    for (const key of Object.keys(attributes ?? {})) {
      const found = text(attributes![key]);
      if (found !== undefined) header.set(`${name}@${key}`, found);
    }
    // Converters of XML write attributes beside the text, with an @ before their name.
    for (const key of Object.keys(inner ?? {})) {
      const found = key.startsWith('@') ? text(inner![key]) : undefined;
      if (found !== undefined) header.set(`${name}${key}`, found);
    }
  }
  const rendering = object(event['RenderingInfo']);
  const eventData = object(event['EventData']);
  const data = emptyData();
  if (eventData) readJsonData(eventData, data);
  const userData = eventData ? undefined : object(event['UserData']);
  const inside =
    userData && Object.entries(userData).find(([name, value]) => name !== '#attributes' && object(value));
  if (inside) readJsonUserData(object(inside[1])!, data, 0);
  return build(header, data, inside?.[0], {
    message: text(rendering?.['Message']),
    task: text(rendering?.['Task']),
    opcode: text(rendering?.['Opcode']),
  });
}

function readJsonData(source: Readonly<Record<string, unknown>>, out: DataFields): void {
  for (const name of Object.keys(source)) {
    if (name === '#attributes') continue;
    const value = source[name];
    const inner = object(value);
    if (name === 'Data') {
      const list = inner && inner['@Name'] === undefined ? inner['#text'] : value;
      for (const [index, item] of (Array.isArray(list) ? list : [list]).entries()) {
        const element = object(item);
        setData(
          out,
          text(element?.['@Name']) ?? `param${index + 1}`,
          dataText(element ? element['#text'] : item),
        );
      }
    } else if (!name.startsWith('@')) setData(out, name, inner ? dataText(inner['#text']) : dataText(value));
  }
}

function readJsonUserData(source: Readonly<Record<string, unknown>>, out: DataFields, depth: number): void {
  for (const name of Object.keys(source)) {
    if (name === '#attributes' || name === '#text' || name.startsWith('@')) continue;
    const inner = object(source[name]);
    if (inner && inner['#text'] === undefined && depth < 4) readJsonUserData(inner, out, depth + 1);
    else setData(out, name, inner ? dataText(inner['#text']) : dataText(source[name]));
  }
}

/** Event XML, with or without rendered texts. */
export function fromEventXml(source: string): WindowsEvent | undefined {
  const root = parseXml(source);
  if (root?.name !== 'Event') return undefined;
  const header = new Map<string, string>();
  const data = emptyData();
  let userDataName: string | undefined;
  const rendered: { message?: string; task?: string; opcode?: string } = {};
  for (const part of root.children) {
    if (part.name === 'System') readXmlSystem(part, header);
    else if (part.name === 'EventData') readXmlData(part, data);
    else if (part.name === 'UserData') {
      const inside = part.children[0];
      if (inside) {
        userDataName = inside.name;
        readXmlUserData(inside, data);
      }
    } else if (part.name === 'RenderingInfo') {
      for (const item of part.children) {
        if (item.name === 'Message') rendered.message = text(item.text);
        else if (item.name === 'Task') rendered.task = text(item.text);
        else if (item.name === 'Opcode') rendered.opcode = text(item.text);
      }
    }
  }
  return build(header, data, userDataName, rendered);
}

function readXmlSystem(system: XmlElement, out: Map<string, string>): void {
  for (const element of system.children) {
    if (element.text !== '') out.set(element.name, element.text);
    for (const name of Object.keys(element.attributes)) {
      const value = element.attributes[name]!;
      if (value !== '') out.set(`${element.name}@${name}`, value);
    }
  }
}

function readXmlData(eventData: XmlElement, out: DataFields): void {
  for (const [index, element] of eventData.children.entries()) {
    const name = element.attributes['Name'];
    if (element.name === 'Data') setData(out, name || `param${index + 1}`, element.text);
    else setData(out, element.name, element.text);
  }
}

function readXmlUserData(element: XmlElement, out: DataFields): void {
  for (const child of element.children) {
    if (child.children.length > 0) readXmlUserData(child, out);
    else setData(out, child.name, child.text);
  }
}

/** Empty values are left out and the first of equal names stays, as Winlogbeat does. */
function setData(out: DataFields, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '' && out[name] === undefined) out[name] = value;
}

function build(
  header: Header,
  data: DataFields,
  userDataName: string | undefined,
  rendered: { readonly message?: string; readonly task?: string; readonly opcode?: string },
): WindowsEvent | undefined {
  const eventId = whole(header.get('EventID'));
  if (eventId === undefined) return undefined;
  const mask = keywordMask(header.get('Keywords'));
  const keywords = mask === undefined ? undefined : readKeywords(mask);
  const time = header.get('TimeCreated@SystemTime');
  const opcode = whole(header.get('Opcode'));
  const identifier = header.get('Security@UserID');
  return {
    channel: header.get('Channel'),
    // Classic sources have a provider of the new kind only where one was registered for them.
    provider: header.get('Provider@Name') ?? header.get('Provider@EventSourceName'),
    providerGuid: header.get('Provider@Guid'),
    eventId,
    version: whole(header.get('Version')),
    level: whole(header.get('Level')),
    task: rendered.task ?? header.get('Task'),
    opcode: opcode === undefined ? rendered.opcode : standardOpcode(opcode, rendered.opcode),
    keywords: keywords?.names,
    audit: keywords?.audit,
    time: time === undefined ? undefined : parseIso(time, 'UTC'),
    recordId: header.get('EventRecordID'),
    activityId: header.get('Correlation@ActivityID'),
    relatedActivityId: header.get('Correlation@RelatedActivityID'),
    processId: whole(header.get('Execution@ProcessID')),
    threadId: whole(header.get('Execution@ThreadID')),
    computer: header.get('Computer'),
    user: identifier === undefined ? undefined : { identifier },
    data,
    userDataName,
    message: rendered.message,
  };
}

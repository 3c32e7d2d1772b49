import { ACTION, NS } from './names.ts';
import { childOf, escapeXml, readXml, XmlError, type XmlNode } from './xml.ts';

/** A message of a machine, as far as a collector needs it. */
export interface Envelope {
  /** What it asks for, see {@link ACTION}. */
  readonly action: string;
  readonly messageId: string;
  /** What the machine calls itself. Nobody vouches for it. */
  readonly machineId: string | undefined;
  /** What `NotifyTo` told it to send along: the subscription's version that it works by. */
  readonly identifier: string | undefined;
  /** How far it has come with these events: `BookmarkList`, written anew from what was read. */
  readonly bookmark: string | undefined;
  readonly acknowledge: boolean;
  /** Each event as XML. */
  readonly events: readonly string[];
  /** Why it gives up a subscription. */
  readonly problem: string | undefined;
}

/** Kept of the texts that a machine says about itself. */
const MAX_TEXT = 1024;
/** Of a bookmark, characters: some hundred channels. */
const MAX_BOOKMARK = 64 * 1024;
const CONTROLS = /\p{Cc}+/gu;
const BOOKMARK_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * Reads a message.
 *
 * @throws {XmlError} when it is no SOAP envelope, or lacks what every message has
 */
export function readEnvelope(text: string): Envelope {
  const root = readXml(text);
  if (root.uri !== NS.soap || root.name !== 'Envelope') throw new XmlError('it is no SOAP 1.2 envelope');
  const header = childOf(root, NS.soap, 'Header');
  const body = childOf(root, NS.soap, 'Body');
  if (header === undefined || body === undefined) throw new XmlError('the header or the body is missing');
  const word = (uri: string, name: string): string | undefined => {
    const value = childOf(header, uri, name)?.text.trim().slice(0, MAX_TEXT);
    return value === '' ? undefined : value;
  };
  const action = word(NS.addressing, 'Action');
  const messageId = word(NS.addressing, 'MessageID');
  if (action === undefined || messageId === undefined) throw new XmlError('Action or MessageID is missing');
  return {
    action,
    messageId,
    machineId: word(NS.machine, 'MachineID'),
    identifier: word(NS.eventing, 'Identifier'),
    bookmark: readBookmark(childOf(header, NS.wsman, 'Bookmark')),
    acknowledge: childOf(header, NS.wsman, 'AckRequested') !== undefined,
    events: action === ACTION.events ? readEvents(text, body) : [],
    problem: action === ACTION.subscriptionEnd ? readProblem(body) : undefined,
  };
}

function readEvents(text: string, body: XmlNode): string[] {
  const events: string[] = [];
  for (const event of childOf(body, NS.wsman, 'Events')?.children ?? []) {
    if (event.uri !== NS.wsman || event.name !== 'Event') continue;
    // A machine that does as it was asked wraps each event in CDATA; others put it in as it is.
    const xml = (event.children.length === 0 ? event.text : text.slice(event.start, event.end)).trim();
    if (xml !== '') events.push(xml);
  }
  return events;
}

/**
 * What is kept of a bookmark goes back to the machine inside our own XML: so it is written from what was read, and
 * not taken over.
 */
function readBookmark(bookmark: XmlNode | undefined): string | undefined {
  const list = bookmark?.children[0];
  if (list === undefined) return undefined;
  if (list.name !== 'BookmarkList') throw new XmlError('the bookmark is no BookmarkList');
  const attributes = (node: XmlNode): string =>
    [...node.attributes]
      .filter(([name]) => BOOKMARK_NAME.test(name))
      .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
      .join('');
  const marks = list.children
    .filter(({ name }) => name === 'Bookmark')
    .map((mark) => `<Bookmark${attributes(mark)}/>`)
    .join('');
  const written = `<BookmarkList${attributes(list)}>${marks}</BookmarkList>`;
  if (written.length > MAX_BOOKMARK) throw new XmlError('the bookmark is too long');
  // No database takes it, and no channel has it.
  if (written.includes('\0')) throw new XmlError('the bookmark holds a NUL');
  return written;
}

/** All words of the reason, wherever in the fault they stand. */
function readProblem(body: XmlNode): string {
  const words: string[] = [];
  const collect = (node: XmlNode): void => {
    const text = node.text.trim();
    if (text !== '' && node.name !== 'Address' && node.name !== 'Identifier') words.push(text);
    const code = node.uri === NS.fault ? node.attributes.get('Code') : undefined;
    if (code !== undefined) words.push(`(${code})`);
    node.children.forEach(collect);
  };
  collect(body);
  return words.join(' ').replace(CONTROLS, ' ').slice(0, MAX_TEXT);
}

import type { Readable } from 'node:stream';
import {
  type Audience,
  type CommentEdit,
  type CommentHistory,
  type ConversationView,
  type NewComment,
  permissionsOf,
  type Side,
} from '@vigie/contracts/api';
import type {
  AccountStore,
  AttachmentContent,
  CollaborationProblem,
  Contact,
  ConversationBook,
  Identity,
} from '../../api/index.ts';
import { sideOf } from '../../api/side.ts';
import { type FileVault, safeFileName } from '../../collaboration/index.ts';
import type { CommentRow, ConversationStore, SpokenOf } from '../../storage/state/conversation-store.ts';
import type { Viewer } from '../../storage/state/side.ts';
import { mentionable, type Reader, readersOf } from './people.ts';
import type { RequestDesk } from './requests.ts';
import type { Teller } from './telling.ts';
import { viewerOf } from './viewer.ts';
import { attachmentView, commentView } from './views.ts';

export interface ConversationOptions {
  readonly store: ConversationStore;
  readonly vault: FileVault;
  readonly requests: RequestDesk;
  readonly teller: Teller;
  readonly accounts: Pick<AccountStore, 'users'>;
  readonly contacts: (tenant: string) => readonly Contact[];
  /** What the files of one tenant may take together, bytes. */
  readonly quota: number;
  /** A new file is to be looked at. */
  readonly scan: () => void;
  readonly now: () => number;
}

const NOT_FOUND: CollaborationProblem = { code: 'not_found', message: 'incident not found' };
const NO_COMMENT: CollaborationProblem = { code: 'not_found', message: 'comment not found' };

/** Comments and files of incidents, for people of both sides. */
export class Conversations implements ConversationBook {
  readonly #options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get maxAttachment(): number {
    return this.#options.vault.limit;
  }

  async knows(identity: Identity, incident: number): Promise<boolean> {
    return (await this.#options.store.incident(viewerOf(identity), incident)) !== undefined;
  }

  async read(identity: Identity, incident: number): Promise<ConversationView | CollaborationProblem> {
    const about = await this.#options.store.incident(viewerOf(identity), incident);
    return about === undefined ? NOT_FOUND : this.#view(identity, incident, about);
  }

  async #view(identity: Identity, incident: number, about: SpokenOf): Promise<ConversationView> {
    const { store, requests, accounts, contacts, vault } = this.#options;
    const viewer = viewerOf(identity);
    const { comments, attachments } = await store.read(viewer, about.tenant, incident);
    const readers = await readersOf(accounts, about.tenant);
    const asked = await requests.views(identity, about.tenant, incident);
    const met = new Set(comments.map(({ author_id }) => author_id));
    if (about.ownerId !== null) met.add(about.ownerId);
    const waits = await requests.waits(about.tenant, incident);
    const last = waits.at(-1);
    return {
      incident,
      tenant: about.tenant,
      side: viewer.side,
      comments: comments.map((row) => commentView(row, identity)),
      attachments: attachments.map((row) => attachmentView(row, identity)),
      requests: asked,
      people: mentionable(identity, viewer.side, readers, met).map(({ id, name, side }) => ({
        id,
        name,
        side,
      })),
      contacts:
        viewer.side === 'provider' ? contacts(about.tenant).map(({ name, email }) => ({ name, email })) : [],
      waitingSince: last !== undefined && last.to === null ? last.from : null,
      maxAttachment: vault.limit,
      mayWrite: identity.permissions.has('comments.write'),
    };
  }

  async comment(
    identity: Identity,
    incident: number,
    { body, audience, mentions }: NewComment,
  ): Promise<ConversationView | CollaborationProblem> {
    const { store, teller, now } = this.#options;
    const viewer = viewerOf(identity);
    const about = await store.incident(viewer, incident);
    if (about === undefined) return NOT_FOUND;
    const read = audienceFor(viewer.side, audience);
    const told = await this.#told(identity, incident, about, read, mentions);
    if ('code' in told) return told;
    const id = await store.addComment(viewer, {
      tenant: about.tenant,
      incident,
      audience: read,
      body,
      author: { id: identity.id, name: identity.name, side: viewer.side },
      mentions: told.map(({ id: person, name }) => ({ id: person, name })),
      at: now(),
    });
    const said = { tenant: about.tenant, incident, actor: identity.name, text: body };
    await teller.notify(
      told.map((one) => one.id),
      { ...said, kind: 'mention' },
      identity.id,
    );
    await teller.mention(told, {
      tenant: about.tenant,
      incident,
      id,
      title: about.title,
      author: identity.name,
      body,
    });
    await this.#tellOthers(identity, incident, about, read, new Set(told.map((one) => one.id)), body);
    teller.changed(about.tenant, incident);
    return this.#view(identity, incident, about);
  }

  /** The other side hears of what was said to it: of a client's word at least somebody of the provider. */
  async #tellOthers(
    identity: Identity,
    incident: number,
    about: SpokenOf,
    audience: Audience,
    told: ReadonlySet<string>,
    body: string,
  ): Promise<void> {
    if (audience === 'internal') return;
    const { store, teller, accounts } = this.#options;
    const side = sideOf(identity);
    const readers = await readersOf(accounts, about.tenant);
    const { comments } = await store.read(
      { scope: [about.tenant], side: 'provider' },
      about.tenant,
      incident,
    );
    const part = new Set(comments.map(({ author_id }) => author_id));
    if (about.ownerId !== null) part.add(about.ownerId);
    let others = readers.filter((reader) => reader.side !== side && part.has(reader.id));
    if (others.length === 0 && side === 'client')
      others = readers.filter(
        (reader) => reader.side === 'provider' && permissionsOf(reader.role).has('incidents.handle'),
      );
    await teller.notify(
      others.filter(({ id }) => !told.has(id)).map(({ id }) => id),
      {
        tenant: about.tenant,
        incident,
        actor: identity.name,
        text: body,
        kind: side === 'client' ? 'client-comment' : 'provider-comment',
      },
      identity.id,
    );
  }

  /** The people mentioned, each of whom may read the comment. */
  async #told(
    identity: Identity,
    incident: number,
    about: SpokenOf,
    audience: Audience,
    mentions: readonly string[],
  ): Promise<Reader[] | CollaborationProblem> {
    if (mentions.length === 0) return [];
    const viewer = viewerOf(identity);
    const { comments } = await this.#options.store.read(viewer, about.tenant, incident);
    const met = new Set(comments.map(({ author_id }) => author_id));
    if (about.ownerId !== null) met.add(about.ownerId);
    const allowed = new Map(
      mentionable(identity, viewer.side, await readersOf(this.#options.accounts, about.tenant), met)
        .filter(({ side }) => audience === 'client' || side === 'provider')
        .map((reader) => [reader.id, reader]),
    );
    const told: Reader[] = [];
    for (const id of new Set(mentions)) {
      const reader = allowed.get(id);
      if (reader === undefined)
        return { code: 'invalid', message: 'somebody who is mentioned may not read this comment' };
      told.push(reader);
    }
    return told;
  }

  /** A comment, and what it was said of, as far as the viewer may see them. */
  async #find(
    viewer: Viewer,
    incident: number,
    comment: string,
  ): Promise<{ about: SpokenOf; row: CommentRow } | CollaborationProblem> {
    const { store } = this.#options;
    const about = await store.incident(viewer, incident);
    if (about === undefined) return NOT_FOUND;
    const row = await store.comment(viewer, about.tenant, comment);
    return row === undefined ? NO_COMMENT : { about, row };
  }

  async edit(
    identity: Identity,
    incident: number,
    comment: string,
    change: CommentEdit,
  ): Promise<ConversationView | CollaborationProblem> {
    const { store, teller, now } = this.#options;
    const viewer = viewerOf(identity);
    const found = await this.#find(viewer, incident, comment);
    if ('code' in found) return found;
    const { about, row } = found;
    if (row.deleted_at !== null) return { code: 'gone', message: 'it was deleted' };
    if (!commentView(row, identity).mayEdit)
      return { code: 'forbidden', message: 'only who wrote a comment may change it' };
    const told = await this.#told(identity, incident, about, row.audience, change.mentions);
    if ('code' in told) return told;
    await store.editComment(viewer, about.tenant, comment, {
      body: change.body,
      mentions: told.map(({ id, name }) => ({ id, name })),
      at: now(),
      actor: identity.name,
    });
    const before = new Set(row.mentions.map(({ id }) => id));
    const added = told.filter(({ id }) => !before.has(id));
    await teller.notify(
      added.map(({ id }) => id),
      { tenant: about.tenant, incident, actor: identity.name, text: change.body, kind: 'mention' },
      identity.id,
    );
    await teller.mention(added, {
      tenant: about.tenant,
      incident,
      id: comment,
      title: about.title,
      author: identity.name,
      body: change.body,
    });
    teller.changed(about.tenant, incident);
    return this.#view(identity, incident, about);
  }

  async remove(
    identity: Identity,
    incident: number,
    comment: string,
  ): Promise<ConversationView | CollaborationProblem> {
    const { store, teller, now } = this.#options;
    const viewer = viewerOf(identity);
    const found = await this.#find(viewer, incident, comment);
    if ('code' in found) return found;
    const { about, row } = found;
    if (!commentView(row, identity).mayDelete)
      return row.deleted_at !== null
        ? { code: 'gone', message: 'it was deleted already' }
        : { code: 'forbidden', message: 'only who wrote a comment may delete it' };
    await store.deleteComment(viewer, about.tenant, comment, identity.name, now());
    teller.changed(about.tenant, incident);
    return this.#view(identity, incident, about);
  }

  async history(
    identity: Identity,
    incident: number,
    comment: string,
  ): Promise<CommentHistory | CollaborationProblem> {
    const viewer = viewerOf(identity);
    const found = await this.#find(viewer, incident, comment);
    if ('code' in found) return found;
    const { about, row } = found;
    // What was deleted is gone for those who read along; who answers for the place can still look.
    if (row.deleted_at !== null && !identity.permissions.has('platform.manage')) return NO_COMMENT;
    const items = await this.#options.store.versions(viewer, about.tenant, comment);
    return {
      items: [...items, { body: row.body, at: row.edited_at ?? row.created_at, by: row.author_name }],
    };
  }

  async attach(
    identity: Identity,
    incident: number,
    file: { readonly name: string; readonly audience: Audience; readonly content: Readable },
  ): Promise<ConversationView | CollaborationProblem> {
    const { store, vault, teller, scan, now } = this.#options;
    const viewer = viewerOf(identity);
    const about = await store.incident(viewer, incident);
    if (about === undefined) return NOT_FOUND;
    const stored = await vault.store(about.tenant, file.content);
    const id = await store.addAttachment(viewer, this.#options.quota, {
      tenant: about.tenant,
      incident,
      audience: audienceFor(viewer.side, file.audience),
      name: safeFileName(file.name),
      ...stored,
      author: { id: identity.id, name: identity.name, side: viewer.side },
      at: now(),
    });
    if (id === undefined) {
      await vault.remove(about.tenant, stored.file);
      return { code: 'many', message: 'there are as many files here as there may be; delete some first' };
    }
    scan();
    teller.changed(about.tenant, incident);
    return this.#view(identity, incident, about);
  }

  async download(
    identity: Identity,
    incident: number,
    attachment: string,
    warned: boolean,
  ): Promise<AttachmentContent | CollaborationProblem> {
    const { store, vault } = this.#options;
    const viewer = viewerOf(identity);
    const about = await store.incident(viewer, incident);
    if (about === undefined) return NOT_FOUND;
    const row = await store.attachment(viewer, about.tenant, attachment);
    if (row === undefined) return { code: 'not_found', message: 'file not found' };
    if (row.deleted_at !== null) return { code: 'gone', message: 'it was deleted' };
    if (row.scan_state === 'pending')
      return { code: 'busy', message: 'it is being looked at; try again in a moment' };
    if (!attachmentView(row, identity).mayDownload)
      return { code: 'forbidden', message: 'the file is infected; only the provider’s analysts may have it' };
    if (row.scan_state === 'infected' && !warned)
      return {
        code: 'warning',
        message: `the file is infected (${row.scan_detail}); say warned=yes to have it all the same`,
      };
    const content = await vault.read(about.tenant, row.file);
    if (content === undefined) return { code: 'gone', message: 'the file is not there any more' };
    return { name: row.name, type: row.type, size: row.size, content };
  }

  async detach(
    identity: Identity,
    incident: number,
    attachment: string,
  ): Promise<ConversationView | CollaborationProblem> {
    const { store, vault, teller, now } = this.#options;
    const viewer = viewerOf(identity);
    const about = await store.incident(viewer, incident);
    if (about === undefined) return NOT_FOUND;
    const row = await store.attachment(viewer, about.tenant, attachment);
    if (row === undefined) return { code: 'not_found', message: 'file not found' };
    if (!attachmentView(row, identity).mayDelete)
      return row.deleted_at !== null
        ? { code: 'gone', message: 'it was deleted already' }
        : { code: 'forbidden', message: 'only who sent a file may delete it' };
    if (await store.deleteAttachment(viewer, about.tenant, attachment, identity.name, now()))
      await vault.remove(about.tenant, row.file);
    teller.changed(about.tenant, incident);
    return this.#view(identity, incident, about);
  }
}

/** What a client writes is never hidden from its own people. */
function audienceFor(side: Side, wanted: Audience): Audience {
  return side === 'provider' ? wanted : 'client';
}

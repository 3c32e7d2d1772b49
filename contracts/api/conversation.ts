import { z } from 'zod';
import { RequestView } from './client-requests.ts';
import { Instant, Slug } from './common.ts';

/**
 * What people say about an incident. A text is for the provider's own people (`internal`) or for the client as
 * well (`client`); an identity of the client never gets an internal one, and all that it writes is `client`.
 */
export const AUDIENCES = ['internal', 'client'] as const;
export const Audience = z.enum(AUDIENCES);
export type Audience = z.infer<typeof Audience>;

/** Longest comment, characters. */
export const MAX_COMMENT = 10_000;

/** Where somebody stands: one of the provider's own, or one of the client's. */
export const SideSchema = z.enum(['provider', 'client']);

/** Somebody who can be mentioned. */
export const Person = z.object({ id: z.string(), name: z.string(), side: SideSchema });
export type Person = z.infer<typeof Person>;

export const CommentView = z.object({
  id: z.string(),
  audience: Audience,
  /** Markdown of the subset that the console renders; empty when it was deleted. */
  body: z.string(),
  author: Person,
  mentions: z.array(z.object({ id: z.string(), name: z.string() })),
  createdAt: Instant,
  editedAt: Instant.nullable(),
  /** Set: only the mark is left. */
  deleted: z.object({ at: Instant, by: z.string() }).nullable(),
  mayEdit: z.boolean(),
  mayDelete: z.boolean(),
});
export type CommentView = z.infer<typeof CommentView>;

const Body = z.string().trim().min(1).max(MAX_COMMENT);
const Mentions = z.array(z.string().min(1).max(64)).max(20).default([]);

/** `POST /api/incidents/:id/comments`. */
export const NewComment = z.strictObject({
  body: Body,
  /** Of the provider's people; a client's comment is always `client`. */
  audience: Audience.default('internal'),
  /** Ids of the people to be told; only those who may read the comment. */
  mentions: Mentions,
});
export type NewComment = z.infer<typeof NewComment>;

/** `PATCH /api/incidents/:id/comments/:comment`. Who may read it can't be changed afterwards. */
export const CommentEdit = z.strictObject({ body: Body, mentions: Mentions });
export type CommentEdit = z.infer<typeof CommentEdit>;

/** Former texts of a comment, oldest first. */
export const CommentHistory = z.object({
  items: z.array(z.object({ body: z.string(), at: Instant, by: z.string() })),
});
export type CommentHistory = z.infer<typeof CommentHistory>;

/**
 * What a scanner said of a file: `pending`: not yet; `unscanned`: nothing looks at files here, or it could not
 * look at this one; `failed`: the scanner is away, it will be asked again.
 */
export const SCAN_STATES = ['pending', 'clean', 'infected', 'unscanned', 'failed'] as const;
export const ScanState = z.enum(SCAN_STATES);
export type ScanState = z.infer<typeof ScanState>;

export const AttachmentView = z.object({
  id: z.string(),
  audience: Audience,
  /** As the sender named it, without paths, control characters and characters that turn the direction of reading. */
  name: z.string(),
  /** Bytes. */
  size: z.number().int(),
  /** SHA-256, hexadecimal. */
  sha256: z.string(),
  /** Media type by content; `application/octet-stream` for what is not known. */
  type: z.string(),
  /** The name's ending promises another type than the content has. */
  disguised: z.boolean(),
  author: Person,
  createdAt: Instant,
  scan: z.object({ state: ScanState, detail: z.string(), at: Instant.nullable() }),
  deleted: z.object({ at: Instant, by: z.string() }).nullable(),
  /** Whether the reader may have the content; an infected file is for the provider's analysts only. */
  mayDownload: z.boolean(),
  mayDelete: z.boolean(),
});
export type AttachmentView = z.infer<typeof AttachmentView>;

/** Query of `POST /api/incidents/:id/attachments`; the body is the file itself, `application/octet-stream`. */
export const AttachmentUpload = z.object({
  name: z.string().min(1).max(1024),
  audience: Audience.default('internal'),
});

/** Query of a download. */
export const AttachmentDownload = z.object({
  /** `yes`: the warning about an infected file was read. */
  warned: z.enum(['yes']).optional(),
});

/** `GET /api/incidents/:id/conversation`: all that people said, asked and sent, oldest first. */
export const ConversationView = z.object({
  incident: z.number().int(),
  tenant: Slug,
  /** Where the reader stands. */
  side: SideSchema,
  comments: z.array(CommentView),
  attachments: z.array(AttachmentView),
  requests: z.array(RequestView),
  /** Whom the reader may mention. */
  people: z.array(Person),
  /** Contacts of the client that can be asked; empty for the client's own people. */
  contacts: z.array(z.object({ name: z.string(), email: z.string() })),
  /** Since when the incident waits for the client, with its clocks stopped; null: it does not. */
  waitingSince: Instant.nullable(),
  /** Largest file, bytes. */
  maxAttachment: z.number().int(),
  mayWrite: z.boolean(),
});
export type ConversationView = z.infer<typeof ConversationView>;

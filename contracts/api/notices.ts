import { z } from 'zod';
import { Instant, Slug } from './common.ts';

/** Why somebody is told in the console. */
export const NOTICE_KINDS = [
  'mention',
  'client-comment',
  'provider-comment',
  'asked',
  'answer',
  'approved',
  'refused',
  'overdue',
  'infected',
  'assigned',
  'handed-on',
  'clock-warning',
  'clock-breach',
  'asset-comment',
] as const;

/** One line of a person's list of news. */
export const NoticeView = z.object({
  id: z.string(),
  kind: z.enum(NOTICE_KINDS),
  tenant: Slug,
  incident: z.number().int(),
  /** Who caused it. */
  actor: z.string(),
  /** Beginning of the text it is about; plain text. */
  excerpt: z.string(),
  /** Id of the asset that it is about, in the same tenant; null: it is about the incident. */
  asset: z.string().nullable(),
  at: Instant,
  readAt: Instant.nullable(),
});
export type NoticeView = z.infer<typeof NoticeView>;

/** `GET /api/notices`: the newest hundred of the signed-in person. */
export const NoticeList = z.object({ items: z.array(NoticeView), unread: z.number().int() });
export type NoticeList = z.infer<typeof NoticeList>;

/** `POST /api/notices/read`. */
export const NoticesRead = z.strictObject({
  /** Left out: all of them. */
  ids: z.array(z.string().min(1).max(64)).max(200).optional(),
});

import type { AttachmentView, CommentView, RequestView } from '@vigie/contracts/api';
import type { Identity } from '../../api/index.ts';
import { sideOf } from '../../api/side.ts';
import { answerable, isDisguised } from '../../collaboration/index.ts';
import type { AttachmentRow, CommentRow } from '../../storage/state/conversation-store.ts';
import type { RequestRecord } from '../../storage/state/request-store.ts';

/** A comment as somebody sees it: of a deleted one only the mark. */
export function commentView(row: CommentRow, identity: Identity): CommentView {
  const there = row.deleted_at === null;
  const own = row.author_id === identity.id && identity.permissions.has('comments.write');
  return {
    id: row.id,
    audience: row.audience,
    body: there ? row.body : '',
    author: { id: row.author_id, name: row.author_name, side: row.author_side },
    mentions: there ? row.mentions : [],
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deleted: row.deleted_at === null ? null : { at: row.deleted_at, by: row.deleted_by ?? '' },
    mayEdit: there && own,
    mayDelete: there && (own || identity.permissions.has('platform.manage')),
  };
}

/** A file as somebody sees it. */
export function attachmentView(row: AttachmentRow, identity: Identity): AttachmentView {
  const there = row.deleted_at === null;
  const handles = sideOf(identity) === 'provider' && identity.permissions.has('incidents.handle');
  return {
    id: row.id,
    audience: row.audience,
    name: row.name,
    size: row.size,
    sha256: row.sha256,
    type: row.type,
    disguised: isDisguised(row.name, row.type),
    author: { id: row.author_id, name: row.author_name, side: row.author_side },
    createdAt: row.created_at,
    scan: { state: row.scan_state, detail: row.scan_detail, at: row.scanned_at },
    deleted: row.deleted_at === null ? null : { at: row.deleted_at, by: row.deleted_by ?? '' },
    mayDownload: there && row.scan_state !== 'pending' && (row.scan_state !== 'infected' || handles),
    mayDelete:
      there &&
      ((row.author_id === identity.id && identity.permissions.has('comments.write')) ||
        identity.permissions.has('platform.manage')),
  };
}

/** Whether somebody who is signed in may answer a request: its recipients, and for a decision those of its role. */
export function mayAnswer(record: RequestRecord, identity: Identity, now: number): boolean {
  const { request, recipients, answers } = record;
  if (identity.kind !== 'account' || sideOf(identity) !== 'client') return false;
  const needed = request.kind === 'question' ? 'incidents.respond' : 'decisions.approve';
  if (!identity.permissions.has(needed)) return false;
  if (request.state !== 'open' || now > answerable({ kind: request.kind, dueAt: request.due_at }))
    return false;
  const person = identity.email.toLowerCase();
  if (answers.some((answer) => answer.person === person)) return false;
  if (request.kind === 'question') return true;
  if (recipients.some((one) => one.email.toLowerCase() === person && one.revoked_at === null)) return true;
  return (
    request.approver_role !== null &&
    (identity.role === 'client-administrator' || identity.role === request.approver_role)
  );
}

/** A question or decision as somebody sees it. */
export function requestView(record: RequestRecord, identity: Identity, now: number): RequestView {
  const { request, recipients, answers } = record;
  return {
    id: request.id,
    kind: request.kind,
    title: request.title,
    text: request.text,
    choices: request.choices,
    risk: request.risk,
    approverRole: request.approver_role,
    needed: request.needed,
    state: request.state,
    askedBy: request.asked_by,
    askedAt: request.asked_at,
    dueAt: request.due_at,
    overdue: request.state === 'open' && now > request.due_at,
    closedAt: request.closed_at,
    pauses: request.pauses,
    recipients: recipients.map((one) => ({
      id: one.id,
      name: one.name,
      email: one.email,
      link:
        one.used_at !== null
          ? 'used'
          : one.revoked_at !== null || one.expires_at <= now || request.state !== 'open'
            ? 'ended'
            : one.sent_at !== null
              ? 'live'
              : 'none',
      remindedAt: one.reminded_at,
    })),
    answers: answers.map(({ name, how, email, verdict, choice, text, at }) => ({
      by: name,
      how,
      email,
      verdict,
      choice,
      text,
      at,
    })),
    mayAnswer: mayAnswer(record, identity, now),
  };
}

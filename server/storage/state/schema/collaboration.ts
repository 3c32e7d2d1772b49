import type { Audience, RequestState, Risk, ScanState, Side } from '@vigie/contracts/api';
import type { Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** What provider and client say, ask, decide and send about incidents. */
export interface CollaborationTables {
  incident_comment: IncidentCommentTable;
  incident_comment_version: IncidentCommentVersionTable;
  attachment: AttachmentTable;
  client_request: ClientRequestTable;
  client_request_recipient: ClientRequestRecipientTable;
  client_request_link: ClientRequestLinkTable;
  client_request_answer: ClientRequestAnswerTable;
  notice: NoticeTable;
  campaign: CampaignTable;
  campaign_incident: CampaignIncidentTable;
}

export interface IncidentCommentTable {
  tenant: string;
  id: string;
  incident_id: number;
  audience: Audience;
  body: string;
  author_id: string;
  author_name: string;
  author_side: Side;
  mentions: Json<{ id: string; name: string }[]>;
  created_at: number;
  edited_at: number | null;
  deleted_at: number | null;
  deleted_by: string | null;
}

/** A text that a comment had before it was edited. */
export interface IncidentCommentVersionTable {
  id: Generated<string>;
  tenant: string;
  comment_id: string;
  audience: Audience;
  body: string;
  at: number;
  actor: string;
}

/** A file about an incident; its content is in the data folder under `file`. */
export interface AttachmentTable {
  tenant: string;
  id: string;
  incident_id: number;
  audience: Audience;
  name: string;
  /** Random; says nothing of name or sender. */
  file: string;
  size: BigInt64;
  sha256: string;
  type: string;
  author_id: string;
  author_name: string;
  author_side: Side;
  created_at: number;
  scan_state: ScanState;
  scan_detail: string;
  scanned_at: number | null;
  deleted_at: number | null;
  deleted_by: string | null;
}

export interface ClientRequestTable {
  tenant: string;
  id: string;
  incident_id: number;
  kind: 'question' | 'decision';
  title: string | null;
  text: string;
  choices: string[];
  risk: Risk | null;
  approver_role: 'client-administrator' | 'client-responder' | null;
  needed: number;
  /** What an automation wants to do once it is approved; its own affair. */
  action: Json<object | null>;
  state: Generated<RequestState>;
  asked_by_id: string;
  asked_by: string;
  asked_at: number;
  due_at: number;
  closed_at: number | null;
  pauses: boolean;
  overdue_told_at: number | null;
}

export interface ClientRequestRecipientTable {
  tenant: string;
  request_id: string;
  id: string;
  name: string;
  email: string;
  expires_at: number;
  /** When a token was mailed last. */
  sent_at: number | null;
  reminded_at: number | null;
  revoked_at: number | null;
  used_at: number | null;
}

/** Every token that was mailed to a recipient: SHA-256. `vigie_api` can't read it. */
export interface ClientRequestLinkTable {
  token_hash: Buffer;
  tenant: string;
  recipient_id: string;
  created_at: number;
}

export interface ClientRequestAnswerTable {
  id: Generated<string>;
  tenant: string;
  request_id: string;
  /** Address in lower case: one person answers a request once, whichever way. */
  person: string;
  name: string;
  how: 'link' | 'session';
  email: string;
  verdict: 'approve' | 'refuse' | null;
  choice: string | null;
  text: string;
  at: number;
}

export interface NoticeTable {
  tenant: string;
  id: string;
  account_id: string;
  incident_id: number;
  kind: string;
  actor: string;
  excerpt: string;
  /** The asset it is about, where it is about one. */
  asset_id: string | null;
  at: number;
  read_at: number | null;
}

/** Of no tenant: only those who see all tenants see any. */
export interface CampaignTable {
  id: string;
  name: string;
  note: string;
  created_by: string;
  created_at: number;
  closed_at: number | null;
}

export interface CampaignIncidentTable {
  tenant: string;
  campaign_id: string;
  incident_id: number;
  added_by: string;
  added_at: number;
}

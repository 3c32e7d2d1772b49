import type { Readable } from 'node:stream';
import type {
  Audience,
  CampaignChange,
  CampaignView,
  CommentEdit,
  CommentHistory,
  ConversationView,
  IncidentCampaigns,
  LinkedRequest,
  NewCampaign,
  NewComment,
  NewDecision,
  NewQuestion,
  NoticeList,
  RequestAnswer,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** Why something between people can't be done, for the person who asked. */
export interface CollaborationProblem {
  /**
   * `gone`: deleted, closed or answered already; `forbidden`: not this person's to do; `warning`: an infected file,
   * whose warning was not read; `busy`: a file that is being looked at.
   */
  readonly code: 'not_found' | 'invalid' | 'forbidden' | 'gone' | 'warning' | 'busy' | 'many';
  readonly message: string;
}

/** A file to be sent to whoever asked for it. */
export interface AttachmentContent {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly content: Readable;
}

/**
 * What people say and send about an incident. The incident is looked up in the caller's tenants each time; what
 * concerns others, or is internal to the provider, is not found.
 */
export interface ConversationBook {
  /** Largest file, bytes. */
  readonly maxAttachment: number;
  read(identity: Identity, incident: number): Promise<ConversationView | CollaborationProblem>;
  comment(
    identity: Identity,
    incident: number,
    comment: NewComment,
  ): Promise<ConversationView | CollaborationProblem>;
  edit(
    identity: Identity,
    incident: number,
    comment: string,
    change: CommentEdit,
  ): Promise<ConversationView | CollaborationProblem>;
  remove(
    identity: Identity,
    incident: number,
    comment: string,
  ): Promise<ConversationView | CollaborationProblem>;
  history(
    identity: Identity,
    incident: number,
    comment: string,
  ): Promise<CommentHistory | CollaborationProblem>;
  /** Whether the incident is there for the caller: asked before a file is read. */
  knows(identity: Identity, incident: number): Promise<boolean>;
  attach(
    identity: Identity,
    incident: number,
    file: { readonly name: string; readonly audience: Audience; readonly content: Readable },
  ): Promise<ConversationView | CollaborationProblem>;
  download(
    identity: Identity,
    incident: number,
    attachment: string,
    warned: boolean,
  ): Promise<AttachmentContent | CollaborationProblem>;
  detach(
    identity: Identity,
    incident: number,
    attachment: string,
  ): Promise<ConversationView | CollaborationProblem>;
}

/** Questions to clients and decisions of theirs. */
export interface RequestBook {
  ask(
    identity: Identity,
    incident: number,
    question: NewQuestion,
  ): Promise<ConversationView | CollaborationProblem>;
  propose(
    identity: Identity,
    incident: number,
    decision: NewDecision,
  ): Promise<ConversationView | CollaborationProblem>;
  withdraw(
    identity: Identity,
    incident: number,
    request: string,
  ): Promise<ConversationView | CollaborationProblem>;
  revoke(
    identity: Identity,
    incident: number,
    request: string,
    recipient: string,
  ): Promise<ConversationView | CollaborationProblem>;
  /** By somebody of the client who is signed in. */
  answer(
    identity: Identity,
    incident: number,
    request: string,
    answer: RequestAnswer,
  ): Promise<ConversationView | CollaborationProblem>;
  /** What a link is about; undefined: the link is good for nothing. Changes nothing. */
  byLink(token: string): Promise<LinkedRequest | undefined>;
  /** Answers by link, once. Undefined: the link is good for nothing. */
  answerByLink(
    token: string,
    answer: RequestAnswer,
  ): Promise<AnsweredByLink | CollaborationProblem | undefined>;
}

/** Whose answer it was and what it was about, for the record. */
export interface AnsweredByLink {
  readonly done: true;
  readonly by: { readonly name: string; readonly email: string };
  readonly tenant: string;
  readonly incident: number;
}

/** What a person is told in the console. */
export interface NoticeBook {
  list(scope: Scope, account: string): Promise<NoticeList>;
  read(scope: Scope, account: string, ids: readonly string[] | undefined): Promise<void>;
}

/** Campaigns over several tenants; only for those who see all. */
export interface CampaignBook {
  list(): Promise<CampaignView[]>;
  get(id: string): Promise<CampaignView | undefined>;
  add(identity: Identity, campaign: NewCampaign): Promise<CampaignView | CollaborationProblem>;
  change(
    identity: Identity,
    id: string,
    change: CampaignChange,
  ): Promise<CampaignView | CollaborationProblem>;
  /** Those that an incident is in, and incidents of others that may belong with it. */
  of(incident: number): Promise<IncidentCampaigns | undefined>;
}

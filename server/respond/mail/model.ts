import type { Entity, Level } from '@vigie/contracts';

/** A mail ready to be put in the outbox. `subject` is one line. */
export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What all mails need. Times are epoch milliseconds; they are written in the reader's language and zone. */
interface Common {
  /** Name of the organisation. */
  readonly tenant: string;
  /** IANA zone. */
  readonly timeZone: string;
  /** Address of the page about it, http or https. */
  readonly link?: string;
}

/** A machine or a person of which something must be minded before anything is done. */
export interface Minded {
  readonly name: string;
  readonly criticality: 'low' | 'normal' | 'high' | 'critical';
  readonly handling: readonly ('never-isolate' | 'call-first' | 'no-scan')[];
  /** Whom to call first; empty: nobody is named. */
  readonly phone: string;
  readonly note: string;
}

/** A new incident, or one whose level was raised. */
export interface IncidentMail extends Common {
  readonly reason: 'new' | 'escalated';
  readonly number: number;
  readonly level: Level;
  readonly title: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly entities: readonly Entity[];
  /** Machines and people among these of which something must be minded. */
  readonly mind?: readonly Minded[];
  readonly techniques: readonly { readonly id: string; readonly name: string }[];
  /** What happened and why it matters; an empty line parts paragraphs. */
  readonly summary: string;
  /** Steps, in order. */
  readonly advice: readonly string[];
  /** Most telling first; at most ten are shown. */
  readonly evidence: readonly {
    readonly at: number;
    readonly title: string;
    readonly fields: readonly { readonly field: string; readonly value: string }[];
  }[];
  /** Observations in all, shown ones included. */
  readonly evidenceTotal: number;
}

/** What is wrong with a log source. */
export type SourceTrouble = 'silent' | 'volume-high' | 'volume-low' | 'parse-failures' | 'clock';

/** A log source that fell silent, came back, is unlike itself, or is itself again. */
export interface OperationsMail extends Common {
  readonly notice: 'source-silent' | 'source-back' | 'source-unusual' | 'source-usual';
  /** For `source-unusual` and `source-usual`. */
  readonly trouble?: SourceTrouble;
  readonly source: { readonly name: string; readonly technology?: string };
  /** Last event before the silence; null: there never was one. For `source-back`, the first event after it. */
  readonly since: number | null;
  readonly silentForMs: number;
  /** Figures of what is unusual, as far as they are known. */
  readonly figures?: {
    readonly events?: number;
    readonly usual?: number;
    /** Shares of logs that can't be read, 0 to 1. */
    readonly share?: number;
    readonly usualShare?: number;
    /** Device's clock against ours, milliseconds; positive: ahead. */
    readonly aheadMs?: number;
  };
}

/** Asks somebody on call to look at a clock. */
export interface ClockMail extends Common {
  readonly reason: 'warning' | 'breach';
  /** `notify`, `acknowledge`, `contain`, `resolve`. */
  readonly clock: string;
  /** Name of a step of the law, in the reader's language, in place of the clock's. */
  readonly label?: string;
  /** Contract or law. */
  readonly basis: string;
  /** Share of the time that is used, 0 to 1; null for a breach. */
  readonly share: number | null;
  readonly number: number;
  readonly level: Level;
  readonly title: string;
  readonly dueAt: number | null;
  readonly owner: string | null;
  readonly mind?: readonly Minded[];
  /** Level of the escalation. */
  readonly step: number;
  /** Address at which it is acknowledged. */
  readonly acknowledge: string;
}

/** Shows that mails arrive. */
export interface TestMail extends Common {
  readonly sentAt: number;
  /** SMTP server, `host:port`. */
  readonly server: string;
  readonly requestedBy?: string;
}

/** A question to somebody of the client, or a decision they are asked to make; answered by its link. */
export interface RequestMail extends Common {
  readonly occasion: 'new' | 'reminder';
  readonly kind: 'question' | 'decision';
  /** Of the incident. */
  readonly number: number;
  readonly title: string | null;
  readonly text: string;
  readonly choices: readonly string[];
  readonly risk: 'low' | 'medium' | 'high' | null;
  readonly dueAt: number;
  /** Of a decision: what must be minded of the machines and people of its incident. */
  readonly mind?: readonly Minded[];
  /** Name of whom it is for. */
  readonly recipient: string;
}

/** What a person chose to tell somebody of an incident. */
export interface TellMail extends Common {
  /** Of the incident. */
  readonly number: number;
  /** Name of whom it is for. */
  readonly recipient: string;
  /** Null: as the template says. */
  readonly subject: string | null;
  /** Lines and, parted by empty ones, paragraphs; none is cut. */
  readonly text: string;
  /** Title of the step, for somebody who is to pass it on. */
  readonly passOn: string | null;
}

/** An administrator reset somebody's second factors. */
export interface FactorsMail extends Common {
  /** Name of whose they were. */
  readonly recipient: string;
  readonly by: string;
  readonly at: number;
}

/** Somebody was mentioned in a comment. */
export interface MentionMail extends Common {
  /** Of the incident. */
  readonly number: number;
  /** Of the incident. */
  readonly title: string;
  readonly author: string;
  readonly body: string;
}

/** Somebody was given incidents by somebody else; at least one. */
export interface AssignedMail extends Common {
  readonly author: string;
  readonly incidents: readonly {
    readonly number: number;
    readonly tenant: string;
    readonly title: string;
  }[];
}

/** Mails that waited together, in place of each of them; at least two. */
export interface DigestMail extends Common {
  readonly mails: readonly { readonly subject: string; readonly at: number; readonly link?: string }[];
}

/** Mail kind → its model. */
export interface MailModels {
  readonly incident: IncidentMail;
  readonly operations: OperationsMail;
  readonly clock: ClockMail;
  readonly test: TestMail;
  readonly request: RequestMail;
  readonly mention: MentionMail;
  readonly tell: TellMail;
  readonly factors: FactorsMail;
  readonly assigned: AssignedMail;
  readonly digest: DigestMail;
}
export type MailKind = keyof MailModels;

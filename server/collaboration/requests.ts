import {
  ANSWER_GRACE_DAYS,
  MAX_REQUEST_DAYS,
  type RequestAnswer,
  type RequestState,
} from '@vigie/contracts/api';

const DAY = 86_400_000;

/** A request as far as its rules go. Times are epoch milliseconds. */
export interface Judged {
  readonly kind: 'question' | 'decision';
  readonly state: RequestState;
  readonly choices: readonly string[];
  readonly needed: number;
  readonly dueAt: number;
  /** Address of who asked, lower case; null where it was a program. */
  readonly askedByEmail: string | null;
}

/** Until when it can be answered: a decision until it is due, a question some days longer. */
export function answerable(request: Pick<Judged, 'kind' | 'dueAt'>): number {
  return request.kind === 'decision' ? request.dueAt : request.dueAt + ANSWER_GRACE_DAYS * DAY;
}

/** Why an answer can't be taken, as a sentence; undefined: it can. */
export function refusalOf(
  request: Judged,
  answer: RequestAnswer,
  person: string,
  earlier: readonly { readonly person: string }[],
  now: number,
): { readonly code: 'closed' | 'invalid' | 'twice' | 'own'; readonly message: string } | undefined {
  if (request.state !== 'open' || now > answerable(request))
    return { code: 'closed', message: 'it can’t be answered any more' };
  if (request.kind === 'decision' && answer.verdict === undefined)
    return { code: 'invalid', message: 'approve or refuse' };
  if (request.kind === 'question' && answer.verdict !== undefined)
    return { code: 'invalid', message: 'a question is not approved or refused' };
  if (answer.choice !== undefined && !request.choices.includes(answer.choice))
    return { code: 'invalid', message: 'choose one of what is offered' };
  if (answer.verdict === 'approve' && request.choices.length > 0 && answer.choice === undefined)
    return { code: 'invalid', message: 'say which of the ways is approved' };
  if (request.kind === 'question' && answer.choice === undefined && answer.text === '')
    return { code: 'invalid', message: 'give an answer' };
  if (request.kind === 'decision' && person === request.askedByEmail)
    return { code: 'own', message: 'nobody decides on what they proposed' };
  if (earlier.some((one) => one.person === person))
    return { code: 'twice', message: 'this person has answered already' };
  return undefined;
}

/**
 * What the answers make of a request: a question is answered by the first; one refusal refuses a decision; it is
 * approved when enough different people have approved it, all of them the same way of doing it.
 */
export function judgeAnswers(
  request: Pick<Judged, 'kind' | 'needed'>,
  answers: readonly {
    readonly person: string;
    readonly verdict: 'approve' | 'refuse' | null;
    readonly choice: string | null;
  }[],
): RequestState {
  if (request.kind === 'question') return answers.length > 0 ? 'answered' : 'open';
  if (answers.some(({ verdict }) => verdict === 'refuse')) return 'refused';
  const approvals = answers.filter(({ verdict }) => verdict === 'approve');
  if (new Set(approvals.map(({ choice }) => choice)).size > 1) return 'refused';
  return new Set(approvals.map(({ person }) => person)).size >= request.needed ? 'approved' : 'open';
}

/** Why something can't be asked, as a sentence; undefined: it can. */
export function judgeProposal(
  wanted: {
    readonly kind: 'question' | 'decision';
    readonly dueAt: number;
    readonly choices: readonly string[];
    readonly recipients: readonly { readonly email: string }[];
    readonly approverRole?: string | null;
    readonly needed: number;
  },
  now: number,
): string | undefined {
  if (wanted.dueAt < now + 60_000) return 'it must be due in the future';
  if (wanted.dueAt > now + MAX_REQUEST_DAYS * DAY)
    return `it may be due in ${MAX_REQUEST_DAYS} days at the latest`;
  if (new Set(wanted.choices).size < wanted.choices.length) return 'two choices are the same';
  if (wanted.choices.length === 1) return 'one choice is none: give two or more, or leave them out';
  const people = new Set(wanted.recipients.map(({ email }) => email.toLowerCase())).size;
  if (people < wanted.recipients.length) return 'an address is there twice';
  if (wanted.kind === 'decision' && wanted.approverRole === null && people < wanted.needed)
    return people === 0 ? 'nobody could decide' : 'two people must approve, but only one could';
  return undefined;
}

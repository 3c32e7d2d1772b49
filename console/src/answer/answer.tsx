import { useMutation, useQuery } from '@tanstack/react-query';
import type { LinkedRequest, RequestAnswer } from '@vigie/contracts/api';
import { Fragment, useEffect, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { TEXTS as MARKS } from '../asset-marks/strings/texts.ts';
import { AnswerForm } from '../conversation/answer-form.tsx';
import { TEXTS as CONVERSATION } from '../conversation/strings/texts.ts';
import { useTitle } from '../ui/hooks.ts';
import { Mark } from '../ui/icons.tsx';
import { language } from '../ui/language.ts';
import { codeOf, messageOf } from '../ui/states.tsx';
import { telephone } from '../ui/telephone.ts';
import css from './answer.module.css';
import { TEXTS } from './strings/strings.ts';

/**
 * The page behind a mailed link, for somebody without an account. The token stands after `#`: it is never part of a
 * request's address, and it leaves the browser in a header only. Showing the page changes nothing.
 */
export default function AnswerPage() {
  const [token] = useState(() => location.hash.slice(1));
  const query = useQuery({
    queryKey: ['answer'],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    queryFn: () => send<LinkedRequest>('GET', token),
  });
  const answer = useMutation({
    mutationFn: (given: RequestAnswer) => send('POST', token, given),
    // The link is good for nothing now; nobody should copy it from the address.
    onSuccess: () => window.history.replaceState(null, '', '/answer'),
  });
  const spoken = query.data?.language ?? language;
  const t = TEXTS[spoken];
  useTitle(t.title);
  useEffect(() => {
    document.documentElement.lang = spoken;
  }, [spoken]);
  const failure = query.error ?? answer.error;
  const over = failure instanceof ApiFailure && (failure.status === 404 || failure.status === 409);
  const slow = failure instanceof ApiFailure && failure.status === 429;
  return (
    <main className={css.page} lang={spoken}>
      <p className={css.brand}>
        <Mark size={30} /> {query.data?.provider ?? 'Vigie'}
      </p>
      {query.isPending ? (
        <p role="status">{t.loading}…</p>
      ) : answer.isSuccess ? (
        <div role="status" className={css.answered} data-testid="answered">
          <h1>{t.done}</h1>
          {query.data !== undefined && <Given request={query.data} answer={answer.variables} />}
          <p>{t.doneText}</p>
        </div>
      ) : over || slow ? (
        <div role="alert" data-testid="dead">
          <h1>{slow ? t.slow : t.dead}</h1>
          <p>{slow ? t.slowText : t.deadText}</p>
        </div>
      ) : query.data === undefined ? (
        <div role="alert">
          <p>{messageOf(query.error)}</p>
          <p>
            <code>{codeOf(query.error)}</code>
          </p>
        </div>
      ) : (
        <>
          <Asked request={query.data} />
          {answer.isError && <p role="alert">{messageOf(answer.error)}</p>}
          <AnswerForm
            request={query.data}
            t={CONVERSATION[spoken]}
            pending={answer.isPending}
            onAnswer={(given) => answer.mutate(given)}
          />
          <p className="hint">
            {t.once} {query.data.phone !== null && t.unsure}{' '}
            {query.data.phone !== null && <a href={telephone(query.data.phone)}>{query.data.phone}</a>}
          </p>
        </>
      )}
    </main>
  );
}

function Asked({ request }: { request: LinkedRequest }) {
  const t = TEXTS[request.language];
  const words = CONVERSATION[request.language];
  const due = new Intl.DateTimeFormat(request.language === 'en' ? 'en-GB' : request.language, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: request.timeZone,
  }).format(request.dueAt);
  return (
    <>
      <p>{t.greeting(request.recipient)},</p>
      <p>{t.intro(request.provider, request.tenant)}</p>
      {request.title !== null && <h1>{request.title}</h1>}
      <p className={css.asked} dir="auto" data-testid="asked">
        {request.text}
      </p>
      <Mind request={request} />
      <dl className="facts">
        <dt>{t.due}</dt>
        <dd>{due}</dd>
        {request.risk !== null && (
          <>
            <dt>{words.risk}</dt>
            <dd>{words.risks[request.risk]}</dd>
          </>
        )}
      </dl>
    </>
  );
}

/** What must be minded of the machines concerned, before somebody says yes. */
function Mind({ request }: { request: LinkedRequest }) {
  const words = MARKS[request.language];
  if (request.mind.length === 0) return null;
  return (
    <section className={css.mind} aria-label={words.title} data-testid="mind">
      <strong>{words.title}</strong>
      <ul>
        {request.mind.map(({ name, handling, phone, note }) => (
          <li key={name}>
            <strong>{name}</strong>
            {handling.map((each) => (
              <Fragment key={each}>
                {' · '}
                {each === 'call-first' && phone !== '' ? (
                  <a href={telephone(phone)}>{words.call(phone)}</a>
                ) : (
                  <strong>{words.handling[each]}</strong>
                )}
              </Fragment>
            ))}
            {note !== '' && <p dir="auto">{note}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was answered, once more: somebody may want to know what they have just said. */
function Given({ request, answer }: { request: LinkedRequest; answer: RequestAnswer }) {
  const words = CONVERSATION[request.language];
  const said = [
    answer.verdict === undefined
      ? undefined
      : answer.verdict === 'approve'
        ? words.state.approved
        : words.state.refused,
    answer.choice,
    answer.text,
  ].filter((each) => each !== undefined && each !== '');
  return (
    <p className={css.asked} dir="auto">
      {request.title !== null && (
        <>
          <strong>{request.title}</strong>
          <br />
        </>
      )}
      {said.join(' · ')}
    </p>
  );
}

/** A call with the link's token instead of a session. */
async function send<T>(method: 'GET' | 'POST', token: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch('/api/answer', {
      method,
      credentials: 'omit',
      headers: {
        accept: 'application/json',
        authorization: `Link ${/^[\w-]{1,200}$/.test(token) ? token : 'none'}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ApiFailure('VIGIE_CONSOLE_OFFLINE', 'The server does not answer.', 0, { cause });
  }
  const value = (await response.json()) as T & { error?: { code: string; message: string } };
  if (!response.ok)
    throw new ApiFailure(
      value.error?.code ?? `HTTP_${response.status}`,
      value.error?.message ?? response.statusText,
      response.status,
    );
  return value;
}

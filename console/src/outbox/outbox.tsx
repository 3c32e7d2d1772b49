import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { MailView } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useIsClient, useMay, useScope, useSession } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { oneOf, useUrl } from '../url.ts';
import MailDialog from './mail-dialog.tsx';
import css from './outbox.module.css';
import { t } from './strings.ts';

const STATES = ['all', 'pending', 'sending', 'sent', 'dead'] as const;

/** Every mail and what became of it. */
export default function Outbox() {
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayAct = useMay('mails.send');
  const client = useIsClient();
  const state = oneOf(params.get('state'), STATES, 'all');
  const open = params.get('mail');
  const query = useInfiniteQuery(queries.outbox(state === 'all' ? undefined : state));
  const status = useQuery(queries.status());
  const all = query.data?.pages.flatMap((page) => page.items) ?? [];
  // The list's route knows no tenant; the scope is applied to what is loaded.
  const mails = tenant === undefined ? all : all.filter((mail) => mail.tenant === tenant);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/outbox">{t.title}</PageTitle>
        <select
          className="select"
          aria-label={t.state}
          value={state}
          onChange={(event) => patch({ state: event.target.value === 'all' ? '' : event.target.value })}
        >
          {STATES.map((each) => (
            <option key={each} value={each}>
              {t.states[each]}
            </option>
          ))}
        </select>
        <span className="spring" />
        {mayAct && <TestMail />}
      </div>
      <About path="/outbox" />
      {/* Only who runs the platform can do something about it. */}
      {!client && status.data?.mail.configured === false && (
        <p className={`notice warn ${css.notice}`}>{t.notConfigured}</p>
      )}
      {query.isPending ? (
        <SkeletonRows rows={10} height={40} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : mails.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          <Link href="/tenants">{t.toTenants}</Link>
        </Empty>
      ) : (
        <Table mails={mails} mayAct={mayAct} onOpen={(mail) => patch({ mail }, 'push')} />
      )}
      {query.hasNextPage && (
        <p className={css.more}>
          <button
            type="button"
            className="btn"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.more}
          </button>
        </p>
      )}
      {open !== null && <MailDialog id={open} onClose={() => patch({ mail: undefined })} />}
    </div>
  );
}

function Table(props: { mails: readonly MailView[]; mayAct: boolean; onOpen: (id: string) => void }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: (id: string) => call<unknown>('POST', `/api/outbox/${encodeURIComponent(id)}/retry`),
    onSuccess: () => toast(t.retried),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['outbox'] }),
  });
  return (
    <table className={`grid ${css.table}`}>
      <thead>
        <tr>
          <th scope="col">{t.columns.state}</th>
          <th scope="col">{t.columns.subject}</th>
          <th scope="col">{t.columns.to}</th>
          <th scope="col" className="num">
            {t.columns.attempts}
          </th>
          <th scope="col" className="num">
            {t.columns.created}
          </th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {props.mails.map((mail) => (
          <tr key={mail.id} data-testid="mail-row">
            <td>
              <span className={css.state} data-state={mail.state}>
                {mail.held
                  ? t.held
                  : mail.state === 'pending' && mail.digest !== null
                    ? t.gathered
                    : t.states[mail.state]}
              </span>
            </td>
            <td className={css.subject}>
              <button
                type="button"
                className={css.open}
                aria-label={t.view(mail.subject)}
                onClick={() => props.onOpen(mail.id)}
              >
                {mail.subject}
              </button>
              {mail.held && mail.nextAttemptAt !== null && (
                <div className="muted">
                  {t.comes} <Age at={mail.nextAttemptAt} />
                </div>
              )}
              {mail.digest !== null && (
                <button type="button" className="btn small quiet" onClick={() => props.onOpen(mail.digest!)}>
                  {t.gathered}
                </button>
              )}
              {mail.lastError !== null && (
                <div className={css.error}>
                  {mail.lastError}
                  {mail.nextAttemptAt !== null && (
                    <span className="muted">
                      {' · '}
                      {t.nextAttempt} <Age at={mail.nextAttemptAt} />
                    </span>
                  )}
                </div>
              )}
            </td>
            <td className="wrap">{mail.to}</td>
            <td className="num">{mail.attempts}</td>
            <td className="num">
              <Age at={mail.createdAt} />
            </td>
            <td className="num">
              {(mail.state === 'dead' || mail.held) && props.mayAct && (
                <button
                  type="button"
                  className="btn small"
                  disabled={retry.isPending}
                  onClick={() => retry.mutate(mail.id)}
                >
                  {mail.held ? t.sendNow : t.retry}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TestMail() {
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState(user.email);
  const test = useMutation({
    mutationFn: () => call<{ ok: boolean; detail: string }>('POST', '/api/mail/test', { to }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen(true)}>
        {t.test}
      </button>
      {open && (
        <Dialog title={t.test} onClose={() => setOpen(false)} width={440}>
          <form className="stack" onSubmit={submit}>
            <TextField
              label={t.testTo}
              type="email"
              required
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
            {test.isSuccess && (
              <p className={`notice ${test.data.ok ? '' : 'bad'}`} role="status">
                {test.data.ok ? t.testOk(test.data.detail) : t.testBad(test.data.detail)}
              </p>
            )}
            {test.isError && (
              <p className="notice bad" role="alert">
                {messageOf(test.error)}
              </p>
            )}
            <div className="row">
              <span className="spring" />
              <button type="submit" className="btn primary" disabled={test.isPending}>
                {t.send}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

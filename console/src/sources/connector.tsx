import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { ConnectorChange, ConnectorTest, ConnectorView, SourceView } from '../api/types.ts';
import { useMay } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ErrorState, messageOf } from '../ui/states.tsx';
import { duration } from '../ui/time.ts';
import { Age, At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { ConnectorForm } from './connector-form.tsx';
import { c } from './connector-strings.ts';
import { countText } from './health.tsx';
import css from './sources.module.css';

/** What is fetched for a source: how it goes, and what to do when it does not. */
export function Connector({ source }: { source: SourceView }) {
  const client = useQueryClient();
  const mayEdit = useMay('sources.manage');
  const query = useQuery(queries.connector(source.tenant, source.id));
  const types = useQuery(queries.connectorTypes());
  const [open, setOpen] = useState<'form' | 'remove' | null>(null);
  const path = `/api/sources/${source.tenant}/${source.id}/connector`;
  const refresh = () => void client.invalidateQueries({ queryKey: ['connector', source.tenant, source.id] });
  const onError = (error: unknown) => toast(messageOf(error), 'bad');
  const change = useMutation({
    mutationFn: (body: ConnectorChange) => call<ConnectorView>('PATCH', path, body),
    onError,
    onSettled: refresh,
  });
  const test = useMutation({
    mutationFn: () => call<ConnectorTest>('POST', `${path}/test`, {}),
    onSuccess: ({ ok, message, advice }) =>
      toast(ok ? message : `${message} ${advice}`, ok ? undefined : 'bad'),
    onError,
  });
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onSuccess: () => toast(c.removed),
    onError,
    onSettled: refresh,
  });
  const view = query.data;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (view === undefined || (view === null && !mayEdit)) return null;
  const name = types.data?.items.find(({ id }) => id === view?.type)?.name ?? view?.type;
  return (
    <section data-testid="connector">
      <h2>{view === null ? c.begin : `${c.title} ${name}`}</h2>
      {view === null ? <p className="muted small">{c.none}</p> : <State view={view} />}
      {mayEdit && (
        <div className="row">
          <button type="button" className="btn" onClick={() => setOpen('form')}>
            {view === null ? c.begin : c.change}
          </button>
          {view !== null && (
            <>
              <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
                {c.test}
              </button>
              <button type="button" className="btn" onClick={() => change.mutate({ fetch: true })}>
                {c.fetchNow}
              </button>
              <button
                type="button"
                className="btn"
                onClick={() => change.mutate({ paused: view.state !== 'paused' })}
              >
                {view.state === 'paused' ? c.resume : c.pause}
              </button>
              <button type="button" className="btn danger" onClick={() => setOpen('remove')}>
                {c.remove}
              </button>
            </>
          )}
        </div>
      )}
      {open === 'form' && types.data !== undefined && (
        <ConnectorForm
          source={source}
          types={types.data.items}
          before={view}
          onClose={() => {
            setOpen(null);
            refresh();
          }}
        />
      )}
      {open === 'remove' && (
        <Confirm
          title={c.removeTitle}
          text={c.removeText}
          action={c.remove}
          onCancel={() => setOpen(null)}
          onConfirm={() => {
            setOpen(null);
            remove.mutate();
          }}
        />
      )}
    </section>
  );
}

function State({ view }: { view: ConnectorView }) {
  const bad = view.state === 'broken' || view.state === 'retrying';
  const late = view.coveredTo === null ? null : Date.now() - view.coveredTo;
  return (
    <>
      <dl className="facts">
        <dt>{c.state}</dt>
        <dd className={bad ? css.bad : undefined} data-testid="connector-state">
          {view.running ? c.running : c.states[view.state]}
        </dd>
        <dt>{c.lastFetch}</dt>
        <dd>{view.lastFetchAt === null ? c.never : <Age at={view.lastFetchAt} suffix />}</dd>
        <dt>{c.nextFetch}</dt>
        <dd>{view.nextFetchAt === null ? '–' : <At at={view.nextFetchAt} />}</dd>
        <dt>{c.behind}</dt>
        <dd>{late === null ? '–' : late <= view.everySeconds * 2000 ? c.notBehind : duration(late)}</dd>
        <dt>{c.items}</dt>
        <dd>{c.itemsText(countText(view.fetched), countText(view.added))}</dd>
      </dl>
      {view.problem !== null && (
        <div className={`notice ${bad ? 'bad' : ''}`} role={bad ? 'alert' : undefined}>
          <p>
            {view.problem.message} <code>{view.problem.code}</code>{' '}
            <span className="muted small">
              {c.since} <At at={view.problem.at} />
            </span>
          </p>
          <p>
            <strong>{view.problem.advice}</strong>
          </p>
        </div>
      )}
    </>
  );
}

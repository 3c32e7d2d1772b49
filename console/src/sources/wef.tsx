import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { SourceView, WefMachineView, WefView } from '../api/types.ts';
import { useMay } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { countText } from './health.tsx';
import css from './sources.module.css';
import { WefForm } from './wef-form.tsx';
import { f } from './wef-strings.ts';

/** The Windows machines that forward their event logs to a source, and what they are asked for. */
export function WindowsForwarding({ source }: { source: SourceView }) {
  const client = useQueryClient();
  const mayEdit = useMay('sources.manage');
  const query = useQuery(queries.wef(source.tenant, source.id));
  const [changing, setChanging] = useState(false);
  const [listing, setListing] = useState(false);
  const path = `/api/sources/${source.tenant}/${source.id}`;
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['wef', source.tenant, source.id] });
    void client.invalidateQueries({ queryKey: ['source', source.tenant, source.id] });
  };
  const assign = useMutation({
    mutationFn: (fingerprint: string) =>
      call<SourceView>('PATCH', path, { addresses: [...source.addresses, fingerprint] }),
    onSuccess: () => toast(f.assigned),
    onError: (error: unknown) => toast(messageOf(error), 'bad'),
    onSettled: refresh,
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const view = query.data;
  // Most sources have nothing to do with Windows; where the listener is off there is nothing to set up.
  if (view === undefined || view.port === null) return null;
  const own = view.authorities.filter(({ assigned }) => assigned);
  const used = own.length > 0 || view.machines > 0;
  if (!used && (!mayEdit || view.authorities.length === 0)) return null;
  return (
    <section data-testid="wef">
      <h2>{f.title}</h2>
      {!used && <p className="muted small">{f.none}</p>}
      {used && <Facts view={view} />}
      {!used && (
        <ul className={css.authorities}>
          {view.authorities.map(({ name, fingerprint }) => (
            <li key={fingerprint} className="row">
              <span>{name}</span>
              <button
                type="button"
                className="btn"
                disabled={assign.isPending}
                onClick={() => assign.mutate(fingerprint)}
              >
                {f.assign}
              </button>
            </li>
          ))}
        </ul>
      )}
      {used && (
        <div className="row">
          {mayEdit && (
            <button type="button" className="btn" onClick={() => setChanging(true)}>
              {f.change}
            </button>
          )}
          {view.machines > 0 && !listing && (
            <button type="button" className="btn" onClick={() => setListing(true)}>
              {f.show}
            </button>
          )}
        </div>
      )}
      {listing && <Machines source={source} view={view} mayEdit={mayEdit} onChange={refresh} />}
      {changing && (
        <WefForm
          source={source}
          before={view}
          onClose={() => {
            setChanging(false);
            refresh();
          }}
        />
      )}
    </section>
  );
}

function Facts({ view }: { view: WefView }) {
  const own = view.authorities.filter(({ assigned }) => assigned);
  return (
    <dl className="facts">
      {own.map(({ name, thumbprint, fingerprint }) => (
        <div key={fingerprint} className={css.pair}>
          <dt>{f.authority}</dt>
          <dd>{name}</dd>
          <dt>{f.thumbprint}</dt>
          <dd>
            <code className="small">{thumbprint}</code> <CopyButton text={thumbprint} />
          </dd>
        </div>
      ))}
      <dt>{f.machines}</dt>
      <dd className={view.ailing > 0 ? css.bad : undefined}>
        {f.total(view.machines)}
        {view.machines > 0 && <>, {f.ailing(view.ailing)}</>}
      </dd>
      <dt>{f.asked}</dt>
      <dd>
        {view.enabled
          ? `${f.askedText(view.queries.length)}${view.isDefault ? `, ${f.standard}` : ''}`
          : f.off}
      </dd>
    </dl>
  );
}

function Machines({
  source,
  view,
  mayEdit,
  onChange,
}: {
  source: SourceView;
  view: WefView;
  mayEdit: boolean;
  onChange: () => void;
}) {
  const query = useQuery(queries.wefMachines(source.tenant, source.id));
  const [leaving, setLeaving] = useState<WefMachineView | null>(null);
  const forget = useMutation({
    mutationFn: (id: string) =>
      call<void>('DELETE', `/api/sources/${source.tenant}/${source.id}/wef/machines/${id}`),
    onSuccess: () => toast(f.forgotten),
    onError: (error: unknown) => toast(messageOf(error), 'bad'),
    onSettled: onChange,
  });
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <SkeletonRows rows={4} />;
  const { items } = query.data;
  return (
    <>
      {items.length < view.machines && <p className="hint">{f.first(countText(items.length))}</p>}
      <div className={css.machines}>
        <table className="table">
          <thead>
            <tr>
              <th>{f.columns.machine}</th>
              <th>{f.columns.state}</th>
              <th>{f.columns.heard}</th>
              <th>{f.columns.events}</th>
              <th>{f.columns.version}</th>
              {mayEdit && <th aria-label={f.forget} />}
            </tr>
          </thead>
          <tbody>
            {items.map((machine) => (
              <tr key={machine.id}>
                <td title={f.certificate(machine.certificate)}>
                  {machine.name}
                  <div className="muted small">{machine.address}</div>
                </td>
                <td className={machine.state === 'ok' ? undefined : css.bad}>
                  {f.states[machine.state]}
                  {machine.problem !== null && <div className="small">{machine.problem}</div>}
                </td>
                <td>
                  <Age at={machine.lastAt} suffix />
                </td>
                <td>{countText(machine.events)}</td>
                <td>{machine.current === null ? '–' : machine.current ? f.current : f.outdated}</td>
                {mayEdit && (
                  <td>
                    <button type="button" className="btn" onClick={() => setLeaving(machine)}>
                      {f.forget}
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {leaving !== null && (
        <Confirm
          title={f.forgetTitle}
          text={f.forgetText(leaving.name)}
          action={f.forget}
          onCancel={() => setLeaving(null)}
          onConfirm={() => {
            forget.mutate(leaving.id);
            setLeaving(null);
          }}
        />
      )}
    </>
  );
}

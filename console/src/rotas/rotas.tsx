import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DutyView, RotaView } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { useMay, useMayForAll, useSession } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { bothZones, localText } from '../ui/time.ts';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { rotaQueries } from './queries.ts';
import { RotaDialog } from './rota-dialog.tsx';
import css from './rotas.module.css';
import { t } from './strings.ts';

/** Who is on call, now and next. */
export default function Rotas() {
  useTitle(t.title);
  const { provider } = useSession();
  return <div className="page">{provider ? <List /> : <Empty title={t.title}>{t.provider}</Empty>}</div>;
}

function List() {
  const query = useQuery(rotaQueries.list());
  const mayEdit = useMay('clocks.manage');
  const [editing, setEditing] = useState<RotaView | 'new' | null>(null);
  const add = mayEdit && (
    <button type="button" className="btn primary" onClick={() => setEditing('new')}>
      <Icon name="plus" size={13} /> {t.add}
    </button>
  );
  return (
    <>
      <div className="page-head">
        <h1>{t.title}</h1>
        <span className="spring" />
        {add}
      </div>
      {query.isPending ? (
        <SkeletonRows rows={5} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          {add}
        </Empty>
      ) : (
        query.data.items.map((rota) => <Rota key={rota.id} rota={rota} onEdit={() => setEditing(rota)} />)
      )}
      {editing !== null && (
        <RotaDialog rota={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

function Rota({ rota, onEdit }: { rota: RotaView; onEdit: () => void }) {
  const client = useQueryClient();
  const mayEdit = useMay('clocks.manage');
  const mayAct = useMayForAll('incidents.handle');
  const [replacing, setReplacing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const path = `/api/rotas/${rota.id}`;
  const change = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['rotas'] }),
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  return (
    <section className={css.rota} aria-labelledby={`rota-${rota.id}`} data-testid={`rota-${rota.id}`}>
      <div className={css.head}>
        <h2 id={`rota-${rota.id}`}>{rota.setup.name}</h2>
        <span className="hint">
          {t.level(rota.setup.level)} · {t.escalates(rota.setup.ackMinutes)} · {rota.setup.timeZone}
        </span>
        <span className="spring" />
        {mayAct && (
          <button type="button" className="btn small" onClick={() => setReplacing(true)}>
            {t.swap}
          </button>
        )}
        {mayEdit && (
          <>
            <button type="button" className="btn small" onClick={onEdit}>
              {t.edit}
            </button>
            <button type="button" className="btn small danger" onClick={() => setRemoving(true)}>
              {t.remove}
            </button>
          </>
        )}
      </div>
      <div className={css.duty}>
        <Duty label={t.now} duty={rota.now} time={t.until(localText(rota.now.to))} testid="duty-now" />
        {rota.next !== null && (
          <Duty label={t.next} duty={rota.next} time={t.from(localText(rota.next.from))} testid="duty-next" />
        )}
      </div>
      <div className={css.columns}>
        <div>
          <Plan rota={rota} />
          {rota.overrides.length > 0 && (
            <>
              <h3>{t.changes}</h3>
              <ul className={css.notes}>
                {rota.overrides.map((each) => (
                  <li key={each.id} className="row">
                    <span>
                      {each.member.name}: <At at={each.from} /> – <At at={each.to} /> ({t.kind[each.kind]})
                    </span>
                    <span className="hint">
                      {t.by(each.by)} {each.note}
                    </span>
                    {mayAct && (
                      <button
                        type="button"
                        className="btn small quiet"
                        onClick={() => change.mutate(() => call('DELETE', `${path}/overrides/${each.id}`))}
                      >
                        {t.take}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        <Handover rota={rota} mayAct={mayAct} />
      </div>
      {replacing && <OverrideDialog rota={rota} onClose={() => setReplacing(false)} />}
      {removing && (
        <Confirm
          title={t.removeTitle}
          text={t.removeText}
          action={t.remove}
          onCancel={() => setRemoving(false)}
          onConfirm={() => {
            setRemoving(false);
            change.mutate(() => call('DELETE', path));
          }}
        />
      )}
    </section>
  );
}

function Duty(props: { label: string; duty: DutyView; time: string; testid: string }) {
  const { duty } = props;
  return (
    <div data-testid={props.testid}>
      <span className="label">{props.label}</span>
      <strong>{duty.member?.name ?? t.gap}</strong>
      <span className="small muted" title={bothZones(duty.to)}>
        {duty.member?.phone} {duty.shift} {props.time}
      </span>
    </div>
  );
}

function Plan({ rota }: { rota: RotaView }) {
  return (
    <details>
      <summary>{t.plan}</summary>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t.begins}</th>
              <th scope="col">{t.ends}</th>
              <th scope="col">{t.shift}</th>
              <th scope="col">{t.person}</th>
            </tr>
          </thead>
          <tbody>
            {rota.plan.map((duty) => (
              <tr key={duty.from}>
                <td>
                  <At at={duty.from} />
                </td>
                <td>
                  <At at={duty.to} />
                </td>
                <td>{duty.shift}</td>
                <td>{duty.member?.name ?? <strong>{t.gap}</strong>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Handover({ rota, mayAct }: { rota: RotaView; mayAct: boolean }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const send = useMutation({
    mutationFn: () => call<RotaView>('POST', `/api/rotas/${rota.id}/notes`, { text }),
    onSuccess: () => {
      setText('');
      void client.invalidateQueries({ queryKey: ['rotas'] });
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <div>
      <h3>{t.handover}</h3>
      {mayAct && (
        <form className="stack" onSubmit={submit}>
          <textarea
            className="input"
            rows={2}
            maxLength={10_000}
            aria-label={t.handoverText}
            placeholder={t.handoverText}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="row">
            <button type="submit" className="btn small" disabled={text.trim() === '' || send.isPending}>
              {t.send}
            </button>
          </div>
        </form>
      )}
      {rota.notes.length === 0 ? (
        <p className="hint">{t.noNotes}</p>
      ) : (
        <ul className={css.notes}>
          {rota.notes.map((note) => (
            <li key={`${note.at} ${note.by}`}>
              <span className="hint">
                {note.by}, <At at={note.at} />
              </span>
              <p>{note.text}</p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

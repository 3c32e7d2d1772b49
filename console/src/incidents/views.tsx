import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { IncidentQuery, QueueView } from '../api/types.ts';
import { Flyout } from '../ui/flyout.tsx';
import { Icon } from '../ui/icons.tsx';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import type { UrlPatch } from '../url.ts';
import css from './incidents.module.css';
import { patchOf } from './query.ts';
import { t } from './strings.ts';

/** Saved views: going to one, keeping the present filters as one, removing one's own. */
export function Views({
  query,
  patch,
}: {
  query: Partial<IncidentQuery>;
  patch: (values: UrlPatch) => void;
}) {
  return (
    <Flyout label={t.views.title} align="left" buttonClass="btn quiet" button={t.views.title}>
      {(close) => (
        <Panel
          query={query}
          onGo={(view) => {
            patch(patchOf(view.query));
            close();
          }}
        />
      )}
    </Flyout>
  );
}

function Panel({ query, onGo }: { query: Partial<IncidentQuery>; onGo: (view: QueueView) => void }) {
  const client = useQueryClient();
  const views = useQuery(queries.views());
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['views'] }) };
  const failed = (error: unknown) => toast(messageOf(error), 'bad');
  const saving = useMutation({
    mutationFn: () => call<QueueView>('POST', '/api/views', { name: name.trim(), shared, query }),
    onSuccess: (view) => {
      toast(t.views.saved(view.name));
      setName('');
    },
    onError: failed,
    ...settled,
  });
  const removing = useMutation({
    mutationFn: (view: QueueView) => call<void>('DELETE', `/api/views/${view.id}`),
    onSuccess: (_none, view) => toast(t.views.removed(view.name)),
    onError: failed,
    ...settled,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') saving.mutate();
  };
  const items = views.data?.items ?? [];
  return (
    <div className={css.views} data-testid="views">
      {items.length === 0 && <p className="hint">{t.views.none}</p>}
      <ul>
        {items.map((view) => (
          <li key={view.id}>
            <button type="button" className={css.view} onClick={() => onGo(view)}>
              <span className="truncate">{view.name}</span>
              {!view.own && <span className="hint">{t.views.shared(view.owner)}</span>}
            </button>
            {view.own && (
              <button
                type="button"
                className="btn quiet small icon"
                aria-label={t.views.remove(view.name)}
                onClick={() => removing.mutate(view)}
              >
                <Icon name="close" size={11} />
              </button>
            )}
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <input
          className="input"
          aria-label={t.views.name}
          placeholder={t.views.name}
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <label className={css.check2}>
          <input type="checkbox" checked={shared} onChange={() => setShared(!shared)} />
          {t.views.share}
        </label>
        <button type="submit" className="btn small" disabled={name.trim() === '' || saving.isPending}>
          {t.views.save}
        </button>
      </form>
    </div>
  );
}

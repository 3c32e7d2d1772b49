import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { EventPage, EventRef, RuleDetail, RuleExplanation } from '../api/types.ts';
import { SelectField } from '../ui/fields.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { useUrl } from '../url.ts';
import { readRef, writeRef } from './event-ref.ts';
import css from './explain.module.css';
import { Explained } from './explained.tsx';
import { t } from './strings.ts';
import { firstVersion, VersionSelect } from './version-select.tsx';

const DAY = 86_400_000;

type Wanted = { readonly log: string; readonly type?: string } | { readonly event: EventRef };

/** Holds the rule, or one of its versions, against a pasted or a stored event. */
export function ExplainTab({ rule }: { rule: RuleDetail }) {
  const { params, patch } = useUrl();
  const [version, setVersion] = useState<number | null>(firstVersion(rule));
  const [last, setLast] = useState<Wanted | null>(null);
  const linked = readRef(params.get('event'));
  const explain = useMutation({
    mutationFn: (wanted: Wanted) =>
      call<RuleExplanation>('POST', '/api/rules/explain', {
        id: rule.id,
        ...(version === null ? {} : { version }),
        ...wanted,
      }),
  });
  const run = (wanted: Wanted) => {
    setLast(wanted);
    explain.mutate(wanted);
  };
  // An address that names an event explains it at once; another version explains the same event again.
  const seen = useRef('');
  useEffect(() => {
    const key = `${version} ${params.get('event') ?? ''}`;
    if (seen.current === key) return;
    seen.current = key;
    if (linked !== null) run({ event: linked });
    else if (last !== null) run(last);
  });
  return (
    <div className={css.tab}>
      <div className={css.form}>
        <p className="muted small">{t.explain.lead}</p>
        <VersionSelect rule={rule} value={version} onChange={setVersion} />
        <Choose
          from={params.get('from') === 'find' || linked !== null ? 'find' : 'paste'}
          onFrom={(from) => patch({ from: from === 'find' ? 'find' : '', event: '' })}
          chosen={linked}
          onPaste={run}
          onEvent={(event) => patch({ event: writeRef(event), from: 'find' })}
        />
      </div>
      <div aria-live="polite">
        {explain.isPending ? (
          <SkeletonRows rows={6} height={36} />
        ) : explain.isError ? (
          <ErrorState
            error={explain.error}
            {...(last === null ? {} : { onRetry: () => explain.mutate(last) })}
          />
        ) : explain.data === undefined ? (
          <Empty title={t.explain.empty} />
        ) : (
          <>
            <Explained explanation={explain.data} />
            <Fields fields={explain.data.fields} />
          </>
        )}
      </div>
    </div>
  );
}

function Choose(props: {
  from: 'paste' | 'find';
  onFrom: (from: 'paste' | 'find') => void;
  chosen: EventRef | null;
  onPaste: (wanted: Wanted) => void;
  onEvent: (event: EventRef) => void;
}) {
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would put a box around two buttons */}
      <div className={css.switch} role="group" aria-label={t.explain.from}>
        {(['paste', 'find'] as const).map((each) => (
          <button
            key={each}
            type="button"
            className="btn quiet small"
            aria-pressed={props.from === each}
            onClick={() => props.onFrom(each)}
          >
            {t.explain[each]}
          </button>
        ))}
      </div>
      {props.from === 'paste' ? (
        <Paste onRun={props.onPaste} />
      ) : (
        <Find chosen={props.chosen} onEvent={props.onEvent} />
      )}
    </>
  );
}

function Paste({ onRun }: { onRun: (wanted: Wanted) => void }) {
  const [log, setLog] = useState('');
  const [type, setType] = useState('');
  const vocabulary = useQuery(queries.sigmaVocabulary());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (log.trim() !== '') onRun({ log, ...(type === '' ? {} : { type }) });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <div className="field">
        <label htmlFor="pasted-event">{t.explain.pasteLabel}</label>
        <textarea
          id="pasted-event"
          className="input"
          spellCheck={false}
          maxLength={1_000_000}
          placeholder={t.explain.pastePlaceholder}
          value={log}
          onChange={(event) => setLog(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          }}
        />
      </div>
      <SelectField
        label={t.explain.technology}
        value={type}
        onChange={(event) => setType(event.target.value)}
      >
        <option value="">{t.explain.recognise}</option>
        <option value="ecs">{t.explain.ecs}</option>
        {vocabulary.data?.technologies.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </SelectField>
      <div className="row">
        <button type="submit" className="btn primary" disabled={log.trim() === ''}>
          {t.explain.run}
        </button>
      </div>
    </form>
  );
}

function Find({ chosen, onEvent }: { chosen: EventRef | null; onEvent: (event: EventRef) => void }) {
  const [q, setQ] = useState('');
  const search = useMutation({
    mutationFn: (text: string) =>
      call<EventPage>('POST', '/api/events/search', {
        from: Date.now() - 30 * DAY,
        to: Date.now() + 60_000,
        q: text,
        limit: 20,
      }),
  });
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        search.mutate(q);
      }}
    >
      <div className="field">
        <label htmlFor="find-event">{t.explain.findLabel}</label>
        <div className={css.find}>
          <input
            id="find-event"
            className="input"
            type="search"
            placeholder={t.explain.findPlaceholder}
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
          <button type="submit" className="btn" disabled={search.isPending}>
            {t.explain.search}
          </button>
        </div>
      </div>
      {search.isPending && <SkeletonRows rows={4} height={40} />}
      {search.isError && <ErrorState error={search.error} onRetry={() => search.mutate(q)} />}
      {search.data?.items.length === 0 && <p className="muted small">{t.explain.noEvents}</p>}
      <ul className={css.events}>
        {search.data?.items.map((event) => {
          const text = String(event.fields['event.original'] ?? event.fields['message'] ?? event.id);
          return (
            <li key={`${event.tenant} ${event.id}`}>
              <button
                type="button"
                aria-pressed={chosen?.id === event.id && chosen.tenant === event.tenant}
                aria-label={t.explain.use(text.slice(0, 80))}
                onClick={() => onEvent({ tenant: event.tenant, id: event.id, at: event.at })}
              >
                <span className="muted">
                  <At at={event.at} /> · {event.tenant} · {String(event.fields['event.dataset'] ?? '')}
                </span>
                <code>{text.slice(0, 300)}</code>
              </button>
            </li>
          );
        })}
      </ul>
    </form>
  );
}

function Fields({ fields }: { fields: RuleExplanation['fields'] }) {
  const rows = Object.entries(fields);
  return (
    <details className="small">
      <summary>{t.explain.fields(rows.length)}</summary>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt className="mono">{name}</dt>
            <dd className="mono">{Array.isArray(value) ? value.join(', ') : String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

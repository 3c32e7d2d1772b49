import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProcedureDetail, ProcedureTexts } from '@vigie/contracts/api';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure, call } from '../api/client.ts';
import { diffLines } from '../rules/line-diff.ts';
import { useMay, useSession } from '../session.ts';
import { techniqueUrl } from '../ui/chips.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { ProcedureContent } from './content.tsx';
import { addressOf, procedureQueries } from './procedure-queries.ts';
import css from './procedures.module.css';
import { t } from './strings.ts';

/** One procedure: how it reads, its versions, what changed between them. */
export default function ProcedurePage() {
  const { id, key } = useParams<{ id?: string; key?: string }>();
  const from =
    key === undefined ? `shipped/${encodeURIComponent(id ?? '')}` : `own/${encodeURIComponent(key)}`;
  const query = useQuery(procedureQueries.one(from));
  useTitle(query.data?.title ?? t.title);
  const missing = query.error instanceof ApiFailure && query.error.status === 404;
  return (
    <div className="page">
      <p className={css.back}>
        <Link href="/procedures">
          <Icon name="back" size={12} /> {t.back}
        </Link>
      </p>
      {query.data !== undefined ? (
        <Detail procedure={query.data} />
      ) : missing ? (
        <Empty title={t.detail.notFound}>{t.detail.notFoundText}</Empty>
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={10} />
      )}
    </div>
  );
}

function Detail({ procedure }: { procedure: ProcedureDetail }) {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const { provider } = useSession();
  const mayWrite = useMay('procedures.write') && (provider || procedure.tenant !== null);
  const mayCopy = useMay('procedures.write');
  const [asking, setAsking] = useState(false);
  const own = procedure.key !== null && procedure.revision !== null;
  const move = async (live: number | null) => {
    try {
      await call('POST', `/api/procedures/own/${procedure.key}/state`, {
        live,
        revision: procedure.revision,
      });
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
    void client.invalidateQueries({ queryKey: ['procedures'] });
  };
  const remove = async () => {
    setAsking(false);
    try {
      await call('DELETE', `/api/procedures/own/${procedure.key}`);
      void client.invalidateQueries({ queryKey: ['procedures'] });
      navigate('/procedures');
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  return (
    <>
      <div className="page-head">
        <h1>{procedure.title}</h1>
        <span className="count">
          {procedure.id} · {t.origin[procedure.origin]} · {t.version(procedure.version)}
        </span>
        <span className="spring" />
        {own && mayWrite && (
          <>
            {procedure.live !== procedure.version && (
              <button type="button" className="btn primary" onClick={() => void move(procedure.version)}>
                {t.detail.putInForce}
              </button>
            )}
            <Link href={`/procedures/own/${procedure.key}/edit`} className="btn">
              {t.detail.change}
            </Link>
            {procedure.live === null ? (
              <button type="button" className="btn danger" onClick={() => setAsking(true)}>
                {t.detail.remove}
              </button>
            ) : (
              <button type="button" className="btn" onClick={() => void move(null)}>
                {t.detail.takeOut}
              </button>
            )}
          </>
        )}
        {!own && mayCopy && (
          <Link
            href={`/procedures/new?from=${encodeURIComponent(addressOf(procedure))}`}
            className="btn"
            title={t.detail.copyHint}
          >
            {t.detail.copyOwn}
          </Link>
        )}
      </div>
      <p className="hint">{procedure.types.map((type) => t.type[type]).join(', ')}</p>
      {procedure.techniques.length > 0 && (
        <p className="row small">
          <span className="hint">{t.detail.technique}</span>
          {procedure.techniques.map((id) => (
            <a
              key={id}
              className="mono"
              href={techniqueUrl(id) ?? undefined}
              target="_blank"
              rel="noopener noreferrer"
            >
              {id}
            </a>
          ))}
        </p>
      )}
      <ProcedureContent summary={procedure.summary} content={procedure.content} />
      {procedure.versions.length > 0 && (
        <Versions procedure={procedure} onLive={mayWrite ? move : undefined} />
      )}
      {asking && (
        <Confirm
          title={t.detail.removeTitle}
          text={t.detail.removeText}
          action={t.detail.remove}
          onCancel={() => setAsking(false)}
          onConfirm={() => void remove()}
        />
      )}
    </>
  );
}

function Versions(props: {
  procedure: ProcedureDetail;
  onLive: ((live: number) => Promise<void>) | undefined;
}) {
  const { versions } = props.procedure;
  const [open, setOpen] = useState<number | null>(null);
  return (
    <section className={css.versions} aria-labelledby="procedure-versions">
      <h2 id="procedure-versions">{t.detail.versions}</h2>
      <ul>
        {versions.map((version, index) => {
          const before = versions[index + 1];
          return (
            <li key={version.number} data-testid="procedure-version">
              <div className="row">
                <strong>{t.version(version.number)}</strong>
                <span className={css.badge}>
                  {version.state === 'live'
                    ? t.detail.live
                    : version.state === 'retired'
                      ? t.detail.retired
                      : t.draft}
                </span>
                <span className="hint">
                  {version.author}, <At at={version.createdAt} />
                </span>
                <span className="small">{version.note}</span>
                <span className="spring" />
                {before !== undefined && (
                  <button
                    type="button"
                    className="btn small"
                    aria-expanded={open === version.number}
                    onClick={() => setOpen(open === version.number ? null : version.number)}
                  >
                    {t.detail.compare}
                  </button>
                )}
                {props.onLive !== undefined && version.state !== 'live' && (
                  <button
                    type="button"
                    className="btn small"
                    onClick={() => void props.onLive?.(version.number)}
                  >
                    {t.detail.putInForce}
                  </button>
                )}
              </div>
              {open === version.number && before !== undefined && (
                <Difference before={before.source} after={version.source} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function filesOf({ sop, texts }: ProcedureTexts): Map<string, string> {
  return new Map([
    ['sop.yml', sop],
    ...Object.entries(texts).map(([key, text]) => [`${key}.md`, text] as const),
  ]);
}

function Difference({ before, after }: { before: ProcedureTexts; after: ProcedureTexts }) {
  const old = filesOf(before);
  const now = filesOf(after);
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => old.get(name) !== now.get(name),
  );
  if (changed.length === 0) return <p className="hint">{t.detail.nothing}</p>;
  return changed.map((name) => (
    <figure key={name} className={css.diff} data-testid="procedure-diff">
      <figcaption className="small">{name}</figcaption>
      <pre>
        {diffLines(old.get(name) ?? '', now.get(name) ?? '')
          .filter(({ kind }) => kind !== 'same')
          .map((line) => (
            <div key={`${line.before} ${line.after}`} data-kind={line.kind}>
              {line.kind === 'added' ? '+' : '−'} {line.text}
            </div>
          ))}
      </pre>
    </figure>
  ));
}

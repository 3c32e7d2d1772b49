import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { scoped, useScope, useTenantName } from '../session.ts';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { IncidentCard } from './incident-lines.tsx';
import { homeQueries } from './queries.ts';
import { SilentSources } from './sources-cards.tsx';
import { t } from './strings.ts';

/** What keeps the platform from doing its work. */
export default function Administrator() {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  const status = useQuery(queries.status());
  const dead = useInfiniteQuery(queries.outbox('dead'));
  const connectors = useQuery(homeQueries.connectors(tenant));
  const quarantine = useQuery(queries.quarantine());
  return (
    <>
      <Card title={t.platform} empty={t.platformEmpty} to="/status" asked={status} wide>
        {({ warnings, components }) =>
          Lines({
            items: [
              ...components
                .filter(({ state }) => state !== 'running')
                .map(({ name, state, detail, since }) => ({ text: `${name}: ${state}. ${detail}`, since })),
              ...warnings
                .filter(({ code }) => code !== 'VIGIE_COMPONENT_DOWN')
                .map(({ message, since }) => ({ text: message, since })),
            ],
            keyOf: ({ text }) => text,
            children: ({ text, since }) => (
              <>
                <span className={css.dot} data-health="silent" aria-hidden="true" />
                <span className={css.main}>{text}</span>
                <span className={css.aside}>
                  <Age at={since} suffix />
                </span>
              </>
            ),
          })
        }
      </Card>
      <IncidentCard title={t.free} empty={t.freeEmpty} to="owner=nobody" query={{ owner: 'nobody' }} />
      <Bare />
      <Card
        title={t.mails}
        empty={t.mailsEmpty}
        to="/outbox?state=dead"
        asked={{
          data: dead.data?.pages[0],
          isPending: dead.isPending,
          error: dead.error,
          refetch: dead.refetch,
        }}
      >
        {({ items }) =>
          Lines({
            items,
            keyOf: ({ id }) => id,
            children: ({ to, subject, lastError, createdAt }) => (
              <>
                <span className={css.kind}>{to}</span>
                <span className={css.main}>{subject}</span>
                <span className={css.aside}>
                  <Age at={createdAt} suffix />
                </span>
                <span className={css.below}>{lastError}</span>
              </>
            ),
          })
        }
      </Card>
      <Card title={t.connectors} empty={t.connectorsEmpty} to={scoped('/sources')} asked={connectors}>
        {({ items }) =>
          Lines({
            items: items.filter(({ state }) => state === 'broken' || state === 'retrying'),
            keyOf: ({ tenant: of, source }) => `${of} ${source}`,
            children: ({ tenant: of, source, problem }) => (
              <>
                <span className={css.kind}>{nameOf(of)}</span>
                <Link className={css.main} href={`/sources/${of}/${source}`}>
                  {source}
                </Link>
                <span className={css.aside}>{problem !== null && <Age at={problem.at} suffix />}</span>
                <span className={css.below}>{problem?.message}</span>
              </>
            ),
          })
        }
      </Card>
      <SilentSources />
      <Card title={t.strangers} empty={t.strangersEmpty} to="/sources" asked={quarantine}>
        {({ items }) =>
          Lines({
            items,
            keyOf: ({ id }) => id,
            children: ({ sender, transport, lines, lastSeenAt }) => (
              <>
                <span className={css.kind}>{transport}</span>
                <span className={css.main}>{sender}</span>
                <span className={css.aside}>
                  {t.lines(lines)} · <Age at={lastSeenAt} suffix />
                </span>
              </>
            ),
          })
        }
      </Card>
    </>
  );
}

/** Clients that nobody is told for, or that send nothing. */
function Bare() {
  const tenants = useQuery(queries.tenants());
  const sources = useQuery(queries.sources());
  const sending = new Set(sources.data?.items.map(({ tenant }) => tenant));
  const both = {
    data: sources.data === undefined ? undefined : tenants.data,
    isPending: tenants.isPending || sources.isPending,
    error: tenants.error ?? sources.error,
    refetch: () => void Promise.all([tenants.refetch(), sources.refetch()]),
  };
  return (
    <Card title={t.bare} empty={t.bareEmpty} to="/tenants" asked={both}>
      {({ items }) =>
        Lines({
          items: items.filter(
            ({ id, demo, contacts }) => !demo && (contacts.length === 0 || !sending.has(id)),
          ),
          keyOf: ({ id }) => id,
          children: ({ id, name, contacts }) => (
            <>
              <span />
              <Link className={css.main} href={`/tenants/${id}`}>
                {name}
              </Link>
              <span className={css.aside}>
                {[contacts.length === 0 && t.noContact, !sending.has(id) && t.noSource]
                  .filter(Boolean)
                  .join(', ')}
              </span>
            </>
          ),
        })
      }
    </Card>
  );
}

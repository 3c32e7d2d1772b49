import { useQuery } from '@tanstack/react-query';
import type { NoticeList } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { clockQueries } from '../clocks/queries.ts';
import { placeOf } from '../notices/place.ts';
import { t as noticeWords } from '../notices/strings/strings.ts';
import { rotaQueries } from '../rotas/queries.ts';
import { scoped, useScope } from '../session.ts';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import { ClockLine } from './clock-lines.tsx';
import css from './home.module.css';
import { IncidentCard } from './incident-lines.tsx';
import { t } from './strings.ts';

const FROM_CLIENTS: readonly string[] = [
  'answer',
  'approved',
  'refused',
  'client-comment',
  'asset-comment',
  'overdue',
];

/** What to do next on a shift. */
export default function Analyst() {
  const { tenant } = useScope();
  const clocks = useQuery(clockQueries.board({ tenant, within: 8 }));
  return (
    <>
      <Card title={t.clocks} empty={t.clocksEmpty} to={scoped('/clocks')} asked={clocks} wide>
        {({ items, total }) =>
          Lines({
            items,
            total,
            keyOf: ({ incident, clock }) => `${incident.id} ${clock.kind}`,
            children: (item) => <ClockLine item={item} />,
          })
        }
      </Card>
      <IncidentCard title={t.mine} empty={t.mineEmpty} to="owner=me" query={{ owner: 'me' }} />
      <IncidentCard title={t.free} empty={t.freeEmpty} to="owner=nobody" query={{ owner: 'nobody' }} />
      <IncidentCard title={t.changed} empty={t.changedEmpty} to="changed=yes" query={{ changed: 'yes' }} />
      <Answers />
      <HandOver />
    </>
  );
}

/** News of clients, from the person's own list. */
function Answers() {
  const query = useQuery({
    queryKey: ['notices'],
    queryFn: ({ signal }) => call<NoticeList>('GET', '/api/notices', undefined, signal),
  });
  return (
    <Card title={t.answers} empty={t.answersEmpty} to={scoped('/incidents')} asked={query}>
      {({ items }) =>
        Lines({
          items: items.filter(({ kind, readAt }) => FROM_CLIENTS.includes(kind) && readAt === null),
          keyOf: ({ id }) => id,
          children: (notice) => (
            <>
              <span className={css.id}>INC-{notice.incident}</span>
              <Link className={css.main} href={placeOf(notice)}>
                {noticeWords.kinds[notice.kind](notice.actor)}
              </Link>
              <span className={css.aside}>
                <Age at={notice.at} suffix />
              </span>
              <span className={css.below}>{notice.excerpt}</span>
            </>
          ),
        })
      }
    </Card>
  );
}

/** The newest note of each rota. */
export function HandOver() {
  const query = useQuery(rotaQueries.list());
  return (
    <Card title={t.handover} empty={t.handoverEmpty} to="/rotas" asked={query}>
      {({ items }) =>
        Lines({
          items: items.flatMap(({ id, setup, notes: [note] }) =>
            note === undefined ? [] : [{ id, name: setup.name, note }],
          ),
          most: 3,
          keyOf: ({ id }) => id,
          children: ({ name, note }) => (
            <>
              <span className={css.kind}>{name}</span>
              <span className={css.main}>{note.text}</span>
              <span className={css.aside}>
                {note.by} · <Age at={note.at} suffix />
              </span>
            </>
          ),
        })
      }
    </Card>
  );
}

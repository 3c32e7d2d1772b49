import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { AuditOutcome } from '@vigie/contracts/api';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, PageTitle } from '../plain/plain.tsx';
import { useScope, useSession } from '../session.ts';
import { SelectField, TextField } from '../ui/fields.tsx';
import { useTypedParam } from '../ui/hooks.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useUrl } from '../url.ts';
import css from './audit.module.css';
import { ChainState } from './chain-state.tsx';
import { auditRecords, auditState } from './queries.ts';
import { Record } from './record.tsx';
import { t } from './strings.ts';

const OUTCOMES: readonly AuditOutcome[] = ['done', 'refused', 'invalid', 'failed', 'unknown'];
const FILTERS = ['person', 'action', 'object', 'outcome', 'from', 'to'] as const;

/** Who did what, and whether the log is whole. */
export default function Audit() {
  const { params, patch } = useUrl();
  const { provider } = useSession();
  const { tenant } = useScope();
  const value = (name: (typeof FILTERS)[number]) => params.get(name) ?? '';
  const [person, setPerson] = useTypedParam(value('person'), (next) => patch({ person: next }));
  const [object, setObject] = useTypedParam(value('object'), (next) => patch({ object: next }));
  const filter = {
    tenant,
    person: value('person'),
    action: value('action'),
    object: value('object'),
    outcome: OUTCOMES.find((each) => each === value('outcome')),
    from: dayStart(value('from'), 0),
    to: dayStart(value('to'), 1),
  };
  const query = useInfiniteQuery(auditRecords({ ...filter, limit: 100 }));
  const state = useQuery(auditState());
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const reset = () => patch(Object.fromEntries(FILTERS.map((name) => [name, undefined])));
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/audit">{t.title}</PageTitle>
        <span className="spring" />
        <ExportMenu path="/api/audit/export" query={filter} />
      </div>
      <About path="/audit" />
      <p className={`small muted ${css.about}`}>{t.about}</p>
      {provider && <ChainState />}
      <search className={css.filters}>
        <TextField
          label={t.search}
          type="search"
          placeholder={t.searchPlaceholder}
          value={person}
          onChange={(event) => setPerson(event.target.value)}
        />
        <SelectField
          label={t.action}
          value={value('action')}
          onChange={(event) => patch({ action: event.target.value })}
        >
          <option value="">{t.anyAction}</option>
          {(state.data?.actions ?? []).map((action) => (
            <option key={action} value={action}>
              {action}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t.object}
          type="search"
          placeholder={t.objectPlaceholder}
          value={object}
          onChange={(event) => setObject(event.target.value)}
        />
        <SelectField
          label={t.outcome}
          value={value('outcome')}
          onChange={(event) => patch({ outcome: event.target.value })}
        >
          <option value="">{t.anyOutcome}</option>
          {OUTCOMES.map((each) => (
            <option key={each} value={each}>
              {t.outcomes[each]}
            </option>
          ))}
        </SelectField>
        {(['from', 'to'] as const).map((name) => (
          <TextField
            key={name}
            label={t[name]}
            type="date"
            value={value(name)}
            onChange={(event) => patch({ [name]: event.target.value })}
          />
        ))}
      </search>
      {query.isPending ? (
        <SkeletonRows rows={12} height={44} />
      ) : query.isError && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          <button type="button" className="btn" onClick={reset}>
            {t.reset}
          </button>
        </Empty>
      ) : (
        <table className={`grid ${css.table}`} data-stale={query.isPlaceholderData || undefined}>
          <thead>
            <tr>
              <th scope="col">{t.columns.time}</th>
              <th scope="col">{t.columns.who}</th>
              <th scope="col">{t.columns.what}</th>
              <th scope="col">{t.columns.on}</th>
              <th scope="col">{t.columns.outcome}</th>
              <th scope="col">
                <span className="visually-hidden">{t.details}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((record) => (
              <Record key={record.seq} record={record} onPerson={(next) => patch({ person: next }, 'push')} />
            ))}
          </tbody>
        </table>
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
    </div>
  );
}

/** Begin of a local day, or of the one after it; undefined when it is no date. */
function dayStart(text: string, after: 0 | 1): number | undefined {
  const [year, month, day] = text.split('-').map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = new Date(year, month - 1, day + after).getTime();
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RuleImportReport, RuleView } from '../api/types.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { useMayForAll } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { usePhone, useTitle, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { Toggle } from '../ui/toggle.tsx';
import { useLoadMore, useVirtualRows } from '../ui/virtual-rows.ts';
import { oneOf, useUrl } from '../url.ts';
import { useRuleSwitch } from './actions.ts';
import css from './rules.module.css';
import { t } from './strings.ts';

const STATES = [
  'all',
  'live',
  'test',
  'draft',
  'edited',
  'unmapped',
  'rejected',
  'disabled',
  'retired',
] as const;
/** States of what is only being written, which the provider's own people see. */
const UNPUBLISHED: readonly string[] = ['test', 'draft', 'retired'];
const SORTS = ['hits', 'level', 'title'] as const;
const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'] as const;

/** All detection rules with their state; a rule that cannot run says why. */
export default function Rules() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const seesDrafts = useMayForAll('rules.read');
  const mayEdit = useMayForAll('rules.write');
  const maySwitch = useMayForAll('rules.switch');
  const [, navigate] = useLocation();
  const state = oneOf(params.get('state'), STATES, 'all');
  const sort = oneOf(params.get('sort'), SORTS, 'hits');
  const level = LEVELS.find((each) => each === params.get('level'));
  const q = params.get('q') ?? '';
  const [text, setText] = useTypedParam(q, (next) => patch({ q: next }));
  const query = useInfiniteQuery(
    queries.rules({
      ...(q === '' ? {} : { q }),
      state,
      sort,
      ...(level === undefined ? {} : { level }),
      limit: 200,
    }),
  );
  const rules = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  const rows = useVirtualRows(scroller, rules.length, phone ? 78 : 48);
  useLoadMore(rows.lastIndex, rules.length, query);
  useShortcuts(t.title, [
    { keys: '/', label: t.help.search, run: () => search.current?.focus() },
    ...(mayEdit ? [{ keys: 'n', label: t.help.create, run: () => navigate('/rules/new') }] : []),
  ]);
  return (
    <div className={css.page}>
      <div className={`page-head ${css.head}`}>
        <h1>{t.title}</h1>
        {total !== undefined && <span className="count">{t.count(total)}</span>}
        <select
          className="select"
          aria-label={t.state}
          value={state}
          onChange={(event) => patch({ state: event.target.value === 'all' ? '' : event.target.value })}
        >
          {STATES.filter((each) => seesDrafts || !UNPUBLISHED.includes(each)).map((each) => (
            <option key={each} value={each}>
              {t.states[each]}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label={t.level}
          value={level ?? ''}
          onChange={(event) => patch({ level: event.target.value })}
        >
          <option value="">{t.anyLevel}</option>
          {LEVELS.map((each) => (
            <option key={each} value={each}>
              {ui.level[each]}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label={t.sort}
          value={sort}
          onChange={(event) => patch({ sort: event.target.value === 'hits' ? '' : event.target.value })}
        >
          {SORTS.map((each) => (
            <option key={each} value={each}>
              {t.sorts[each]}
            </option>
          ))}
        </select>
        <input
          ref={search}
          className={`input ${css.search}`}
          type="search"
          aria-label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="spring" />
        <ExportMenu path="/api/rules/export" query={{ q, state, sort, level }} />
        {mayEdit && <Reload />}
        {mayEdit && (
          <Link className="btn primary" href="/rules/new">
            <Icon name="plus" size={13} /> {t.newRule}
          </Link>
        )}
      </div>
      <div ref={scroller} className={css.scroller} data-stale={query.isPlaceholderData || undefined}>
        {query.isPending ? (
          <SkeletonRows rows={14} height={phone ? 78 : 48} />
        ) : query.isError && rules.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : rules.length === 0 ? (
          <Empty title={t.emptyTitle}>
            <p>
              {t.emptyText}
              <code>{t.importCommand}</code>.
            </p>
          </Empty>
        ) : (
          <table className={css.table} aria-rowcount={total ?? rules.length}>
            <thead>
              <tr>
                <th scope="col" className={css.level}>
                  {t.columns.level}
                </th>
                <th scope="col">{t.columns.rule}</th>
                <th scope="col" className={css.state}>
                  {t.columns.state}
                </th>
                <th scope="col" className={css.hits}>
                  {t.columns.hits}
                </th>
                <th scope="col" className={css.last}>
                  {t.columns.last}
                </th>
                <th scope="col" className={css.on}>
                  {t.columns.on}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.before > 0 && <tr className={css.spacer} style={{ height: rows.before }} />}
              {rows.indices.map((index) => (
                <Row key={rules[index]!.id} rule={rules[index]!} maySwitch={maySwitch} />
              ))}
              {rows.after > 0 && <tr className={css.spacer} style={{ height: rows.after }} />}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

function Row({ rule, maySwitch }: { rule: RuleView; maySwitch: boolean }) {
  const { enabled, turn } = useRuleSwitch(rule);
  return (
    <tr className={css.row} data-testid="rule-row" data-off={!enabled || undefined}>
      <td className={css.level}>
        <Severity level={rule.level} />
      </td>
      <td className={css.main}>
        <Link href={`/rules/${encodeURIComponent(rule.id)}`} className={css.title}>
          {rule.title}
        </Link>
        <div className={`hint truncate ${css.under}`}>
          {rule.logsource}
          {rule.kind === 'correlation' && ` · ${t.correlation}`}
          {rule.versions?.override === true
            ? ` · ${t.editedHere}`
            : rule.origin === 'workshop'
              ? ` · ${t.writtenHere}`
              : rule.origin !== 'vigie' && ` · ${rule.origin}`}
        </div>
      </td>
      <td className={css.state}>
        <span data-state={rule.state} title={rule.problem ?? undefined}>
          {t.stateWord[rule.state]}
        </span>
        {rule.problem !== null && rule.state === 'rejected' && (
          <div className="hint truncate">{rule.problem}</div>
        )}
        {rule.versions !== null && rule.versions.test !== null && rule.state !== 'test' && (
          <div className={`truncate small ${css.also}`}>{t.alsoInTest(rule.versions.test)}</div>
        )}
      </td>
      <td className={css.hits}>{rule.hits24h > 0 ? rule.hits24h : <span className="muted">0</span>}</td>
      <td className={css.last}>
        <Age at={rule.lastHitAt} />
      </td>
      <td className={css.on}>
        <Toggle
          label={t.toggle(rule.title)}
          checked={enabled}
          disabled={!maySwitch || UNPUBLISHED.includes(rule.state)}
          onChange={turn}
        />
      </td>
    </tr>
  );
}

function Reload() {
  const client = useQueryClient();
  const [report, setReport] = useState<RuleImportReport | null>(null);
  const reload = useMutation({
    mutationFn: () => call<RuleImportReport>('POST', '/api/rules/reload'),
    onSuccess: (result) => {
      setReport(result);
      void client.invalidateQueries({ queryKey: ['rules'] });
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  return (
    <>
      <button
        type="button"
        className="btn"
        title={t.reloadHint}
        disabled={reload.isPending}
        onClick={() => reload.mutate()}
      >
        <Icon name="refresh" size={13} /> {t.reload}
      </button>
      {report !== null && (
        <Dialog title={t.reloaded} onClose={() => setReport(null)} width={640}>
          <div className="stack small">
            <p>{t.report(report.live, report.unmapped, report.rejected.length)}</p>
            {report.rejected.length > 0 && <h3>{t.reportRejected}</h3>}
            <ul className="stack">
              {report.rejected.slice(0, 200).map((each) => (
                <li key={`${each.path} ${each.code}`} className="wrap">
                  <code>{each.path}</code>{' '}
                  {each.line !== null && <span className="muted">{t.line(each.line)}</span>}
                  <br />
                  {each.reason} <code className="muted">{each.code}</code>
                </li>
              ))}
            </ul>
            {report.unmappedLogsources.length > 0 && <h3>{t.reportUnmapped}</h3>}
            <ul>
              {report.unmappedLogsources.slice(0, 100).map((each) => (
                <li key={each.logsource}>
                  {each.logsource} <span className="muted">{t.rules(each.rules)}</span>
                </li>
              ))}
            </ul>
          </div>
        </Dialog>
      )}
    </>
  );
}

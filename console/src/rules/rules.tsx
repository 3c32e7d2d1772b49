import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RuleImportReport, RuleView } from '../api/types.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, usePageName } from '../plain/plain.tsx';
import { useMayForAll } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { usePhone, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Choice, ListHead, ListPage, ListSearch } from '../ui/list/frame.tsx';
import { List } from '../ui/list/list.tsx';
import { Row, RowTitle } from '../ui/list/row.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { Toggle } from '../ui/toggle.tsx';
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
  const name = usePageName('/rules', t.title);
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
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  useShortcuts(t.title, [
    { keys: '/', label: t.help.search, run: () => search.current?.focus() },
    ...(mayEdit ? [{ keys: 'n', label: t.help.create, run: () => navigate('/rules/new') }] : []),
  ]);
  return (
    <ListPage>
      <ListHead
        title={name}
        intro={<About path="/rules" />}
        count={total === undefined ? undefined : t.count(total)}
        actions={
          <>
            <ExportMenu path="/api/rules/export" query={{ q, state, sort, level }} />
            {mayEdit && <Reload />}
            {mayEdit && (
              <Link className="btn primary" href="/rules/new">
                <Icon name="plus" size={13} /> {t.newRule}
              </Link>
            )}
          </>
        }
      >
        <ListSearch
          field={search}
          label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={setText}
        />
        <Choice
          label={t.state}
          value={state}
          onChange={(value) => patch({ state: value })}
          options={STATES.filter((each) => seesDrafts || !UNPUBLISHED.includes(each)).map(
            (each) => [each, t.states[each]] as const,
          )}
        />
        <Choice
          label={t.level}
          value={level ?? ''}
          onChange={(value) => patch({ level: value })}
          options={[['', t.anyLevel], ...LEVELS.map((each) => [each, ui.level[each]] as const)]}
        />
        <Choice
          label={t.sort}
          value={sort}
          onChange={(value) => patch({ sort: value })}
          options={SORTS.map((each) => [each, t.sorts[each]] as const)}
        />
      </ListHead>
      <List
        query={query}
        items={rules}
        total={total}
        height={phone ? 78 : 48}
        columns={[
          { id: 'level', head: t.columns.level, className: css.level },
          { id: 'rule', head: t.columns.rule },
          { id: 'state', head: t.columns.state, className: css.state },
          { id: 'hits', head: t.columns.hits, className: css.hits },
          { id: 'last', head: t.columns.last, className: css.last },
          { id: 'on', head: t.columns.on, className: css.on },
        ]}
        empty={
          <Empty title={t.emptyTitle}>
            <p>
              {t.emptyText}
              <code>{t.importCommand}</code>.
            </p>
          </Empty>
        }
      >
        {(rule, index) => <RuleRow key={rule.id} rule={rule} index={index} maySwitch={maySwitch} />}
      </List>
    </ListPage>
  );
}

function RuleRow({ rule, index, maySwitch }: { rule: RuleView; index: number; maySwitch: boolean }) {
  const { enabled, turn } = useRuleSwitch(rule);
  return (
    <Row
      index={index}
      className={css.row}
      data={{ 'data-testid': 'rule-row', 'data-off': !enabled || undefined }}
    >
      <td className={css.level}>
        <Severity level={rule.level} />
      </td>
      <td className={css.main}>
        <RowTitle href={`/rules/${encodeURIComponent(rule.id)}`}>{rule.title}</RowTitle>
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
    </Row>
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

import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RuleDetail } from '../api/types.ts';
import { RuleExceptions } from '../exceptions/rule-exceptions.tsx';
import { useMay, useMayForAll } from '../session.ts';
import { CopyButton } from '../ui/copy.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Toggle } from '../ui/toggle.tsx';
import { oneOf, useUrl } from '../url.ts';
import { AboutTab } from './about-tab.tsx';
import { useRuleSwitch } from './actions.ts';
import css from './rules.module.css';
import { SourceView } from './source-view.tsx';
import { t } from './strings.ts';
import { isInForce } from './version-select.tsx';

// What is behind a tab comes when it is shown.
const CasesTab = lazy(() => import('./cases-view.tsx').then((module) => ({ default: module.CasesTab })));
const ExplainTab = lazy(() => import('./explain-tab.tsx').then((module) => ({ default: module.ExplainTab })));
const BacktestTab = lazy(() =>
  import('./backtest-tab.tsx').then((module) => ({ default: module.BacktestTab })),
);
const HitsTab = lazy(() => import('./hits-tab.tsx').then((module) => ({ default: module.HitsTab })));
const VersionsTab = lazy(() =>
  import('./versions-tab.tsx').then((module) => ({ default: module.VersionsTab })),
);

type Tab = keyof typeof t.tabs;
const TABS = Object.keys(t.tabs) as Tab[];
/** Holding a rule against events is analysts' work, and versions are the provider's. */
const NEEDS: Partial<Record<Tab, 'tester' | 'provider'>> = {
  explain: 'tester',
  backtest: 'tester',
  versions: 'provider',
};

/** One rule: what it looks for, its text and cases, what it finds, and where it came from. */
export default function RulePage() {
  const { id } = useParams<{ id: string }>();
  const query = useQuery(queries.rule(id));
  useTitle(query.data?.title ?? t.title);
  return (
    <div className="page">
      <p className={css.back}>
        <Link href="/rules">
          <Icon name="back" size={12} /> {t.title}
        </Link>
      </p>
      {query.data !== undefined ? (
        <Rule rule={query.data} />
      ) : query.error instanceof ApiFailure && query.error.status === 404 ? (
        <Empty title={t.notFound} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  );
}

function Rule({ rule }: { rule: RuleDetail }) {
  const [, navigate] = useLocation();
  const { enabled, turn } = useRuleSwitch(rule);
  const tester = useMay('rules.test');
  const provider = useMayForAll('rules.read');
  const mayWrite = useMayForAll('rules.write');
  const maySwitch = useMayForAll('rules.switch');
  const { params, patch } = useUrl();
  const tabs = TABS.filter((each) => {
    const needed = NEEDS[each];
    return needed === undefined || (needed === 'tester' ? tester : provider);
  });
  const tab = oneOf(params.get('tab'), tabs, 'about');
  const show = (next: Tab) =>
    patch({ tab: next === 'about' ? '' : next, event: '', from: '', to: '', over: '' });
  const editAddress = `/rules/${encodeURIComponent(rule.id)}/edit`;
  useShortcuts(rule.title, [
    ...tabs.map((each, index) => ({
      keys: String(index + 1),
      label: t.help.tab(t.tabs[each]),
      run: () => show(each),
    })),
    ...(mayWrite ? [{ keys: 'e', label: t.help.edit, run: () => navigate(editAddress) }] : []),
  ]);
  return (
    <article>
      <div className="page-head">
        <Severity level={rule.level} />
        <h1>{rule.title}</h1>
        <StateWords rule={rule} />
        <span className="spring" />
        {mayWrite && (
          <Link className="btn" href={editAddress}>
            {t.edit} <kbd>e</kbd>
          </Link>
        )}
        {isInForce(rule) && (
          <span className="row small">
            {t.columns.on}
            <Toggle label={t.toggle(rule.title)} checked={enabled} disabled={!maySwitch} onChange={turn} />
          </span>
        )}
      </div>
      {rule.problem !== null && (
        <p className={`notice ${rule.state === 'rejected' ? 'bad' : 'warn'} ${css.problem}`}>
          <strong>{t.problem}:</strong> {rule.problem}
        </p>
      )}
      <TabList tabs={tabs} tab={tab} onShow={show} />
      <div role="tabpanel" id="rule-panel" aria-labelledby={`rule-tab-${tab}`} className={css.panel}>
        {tab === 'about' && <AboutTab rule={rule} />}
        {tab === 'source' && (
          <section>
            <div className={css.sourceHead}>
              <h2>{t.source}</h2>
              <CopyButton text={rule.source} icon />
            </div>
            <SourceView text={rule.source} label={t.source} testId="rule-source" />
          </section>
        )}
        <Suspense fallback={<SkeletonRows rows={6} height={34} />}>
          {tab === 'cases' && <CasesTab rule={rule} />}
          {tab === 'explain' && <ExplainTab rule={rule} />}
          {tab === 'backtest' && <BacktestTab rule={rule} />}
          {tab === 'hits' && <HitsTab rule={rule} />}
          {tab === 'versions' && <VersionsTab rule={rule} />}
          {tab === 'exceptions' && <RuleExceptions ruleId={rule.id} title={rule.title} />}
        </Suspense>
      </div>
    </article>
  );
}

/** Where the rule stands, in a few words beside its title. */
export function StateWords({ rule }: { rule: RuleDetail }) {
  const { versions } = rule;
  const words = [
    rule.state === 'live' ? null : t.stateWord[rule.state],
    versions?.live != null ? (versions.override ? t.editedHere : t.writtenHere) : null,
    versions?.test != null && rule.state !== 'test' ? t.alsoInTest(versions.test) : null,
  ].filter((word) => word !== null);
  return words.map((word) => (
    <span key={word} className="count">
      {word}
    </span>
  ));
}

function TabList({ tabs, tab, onShow }: { tabs: readonly Tab[]; tab: Tab; onShow: (tab: Tab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  // On a phone the tabs scroll: the one that is shown stays in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab decides which button is the selected one
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [tab]);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]!;
    onShow(next);
    list.current?.querySelector<HTMLElement>(`#rule-tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={t.tabList} className={css.tabs} onKeyDown={onKey}>
      {tabs.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`rule-tab-${each}`}
          aria-selected={tab === each}
          aria-controls="rule-panel"
          tabIndex={tab === each ? 0 : -1}
          onClick={() => onShow(each)}
        >
          {t.tabs[each]}
        </button>
      ))}
    </div>
  );
}

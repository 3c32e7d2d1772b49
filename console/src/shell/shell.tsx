import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { queries } from '../api/queries.ts';
import { useLiveness, useLiveUpdates } from '../api/stream.ts';
import type { SessionView } from '../api/types.ts';
import { Notices } from '../notices/bell.tsx';
import { DETAIL_PAGES } from '../pages.ts';
import { pagesOf, type RailPage, type RailSection, railOf } from '../sections.ts';
import { isClient, SessionContext, scoped, useOwnTenant, useScope } from '../session.ts';
import { Flyout } from '../ui/flyout.tsx';
import { Icon, Mark } from '../ui/icons.tsx';
import { type Shortcut, useShortcutListener, useShortcuts } from '../ui/shortcuts.ts';
import { Empty, SkeletonRows } from '../ui/states.tsx';
import { Toaster } from '../ui/toaster.tsx';
import { AccountMenu, ThemeMenu, WarningsMenu } from './menus.tsx';
import css from './shell.module.css';
import { t } from './strings.ts';

const loadPalette = () => import('./palette.tsx');
const loadHelp = () => import('./help.tsx');
const Palette = lazy(loadPalette);
const Help = lazy(loadHelp);

/** The frame: header, rail (bottom bar on a phone) and the page of the present address. */
export default function Shell({ session }: { session: SessionView }) {
  return (
    <SessionContext value={session}>
      <Frame session={session} />
    </SessionContext>
  );
}

function Frame({ session }: { session: SessionView }) {
  const [, navigate] = useLocation();
  const [overlay, setOverlay] = useState<'palette' | 'tenants' | 'help' | null>(null);
  const own = useOwnTenant();
  const sections = railOf(session);
  const offered = sections.flatMap(({ pages }) => pages);
  useLiveUpdates();
  useShortcutListener(overlay !== null);
  useEffect(() => {
    // Fetched when the first page has settled, so that Ctrl-K opens at once.
    const fetchBoth = () => void Promise.all([loadPalette(), loadHelp()]);
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(fetchBoth, 2000);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(fetchBoth, { timeout: 5000 });
    return () => cancelIdleCallback(idle);
  }, []);
  useShortcuts(t.everywhere, [
    ...offered.map(
      (page): Shortcut => ({
        keys: `g ${page.key}`,
        label: t.goPage(page.title),
        run: () => navigate(scoped(page.path)),
      }),
    ),
    ...(own === undefined ? [{ keys: 't', label: t.chooseTenant, run: () => setOverlay('tenants') }] : []),
    { keys: '?', label: t.keyboardHelp, run: () => setOverlay('help') },
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOverlay((shown) => (shown === 'palette' ? null : 'palette'));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className={css.frame} data-plain={isClient(session) || undefined}>
      <a className={css.skip} href="#content">
        {t.skip}
      </a>
      <Header session={session} open={setOverlay} />
      <Rail sections={sections} />
      <main id="content" className={css.content} tabIndex={-1}>
        <Suspense
          fallback={
            <div className="page">
              <div className="page-head" />
              <SkeletonRows rows={12} />
            </div>
          }
        >
          <Switch>
            {pagesOf(session).map((page) => (
              <Route key={page.path} path={page.path} component={page.View} />
            ))}
            {DETAIL_PAGES.map((page) => (
              <Route key={page.path} path={page.path} component={page.View} />
            ))}
            <Route>
              <div className="page">
                <Empty title={t.notFound}>
                  <p>{t.notFoundText}</p>
                  <Link href="/incidents">{t.toIncidents}</Link>
                </Empty>
              </div>
            </Route>
          </Switch>
        </Suspense>
      </main>
      <BottomBar pages={offered} />
      <Suspense fallback={null}>
        {(overlay === 'palette' || overlay === 'tenants') && (
          <Palette
            pages={offered}
            only={overlay === 'tenants' ? 'tenants' : null}
            onClose={() => setOverlay(null)}
            onHelp={() => setOverlay('help')}
          />
        )}
        {overlay === 'help' && <Help onClose={() => setOverlay(null)} />}
      </Suspense>
      <Toaster />
    </div>
  );
}

function Header({
  session,
  open,
}: {
  session: SessionView;
  open: (overlay: 'palette' | 'tenants' | 'help') => void;
}) {
  const scope = useScope();
  const own = useOwnTenant();
  const status = useQuery(queries.status());
  return (
    <header className={css.header}>
      <Link href={scoped('/')} className={css.brand} aria-label="Vigie">
        <Mark size={27} />
        <span>Vigie</span>
      </Link>
      {own === undefined ? (
        <button
          type="button"
          className={`btn quiet ${css.tenant}`}
          aria-haspopup="dialog"
          aria-label={`${t.chooseTenant}: ${scope.name ?? t.allTenants}`}
          data-testid="tenant-switcher"
          onClick={() => open('tenants')}
        >
          <span className="truncate">{scope.name ?? t.allTenants}</span>
          <Icon name="down" size={12} />
        </button>
      ) : (
        <strong className={`truncate ${css.tenant} ${css.own}`} data-testid="own-tenant">
          {own.name}
        </strong>
      )}
      <span className="spring" />
      <button type="button" className={css.finder} aria-haspopup="dialog" onClick={() => open('palette')}>
        <Icon name="search" size={14} />
        <span>{t.goTo}</span>
        <kbd>{/mac/i.test(navigator.platform) ? '⌘' : 'Ctrl'} K</kbd>
      </button>
      <Live />
      <Notices />
      <WarningsMenu warnings={status.data?.warnings ?? []} />
      <span className={css.wide}>
        <ThemeMenu />
      </span>
      <AccountMenu session={session} onHelp={() => open('help')} />
    </header>
  );
}

function Live() {
  const liveness = useLiveness();
  return (
    <span
      className={css.live}
      data-state={liveness}
      title={liveness === 'live' ? t.liveHint : liveness === 'polling' ? t.pollingHint : t.connecting}
    >
      {t[liveness]}
    </span>
  );
}

function useCurrent(): (path: string) => 'page' | undefined {
  const [location] = useLocation();
  return (path) => (location === path || location.startsWith(`${path}/`) ? 'page' : undefined);
}

function Rail({ sections }: { sections: readonly RailSection[] }) {
  const current = useCurrent();
  return (
    <nav className={css.rail} aria-label={t.main}>
      {sections.map(({ title, pages }) => (
        <section key={title ?? ''} aria-label={title}>
          {title !== undefined && <p className={css.section}>{title}</p>}
          <ul>
            {pages.map((page) => (
              <li key={page.path}>
                <Link
                  href={scoped(page.path)}
                  aria-current={current(page.path)}
                  title={page.about}
                  // The script of a page is fetched when the pointer nears it, so the click feels instant.
                  onPointerEnter={() => void page.load()}
                  onFocus={() => void page.load()}
                >
                  <Icon name={page.icon} size={16} />
                  <span>{page.title}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {/* The licence of the network names asks for this link wherever they are shown. */}
      <p className={css.credit}>
        <a href="https://db-ip.com" target="_blank" rel="noreferrer">
          {t.networkData}
        </a>
      </p>
    </nav>
  );
}

function BottomBar({ pages }: { pages: readonly RailPage[] }) {
  const current = useCurrent();
  return (
    <nav className={css.bar} aria-label={t.main}>
      {pages.slice(0, 4).map((page) => (
        <Link key={page.path} href={scoped(page.path)} aria-current={current(page.path)}>
          <Icon name={page.icon} size={19} />
          {page.title}
        </Link>
      ))}
      <Flyout
        label={t.more}
        up
        buttonClass={css.more ?? ''}
        button={
          <>
            <Icon name="more" size={19} />
            {t.more}
          </>
        }
      >
        {(close) => (
          <ul className={css.moreList}>
            {pages.slice(4).map((page) => (
              <li key={page.path}>
                <Link href={scoped(page.path)} aria-current={current(page.path)} onClick={close}>
                  <Icon name={page.icon} size={17} />
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Flyout>
    </nav>
  );
}

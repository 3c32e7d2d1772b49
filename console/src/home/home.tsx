import { lazy, Suspense } from 'react';
import type { Role } from '../api/types.ts';
import { useOwnTenant, useScope, useSession } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { SkeletonRows } from '../ui/states.tsx';
import css from './home.module.css';
import { t } from './strings.ts';

const Analyst = lazy(() => import('./analyst.tsx'));
const Manager = lazy(() => import('./manager.tsx'));
const Engineer = lazy(() => import('./engineer.tsx'));
const Administrator = lazy(() => import('./administrator.tsx'));
const Auditor = lazy(() => import('./auditor.tsx'));
const Portal = lazy(() => import('./portal.tsx'));

/** The board of each role; the client's roles share one. */
const BOARDS: Readonly<Record<Role, { readonly name: keyof typeof t.board; readonly View: typeof Analyst }>> =
  {
    analyst: { name: 'analyst', View: Analyst },
    'soc-manager': { name: 'soc-manager', View: Manager },
    'detection-engineer': { name: 'detection-engineer', View: Engineer },
    'provider-administrator': { name: 'provider-administrator', View: Administrator },
    auditor: { name: 'auditor', View: Auditor },
    'client-administrator': { name: 'client', View: Portal },
    'client-responder': { name: 'client', View: Portal },
    'client-reader': { name: 'client', View: Portal },
  };

/** The page that everybody begins on: what to do next, by role. */
export default function Home() {
  const { user } = useSession();
  const scope = useScope();
  const own = useOwnTenant();
  const { name, View } = BOARDS[user.role];
  const title = t.board[name];
  useTitle(title);
  return (
    <div className="page" data-testid="home">
      <div className="page-head">
        <h1>{title}</h1>
        {own === undefined && scope.name !== null && <span className="count">{scope.name}</span>}
      </div>
      <div className={css.board} data-plain={name === 'client' || undefined}>
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <View />
        </Suspense>
      </div>
    </div>
  );
}

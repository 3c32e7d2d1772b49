import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { queries } from './api/queries.ts';
import { Boot } from './boot.tsx';
import { choose, language } from './ui/language.ts';
import { ErrorState } from './ui/states.tsx';

const Shell = lazy(() => import('./shell/shell.tsx'));
const SignIn = lazy(() => import('./sign-in/sign-in.tsx'));
const AnswerPage = lazy(() => import('./answer/answer.tsx'));

/** The page behind a mailed link, which knows no session; for all other addresses {@link Console}. */
export function App() {
  if (location.pathname === '/answer')
    return (
      <Suspense fallback={<Boot />}>
        <AnswerPage />
      </Suspense>
    );
  return <Console />;
}

/** Decides between nobody (sign-in), somebody who lacks something (a password, a second factor), and the console. */
function Console() {
  const session = useQuery(queries.session());
  const own = session.data?.user.language ?? null;
  // What the person chose somewhere holds in every browser they sign in from.
  useEffect(() => {
    if (own !== null && own !== language) choose(own);
  }, [own]);
  if (session.isPending) return <Boot />;
  if (session.isError)
    return (
      <main className="page">
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  return (
    <Suspense fallback={<Boot />}>
      {session.data === null || session.data.mustChangePassword || session.data.mustEnrol ? (
        <SignIn session={session.data} />
      ) : (
        <Shell session={session.data} />
      )}
    </Suspense>
  );
}

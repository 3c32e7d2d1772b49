import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { queries } from './api/queries.ts';
import { Boot } from './boot.tsx';
import { ErrorState } from './ui/states.tsx';

const Shell = lazy(() => import('./shell/shell.tsx'));
const SignIn = lazy(() => import('./sign-in/sign-in.tsx'));

/** Decides between nobody (sign-in), somebody who lacks something (a password, a second factor), and the console. */
export function App() {
  const session = useQuery(queries.session());
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

import { useQuery } from '@tanstack/react-query';
import { language } from '../ui/language.ts';
import { clockQueries } from './queries.ts';
import { t } from './strings.ts';

/** Names of clocks for people: those of contracts, and those of steps of the law with the law's name. */
export function useClockName(): (kind: string) => string {
  const { data } = useQuery(clockQueries.allRegimes());
  return (kind) => {
    const [regimeId, stepId] = kind.split(':');
    const regime = data?.items.find(({ id }) => id === regimeId);
    const step = regime?.steps.find(({ id }) => id === stepId);
    return step === undefined
      ? (t.kind[kind] ?? kind)
      : `${step.name[language]} (${regimeId?.toUpperCase()})`;
  };
}

import { useQuery } from '@tanstack/react-query';
import { useMay } from '../session.ts';
import { procedureQueries } from './procedure-queries.ts';
import { t } from './strings.ts';

/** Mandatory steps that are open at incidents to be closed. */
export function useOpenSteps(ids: readonly number[]) {
  const mayRead = useMay('procedures.read');
  return useQuery({ ...procedureQueries.open(ids), enabled: mayRead && ids.length > 0 }).data?.items ?? [];
}

/** Says which steps are open, above the comment that must say why. */
export function OpenStepsNotice({ items }: { items: ReturnType<typeof useOpenSteps> }) {
  if (items.length === 0) return null;
  return (
    <div className="notice warn" data-testid="open-steps">
      <strong>{t.open.title(items.length)}</strong>
      <ul>
        {items.slice(0, 8).map((item) => (
          <li key={`${item.incident} ${item.procedure} ${item.step}`}>
            INC-{item.incident}: {item.title.replaceAll('**', '')}
          </li>
        ))}
      </ul>
      <p>{t.open.text}</p>
    </div>
  );
}

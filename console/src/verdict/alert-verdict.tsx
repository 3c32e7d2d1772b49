import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { VERDICT_REASONS } from '@vigie/contracts/verdict-reasons.ts';
import { useId, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { NewVerdict, Verdict, VerdictHistory } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';
import css from './verdict.module.css';
import { VERDICTS } from './verdict-dialog.tsx';

/** A verdict on one alert of an incident, where it was something else than the incident as a whole. */
export function AlertVerdict({ incident, alert }: { incident: number; alert: string }) {
  const id = useId();
  const client = useQueryClient();
  const history = useQuery(queries.verdicts(incident));
  const [choosing, setChoosing] = useState<Verdict | null>(null);
  const giving = useMutation({
    mutationFn: (verdict: NewVerdict) =>
      call<VerdictHistory>('POST', `/api/incidents/${incident}/verdicts`, verdict),
    onSuccess: (next) => {
      client.setQueryData(queries.verdicts(incident).queryKey, next);
      void client.invalidateQueries({ queryKey: ['incident', incident] });
      setChoosing(null);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const own = history.data?.alerts[alert];
  const shown = choosing ?? own;
  return (
    <span className={css.alertVerdict} data-testid="alert-verdict">
      <label htmlFor={id} className="muted">
        {t.alertVerdict}
      </label>
      <select
        id={id}
        className="select"
        value={shown ?? ''}
        onChange={(event) => setChoosing(VERDICTS.find((each) => each === event.target.value) ?? null)}
      >
        {own === undefined && <option value="">{t.alertAsIncident}</option>}
        {VERDICTS.map((each) => (
          <option key={each} value={each}>
            {t.verdict[each]}
          </option>
        ))}
      </select>
      {choosing !== null && (
        <select
          className="select"
          aria-label={t.why}
          value=""
          disabled={giving.isPending}
          onChange={(event) =>
            giving.mutate({
              verdict: choosing,
              reason: event.target.value as NewVerdict['reason'],
              alerts: [alert],
            })
          }
        >
          <option value="">{t.why}</option>
          {VERDICT_REASONS[choosing]
            .filter((each) => each !== 'other')
            .map((each) => (
              <option key={each} value={each}>
                {t.reason[each]}
              </option>
            ))}
        </select>
      )}
    </span>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { IncidentRelevance, IncidentView, VerdictEntry } from '../api/types.ts';
import { useMay } from '../session.ts';
import { messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';
import css from './verdict.module.css';
import { exceptionAddress, reasonText, verdictText } from './words.ts';

/** Every verdict on an incident, what the client says to it, and what the ranking said when it was opened. */
export function Verdicts({
  incident,
  onJudge,
}: {
  incident: IncidentView;
  onJudge: (() => void) | undefined;
}) {
  const history = useQuery(queries.verdicts(incident.id));
  const relevance = useQuery(queries.incidentRelevance(incident.id));
  const items = history.data?.items ?? [];
  const current = items.filter(({ alert }) => alert === null).at(-1)?.id;
  return (
    <section aria-labelledby="verdicts" data-testid="verdicts">
      <h2 id="verdicts">{t.title}</h2>
      {history.isSuccess && items.length === 0 && <p className="hint">{t.none}</p>}
      <ul className={css.history}>
        {items.map((entry) => (
          <li key={entry.id}>
            <Entry
              entry={entry}
              incident={incident}
              now={entry.id === current || entry.alert !== null}
              mayReply={(history.data?.mayReply ?? false) && entry.side === 'provider'}
            />
          </li>
        ))}
      </ul>
      {onJudge !== undefined && (
        <p>
          <button type="button" className="btn quiet small" onClick={onJudge}>
            {t.again} <kbd>v</kbd>
          </button>
        </p>
      )}
      {relevance.data?.used === true && relevance.data.probability !== null && (
        <Ranking relevance={relevance.data} probability={relevance.data.probability} />
      )}
    </section>
  );
}

function Entry(props: { entry: VerdictEntry; incident: IncidentView; now: boolean; mayReply: boolean }) {
  const { entry, incident, now } = props;
  const mayExcept = useMay('exceptions.write');
  const wrong = entry.verdict === 'false-positive' && now && mayExcept;
  const alerts = incident.alertList.filter(({ id, ruleId }) =>
    entry.alert !== null
      ? id === entry.alert.id
      : entry.rules.length === 0 || entry.rules.some((rule) => rule.id === ruleId),
  );
  const rules = [...new Map(alerts.map((alert) => [alert.ruleId, alert])).values()];
  return (
    <div className={css.entry} data-now={now || undefined}>
      <p>
        <strong>{entry.verdict === null ? t.takenBack : verdictText(entry.verdict)}</strong>
        {entry.verdict !== null && ` · ${reasonText(entry.reason)}`}
        {entry.alert !== null && ` · ${t.onAlert(entry.alert.title)}`}
      </p>
      {entry.rules.length > 0 && (
        <p className="hint">{t.faulty(entry.rules.map(({ title }) => title).join(', '))}</p>
      )}
      {entry.note !== '' && <p className={css.said}>{entry.note}</p>}
      <p className={css.meta}>
        <span>{t.by(entry.actor, entry.side)}</span>
        <Age at={entry.at} suffix />
        {wrong &&
          rules.slice(0, 3).map((alert) => (
            <Link
              key={alert.ruleId}
              href={exceptionAddress({
                tenant: incident.tenant,
                rule: alert.ruleId,
                detection: alert.evidence[0]?.detectionId,
                why: [reasonText(entry.reason), entry.note, `INC-${incident.id}`].filter(Boolean).join(' · '),
              })}
            >
              {t.except} {rules.length > 1 && `(${alert.title})`}
            </Link>
          ))}
      </p>
      {entry.replies.map((reply) => (
        <div key={`${reply.at} ${reply.actor}`} className={css.reply}>
          <p className={css.meta}>
            <span>
              {reply.actor} {reply.agrees ? t.agrees : t.disagrees}
            </span>
            <Age at={reply.at} suffix />
          </p>
          {reply.comment !== '' && <p className={css.said}>{reply.comment}</p>}
        </div>
      ))}
      {props.mayReply && <Reply tenant={incident.tenant} verdict={entry.id} incident={incident.id} />}
    </div>
  );
}

/** The client's word on a verdict. */
function Reply({ tenant, verdict, incident }: { tenant: string; verdict: string; incident: number }) {
  const client = useQueryClient();
  const [comment, setComment] = useState<string | null>(null);
  const replying = useMutation({
    mutationFn: (body: { agrees: boolean; comment?: string }) =>
      call<void>('POST', `/api/verdicts/${tenant}/${verdict}/replies`, body),
    onSuccess: () => {
      toast(t.sent);
      setComment(null);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['incident', incident] }),
  });
  if (comment === null)
    return (
      <p className="row">
        <button
          type="button"
          className="btn quiet small"
          disabled={replying.isPending}
          onClick={() => replying.mutate({ agrees: true })}
        >
          {t.agree}
        </button>
        <button type="button" className="btn quiet small" onClick={() => setComment('')}>
          {t.disagree}
        </button>
      </p>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (comment.trim() !== '') replying.mutate({ agrees: false, comment: comment.trim() });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <textarea
        className="input"
        rows={2}
        maxLength={10_000}
        aria-label={t.disagreeWhy}
        placeholder={t.disagreeWhy}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <p className="row">
        <button type="submit" className="btn small" disabled={comment.trim() === '' || replying.isPending}>
          {t.send}
        </button>
        <button type="button" className="btn quiet small" onClick={() => setComment(null)}>
          {ui.cancel}
        </button>
      </p>
    </form>
  );
}

/** The terms of the ranking's probability, the strongest first. */
function Ranking({ relevance, probability }: { relevance: IncidentRelevance; probability: number }) {
  return (
    <details data-testid="ranking">
      <summary>
        {t.ranking}: {t.rankingHint(Math.round(probability * 100))}
      </summary>
      <ul className={css.terms}>
        {relevance.terms.map(({ feature, weight, right, of, subject }) => (
          <li key={feature}>
            <span className={css.weight}>
              {weight > 0 ? '+' : '−'}
              {Math.abs(weight).toFixed(1)}
            </span>
            <span className="wrap">{t.feature[feature](right, of, subject.replace(/^\w+:/, ''))}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

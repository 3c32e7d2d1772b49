import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AuditCheck, AuditState } from '@vigie/contracts/api';
import { call } from '../api/client.ts';
import { messageOf } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './audit.module.css';
import { auditState } from './queries.ts';
import { t } from './strings.ts';

/** Whether the chain is whole, and whether its end is known outside. */
export function ChainState() {
  const client = useQueryClient();
  const query = useQuery(auditState());
  const refresh = () => client.invalidateQueries({ queryKey: auditState().queryKey });
  const onError = (error: unknown) => toast(messageOf(error), 'bad');
  const verify = useMutation({
    mutationFn: () => call<AuditCheck>('POST', '/api/audit/verify', {}),
    onSuccess: refresh,
    onError,
  });
  const anchor = useMutation({
    mutationFn: () => call<AuditState>('POST', '/api/audit/anchor', {}),
    onSuccess: refresh,
    onError,
  });
  const state = query.data;
  if (state === undefined) return null;
  const { lastCheck, targets, anchors } = state;
  return (
    <section className={css.chain} aria-labelledby="chain">
      <h2 id="chain" className="visually-hidden">
        {t.chain.title}
      </h2>
      <dl className="facts">
        <dt>{t.chain.verified}</dt>
        <dd data-testid="audit-check">
          {lastCheck === null ? (
            <span className="muted">{t.chain.never}</span>
          ) : lastCheck.ok ? (
            <>
              <span className={css.ok}>{t.chain.ok(lastCheck.records)}</span>{' '}
              <span className="muted">
                <Age at={lastCheck.at} suffix />
              </span>
            </>
          ) : (
            <>
              <strong className={css.broken}>{t.chain.broken}</strong>{' '}
              <span className="muted">
                <Age at={lastCheck.at} suffix />
              </span>
              <ul className="small">
                {lastCheck.problems.slice(0, 5).map(({ seq, message, kind }) => (
                  <li key={`${seq} ${kind}`}>{t.chain.problem(seq, message)}</li>
                ))}
              </ul>
            </>
          )}{' '}
          <button
            type="button"
            className="btn small"
            disabled={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {verify.isPending ? t.chain.verifying : t.chain.verify}
          </button>
        </dd>
        <dt>{t.chain.anchors}</dt>
        <dd data-testid="audit-anchors">
          {targets.length === 0 ? (
            <>
              <span className={css.warn}>{t.chain.noTargets}</span>{' '}
              <span className="hint">{t.chain.noTargetsHow}</span>
            </>
          ) : (
            <>
              {targets.map((target) => {
                const last = anchors.find((one) => one.target === target);
                return (
                  <span key={target} className={css.target}>
                    {t.chain.targets[target]}:{' '}
                    {last === undefined ? (
                      <span className="muted">{t.chain.never}</span>
                    ) : last.problem !== null ? (
                      <span className={css.broken} title={last.problem}>
                        {t.chain.failed}
                      </span>
                    ) : (
                      <>
                        {t.chain.sent(last.seq)}{' '}
                        <span className="muted">
                          <Age at={last.at} suffix />
                        </span>
                      </>
                    )}
                  </span>
                );
              })}
              <button
                type="button"
                className="btn small"
                disabled={anchor.isPending}
                onClick={() => anchor.mutate()}
              >
                {t.chain.anchor}
              </button>
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}

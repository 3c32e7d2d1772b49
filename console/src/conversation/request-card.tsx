import type { RequestView } from '@vigie/contracts/api';
import { WarningsOf } from '../asset-marks/warnings.tsx';
import { At } from '../ui/time-view.tsx';
import { AnswerForm } from './answer-form.tsx';
import css from './conversation.module.css';
import { useConversationChange } from './queries.ts';
import { t } from './strings/strings.ts';

const TONE: Partial<Record<RequestView['state'], string>> = {
  open: 'warn',
  answered: 'good',
  approved: 'good',
  refused: 'bad',
};

/** A question or a decision: what was asked, of whom, what they said, and a form for who may answer. */
export function RequestCard(props: {
  incident: number;
  request: RequestView;
  /** One of the provider's people, who may take it back. */
  mayManage: boolean;
}) {
  const { request, mayManage } = props;
  const change = useConversationChange(props.incident);
  const path = `requests/${request.id}`;
  const open = request.state === 'open';
  const approvals = request.answers.filter(({ verdict }) => verdict === 'approve').length;
  return (
    <article
      className={`${css.entry} ${css.request}`}
      data-state={open ? 'open' : 'done'}
      data-testid="request"
    >
      <header className={css.head}>
        <strong>{request.askedBy}</strong>
        <span className={css.badge}>{t[request.kind]}</span>
        <span className={css.badge} data-tone={TONE[request.state]}>
          {t.state[request.state]}
        </span>
        {request.overdue && (
          <span className={css.badge} data-tone="bad">
            {t.overdue}
          </span>
        )}
        <span className="muted">
          <At at={request.askedAt} />
        </span>
      </header>
      {request.title !== null && <h3>{request.title}</h3>}
      <p className={css.plain} dir="auto">
        {request.text}
      </p>
      <dl className="facts">
        <dt>{t.due}</dt>
        <dd>
          <At at={request.dueAt} />
        </dd>
        {request.risk !== null && (
          <>
            <dt>{t.risk}</dt>
            <dd>{t.risks[request.risk]}</dd>
          </>
        )}
        {request.choices.length > 0 && !request.mayAnswer && (
          <>
            <dt>{t.choices}</dt>
            <dd>{request.choices.join(' · ')}</dd>
          </>
        )}
        {request.recipients.length > 0 && (
          <>
            <dt>{t.sentTo}</dt>
            <dd>
              <ul>
                {request.recipients.map((one) => (
                  <li key={one.id} className={css.file}>
                    <span>
                      {one.name} &lt;{one.email}&gt;
                    </span>
                    <span className="hint">
                      {t.link[one.link]}
                      {one.remindedAt !== null && `, ${t.reminded}`}
                    </span>
                    {mayManage && one.link !== 'used' && one.link !== 'ended' && (
                      <button
                        type="button"
                        className="btn quiet small"
                        disabled={change.isPending}
                        aria-label={`${t.revoke}: ${one.name}`}
                        onClick={() =>
                          change.mutate({
                            method: 'POST',
                            path: `${path}/recipients/${one.id}/revoke`,
                            said: t.revoked,
                          })
                        }
                      >
                        {t.revoke}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
      {request.needed > 1 && <p className="hint">{t.needed(approvals, request.needed)}</p>}
      {request.answers.length > 0 && (
        <ul className={css.answers} data-testid="answers">
          {request.answers.map((answer) => (
            <li key={answer.email}>
              <p className={css.head}>
                <strong>{answer.by}</strong>
                {answer.verdict !== null && (
                  <span className={css.badge} data-tone={answer.verdict === 'approve' ? 'good' : 'bad'}>
                    {answer.verdict === 'approve' ? t.approves : t.refuses}
                  </span>
                )}
                {answer.choice !== null && <strong>{answer.choice}</strong>}
                <span className="hint">
                  {answer.how === 'link' ? t.byLink(answer.email) : t.bySession} · <At at={answer.at} />
                </span>
              </p>
              {answer.text !== '' && (
                <p className={css.plain} dir="auto">
                  {answer.text}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      {request.mayAnswer && request.kind === 'decision' && <WarningsOf incident={props.incident} />}
      {request.mayAnswer && (
        <AnswerForm
          request={request}
          t={t}
          pending={change.isPending}
          onAnswer={(answer) =>
            change.mutate({ method: 'POST', path: `${path}/answer`, body: answer, said: t.answered })
          }
        />
      )}
      {mayManage && open && (
        <div className={css.actions}>
          <button
            type="button"
            className="btn small"
            disabled={change.isPending}
            onClick={() => change.mutate({ method: 'POST', path: `${path}/withdraw`, said: t.withdrawn })}
          >
            {t.withdraw}
          </button>
        </div>
      )}
    </article>
  );
}

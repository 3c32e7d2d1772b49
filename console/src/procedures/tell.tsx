import { useQuery } from '@tanstack/react-query';
import type { AttachedStep } from '@vigie/contracts/api';
import { lazy, Suspense, useState } from 'react';
import { roleNames } from '../access/role-names.ts';
import { t as contacts } from '../contacts/strings.ts';
import { messageOf } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { procedureQueries } from './procedure-queries.ts';
import css from './procedures.module.css';
import { Reach } from './reach.tsx';
import type { StepActions } from './step-controls.tsx';
import { t } from './strings.ts';

const MailDialog = lazy(() => import('./tell-mail.tsx'));
const CallDialog = lazy(() => import('./tell-call.tsx'));

/** Whom to tell, the people that means, the words for it, and who was told. */
export function TellControl({ step, actions }: { step: AttachedStep; actions: StepActions }) {
  const [asking, setAsking] = useState<'mail' | 'phone' | null>(null);
  const mayAct = actions.mayAct(step.by);
  const { data } = useQuery({ ...procedureQueries.telling(actions.tellAt(step.id)), enabled: mayAct });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(step.message ?? '');
      toast(t.panel.copied);
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  const meant = data?.people.filter(({ meant: how }) => how !== 'other') ?? [];
  return (
    <div className={css.tell}>
      <p className="small">
        {t.panel.to}: <strong>{whomText(step)}</strong>
      </p>
      {meant.length > 0 && (
        <ul className={css.people} aria-label={t.tell.people}>
          {meant.map((person) => (
            <li key={person.id} data-testid="tell-person">
              <strong>{person.name}</strong> <Reach person={person} />
              {person.meant === 'through' && <span className="hint"> · {t.tell.through}</span>}
            </li>
          ))}
        </ul>
      )}
      {data !== undefined && meant.length === 0 && <p className="hint">{t.tell.nobody}</p>}
      <BySelf step={step} />
      <blockquote>{step.message}</blockquote>
      <div className="row">
        {mayAct && data?.mayMail === true && (
          <button type="button" className="btn small" onClick={() => setAsking('mail')}>
            {t.tell.byMail}
          </button>
        )}
        {mayAct && data !== undefined && (
          <button type="button" className="btn small" onClick={() => setAsking('phone')}>
            {t.tell.byPhone}
          </button>
        )}
        <button type="button" className="btn small" onClick={() => void copy()}>
          {t.panel.copy}
        </button>
      </div>
      <Told told={step.told} />
      <Suspense>
        {data !== undefined && asking === 'mail' && (
          <MailDialog step={step} actions={actions} view={data} onClose={() => setAsking(null)} />
        )}
        {data !== undefined && asking === 'phone' && (
          <CallDialog step={step} actions={actions} view={data} onClose={() => setAsking(null)} />
        )}
      </Suspense>
    </div>
  );
}

/** Whether the step sends by itself, to whom and who allowed it; or why it waits for a person. */
function BySelf({ step }: { step: AttachedStep }) {
  const { bySelf } = step;
  if (bySelf === null || bySelf.byHand === 'told' || step.state !== 'open' || step.passed) return null;
  return (
    <p className="hint" data-testid="by-self" data-by-hand={bySelf.byHand ?? undefined}>
      {bySelf.byHand !== null ? (
        t.bySelf.hand(t.bySelf.why[bySelf.byHand])
      ) : (
        <>
          {t.bySelf.sends} {bySelf.to.map(({ name, email }) => `${name} <${email}>`).join(', ')}
          {bySelf.allowed !== null && (
            <>
              {' '}
              ({t.bySelf.allowed} {bySelf.allowed.by}, <At at={bySelf.allowed.at} />)
            </>
          )}
        </>
      )}
    </p>
  );
}

/** Whom a step must tell, in words. */
export function whomText({ whom, roles }: Pick<AttachedStep, 'whom' | 'roles'>): string {
  return [...whom.map((each) => contacts.whom[each]), ...roles.map((each) => roleNames[each])].join(', ');
}

function Told({ told }: { told: AttachedStep['told'] }) {
  if (told.length === 0) return null;
  return (
    <ul className={css.told} aria-label={t.tell.told}>
      {told.map((one) => (
        <li key={one.id} data-testid="told" data-state={one.state}>
          <span>
            <strong>{one.name}</strong>{' '}
            {one.address !== '' && <span className="mono small">{one.address}</span>}
          </span>
          <span className="small">
            {one.state === 'noted' ? (
              <>
                {t.tell.state.noted} <At at={one.at} />
              </>
            ) : one.state === 'sent' ? (
              <>
                {t.tell.state.sent} <At at={one.sentAt} />
              </>
            ) : one.state === 'failed' ? (
              <span className={css.failed}>{t.tell.state.failed}</span>
            ) : one.waitsUntil === null ? (
              t.tell.state.waiting
            ) : (
              <>
                {t.tell.state.until} <At at={one.waitsUntil} />
              </>
            )}{' '}
            · {one.allowedBy === null ? t.panel.by(one.actor) : t.bySelf.sent(one.allowedBy)}
          </span>
          {one.text !== '' && (
            <details className="small">
              <summary>{one.subject ?? t.tell.note}</summary>
              <p className={css.noted}>{one.text}</p>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

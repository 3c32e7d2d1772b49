import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { IncidentRegime, IncidentRegimes } from '@vigie/contracts/api';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { call } from '../api/client.ts';
import { useMay } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { language } from '../ui/language.ts';
import { codeOf, messageOf } from '../ui/states.tsx';
import { inputValue } from '../ui/time.ts';
import { At } from '../ui/time-view.tsx';
import { ClockState, Remaining } from './clock-state.tsx';
import css from './clocks.module.css';
import { clockQueries } from './queries.ts';
import { t } from './strings.ts';

const ReportDialog = lazy(() => import('./report-dialog.tsx'));

type Step = IncidentRegime['steps'][number];
type Open =
  | { readonly what: 'start'; readonly regime: IncidentRegime }
  | { readonly what: 'done' | 'report'; readonly regime: IncidentRegime; readonly step: Step };

/** Duties to report an incident: what might apply, what was started, and how far it is. */
export function Regulatory({ incident }: { incident: number }) {
  const { data } = useQuery(clockQueries.regimes(incident));
  const mayAct = useMay('duties.decide');
  const [open, setOpen] = useState<Open | null>(null);
  if (data === undefined || data.items.length === 0) return null;
  const close = () => setOpen(null);
  return (
    <section aria-labelledby="duties" data-testid="duties">
      <h2 id="duties">{t.duties}</h2>
      <p className="hint">{t.dutiesHint}</p>
      {data.items.map((regime) => (
        <div key={regime.id} className={css.regime} data-testid={`regime-${regime.id}`}>
          <div className={css.line}>
            <h3>{regime.name[language]}</h3>
            {regime.started === null && mayAct && (
              <button type="button" className="btn small" onClick={() => setOpen({ what: 'start', regime })}>
                {t.start}
              </button>
            )}
          </div>
          <p className="hint">
            {regime.law}
            {regime.started === null && regime.proposed !== null && (
              <strong> · {t.proposed(regime.proposed)}</strong>
            )}
          </p>
          {regime.started !== null && (
            <>
              <p className="small">
                {t.startedBy(regime.started.by)}, <At at={regime.started.awareAt} />: {regime.started.reason}
              </p>
              <ol className={css.steps}>
                {regime.steps.map((step) => (
                  <StepRow key={step.id} regime={regime} step={step} mayAct={mayAct} open={setOpen} />
                ))}
              </ol>
            </>
          )}
        </div>
      ))}
      {open?.what === 'start' && <Start incident={incident} regime={open.regime} onClose={close} />}
      {open?.what === 'done' && (
        <Done incident={incident} regime={open.regime} step={open.step} onClose={close} />
      )}
      {open?.what === 'report' && (
        <Suspense fallback={null}>
          <ReportDialog
            incident={incident}
            regime={open.regime.id}
            step={open.step.id}
            title={open.step.name[language]}
            mayAct={mayAct}
            onClose={close}
          />
        </Suspense>
      )}
    </section>
  );
}

function StepRow(props: { regime: IncidentRegime; step: Step; mayAct: boolean; open: (what: Open) => void }) {
  const { regime, step } = props;
  const before = regime.steps.find(({ id }) => id === step.after);
  return (
    <li className={css.step} data-testid={`step-${step.id}`}>
      <div>
        {step.name[language]} <span className="hint">{step.provision}</span>
        <div className={css.line}>
          {step.clock !== null ? (
            <>
              <ClockState state={step.clock.state} />
              <Remaining clock={step.clock} />
            </>
          ) : (
            <span className="hint">{before !== undefined && t.afterStep(before.name[language])}</span>
          )}
        </div>
        {step.done !== null && (
          <p className="hint">
            {t.doneBy(step.done.by)}, <At at={step.done.at} />: {step.done.note}
          </p>
        )}
      </div>
      <div className={css.actions}>
        <button
          type="button"
          className="btn small"
          onClick={() => props.open({ what: 'report', regime, step })}
        >
          {t.report}
        </button>
        {props.mayAct && step.done === null && step.clock !== null && (
          <button
            type="button"
            className="btn small"
            onClick={() => props.open({ what: 'done', regime, step })}
          >
            {t.markDone}
          </button>
        )}
      </div>
    </li>
  );
}

/** Sends a decision and puts the answer in place of what was known. */
function useDecision(incident: number, path: string, onClose: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: object) =>
      call<IncidentRegimes>('POST', `/api/incidents/${incident}/regimes${path}`, body),
    onSuccess: (data) => {
      client.setQueryData(clockQueries.regimes(incident).queryKey, data);
      void client.invalidateQueries({ queryKey: ['incident', incident], exact: true });
      onClose();
    },
  });
}

function Start(props: { incident: number; regime: IncidentRegime; onClose: () => void }) {
  const { regime } = props;
  const [aware, setAware] = useState(inputValue(Date.now()));
  const [reason, setReason] = useState('');
  const start = useDecision(props.incident, '', props.onClose);
  const at = new Date(aware).getTime();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate({ regime: regime.id, awareAt: at, reason });
  };
  return (
    <Dialog title={t.startTitle} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          <strong>{regime.name[language]}</strong>
          <br />
          {regime.trigger[language]}
        </p>
        <p className="hint">{regime.authority[language]}</p>
        <TextField
          label={t.awareAt}
          type="datetime-local"
          step={1}
          required
          max={inputValue(Date.now())}
          value={aware}
          onChange={(event) => setAware(event.target.value)}
        />
        <TextField
          label={t.reason}
          required
          minLength={3}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <Failure error={start.error} />
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={reason.trim().length < 3 || Number.isNaN(at) || start.isPending}
          >
            {t.startAction}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Done(props: { incident: number; regime: IncidentRegime; step: Step; onClose: () => void }) {
  const [note, setNote] = useState('');
  const done = useDecision(props.incident, `/${props.regime.id}/${props.step.id}/done`, props.onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    done.mutate({ note });
  };
  return (
    <Dialog title={`${t.doneTitle}: ${props.step.name[language]}`} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.doneNote}
          required
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Failure error={done.error} />
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={note.trim() === '' || done.isPending}>
            {t.record}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Failure({ error }: { error: Error | null }) {
  return error === null ? null : (
    <p className="notice bad" role="alert">
      {messageOf(error)} <code>{codeOf(error)}</code>
    </p>
  );
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { ExceptionDraft } from '../api/types.ts';
import { useMayForAll, useSession, useTenantName } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { Failure, useSaveException } from './actions.tsx';
import { dateIn, draftOf, endOfDay, type FieldRow, rowsOf } from './draft.ts';
import css from './exceptions.module.css';
import { FieldRows } from './field-rows.tsx';
import { Impact } from './impact.tsx';
import { RulePicker } from './rule-picker.tsx';
import { t } from './strings.ts';

const DAYS = [7, 30, 90, 365] as const;
const ALL = '*';
const PAUSE = 400;

/** What an exception is begun from. */
export interface Beginning {
  readonly tenant?: string | undefined;
  readonly rule?: { readonly id: string; readonly title: string } | undefined;
  /** The detection whose values are proposed. */
  readonly detection?: string | undefined;
  readonly event?: { readonly id: string; readonly at: number } | undefined;
  /** Text of a filter to begin with, for making an ended one again. */
  readonly filter?: string | undefined;
  readonly reason?: string | undefined;
}

/** Makes an exception: what is silenced, what that would have meant, why, until when. */
export default function CreateDialog({ from, onClose }: { from: Beginning; onClose: () => void }) {
  const { tenants } = useSession();
  const provider = useMayForAll('exceptions.write');
  const nameOf = useTenantName();
  const id = useId();
  const only = tenants.length === 1 && !provider ? tenants[0]!.id : '';
  const [where, setWhere] = useState(from.tenant ?? only);
  const [rule, setRule] = useState(from.rule ?? null);
  const [edited, setEdited] = useState<readonly FieldRow[] | null>(null);
  const [text, setText] = useState<string | null>(from.filter ?? null);
  const [reason, setReason] = useState(from.reason ?? '');
  const [owner, setOwner] = useState('');
  const [ends, setEnds] = useState(() => dateIn(90, Date.now()));

  const tenant = where === ALL ? null : where;
  // The values come from where the detection was made, also when the exception is to hold everywhere.
  const source = from.tenant ?? (where === ALL ? '' : where);
  const suggestion = useQuery({
    ...queries.exceptionSuggestion({
      tenant: source,
      rule: rule?.id ?? '',
      detection: from.detection,
      event: from.event,
    }),
    enabled: rule !== null && source !== '' && text === null,
    retry: false,
  });
  const rows = edited ?? (suggestion.data === undefined ? [] : rowsOf(suggestion.data));
  const correlation = suggestion.data?.rule.kind === 'correlation';

  const draft: ExceptionDraft | null =
    where === ''
      ? null
      : text !== null
        ? { tenant, filter: text }
        : rule === null
          ? null
          : draftOf(tenant, rule.id, rows);
  const settled = useSettled(draft);
  const fresh = JSON.stringify(settled) === JSON.stringify(draft);
  const preview = useQuery({
    ...queries.exceptionPreview({
      draft: settled ?? { tenant: null },
      event: correlation ? undefined : from.event,
    }),
    enabled: settled !== null && !(settled.filter !== undefined && settled.filter.trim() === ''),
    placeholderData: keepPreviousData,
  });
  const shown = settled === null ? undefined : preview.data;
  const current = fresh && !preview.isPlaceholderData && preview.isSuccess ? preview.data : undefined;

  const saving = useSaveException(() => {
    toast(t.dialog.saved);
    onClose();
  });
  const refetch = preview.refetch;
  useEffect(() => {
    // The preview has become too old, or something was marked meanwhile: show what holds now.
    if (saving.error instanceof ApiFailure && saving.error.status === 409) void refetch();
  }, [saving.error, refetch]);

  const expiresAt = endOfDay(ends);
  const ready =
    current !== undefined &&
    current.token !== null &&
    reason.trim().length >= 10 &&
    expiresAt !== undefined &&
    !saving.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready || current.token === null) return;
    saving.save({
      tenant,
      filter: current.filter,
      token: current.token,
      reason: reason.trim(),
      owner: owner.trim() === '' ? 'me' : owner.trim(),
      expiresAt,
    });
  };

  return (
    <Dialog title={t.dialog.title} onClose={onClose} width={1040}>
      <form className={css.create} onSubmit={submit} data-testid="exception-dialog">
        <div className={css.form}>
          {from.filter === undefined &&
            (from.rule === undefined ? (
              <RulePicker
                chosen={rule}
                onChoose={(next) => {
                  setRule(next);
                  setEdited(null);
                  setText(null);
                }}
              />
            ) : (
              <p className={css.subject}>
                <span className="label">{t.dialog.rule}</span>{' '}
                {suggestion.data?.rule.title ?? from.rule.title}
              </p>
            ))}
          <SelectField
            label={t.dialog.tenant}
            value={where}
            required
            onChange={(event) => {
              setWhere(event.target.value);
              if (from.tenant === undefined) setEdited(null);
            }}
          >
            {where === '' && <option value="">{t.dialog.tenantChoose}</option>}
            {tenants.map((each) => (
              <option key={each.id} value={each.id}>
                {nameOf(each.id)}
              </option>
            ))}
            {provider && <option value={ALL}>{t.allTenants}</option>}
          </SelectField>
          {text === null ? (
            <fieldset className={css.what}>
              <legend className="label">{t.dialog.fields}</legend>
              {rule === null ? (
                <p className="hint">{t.dialog.chooseRule}</p>
              ) : where === '' ? (
                <p className="hint">{t.dialog.chooseTenant}</p>
              ) : (
                <>
                  {suggestion.isSuccess && rows.length === 0 && (
                    <p className="hint">{correlation ? t.dialog.noGroup : t.dialog.noFields}</p>
                  )}
                  {suggestion.isError && (
                    <p className="hint">
                      {messageOf(suggestion.error)} <code>{codeOf(suggestion.error)}</code>
                    </p>
                  )}
                  {suggestion.isLoading ? (
                    <span className="skeleton" />
                  ) : (
                    <FieldRows rows={rows} fixed={correlation} onChange={setEdited} />
                  )}
                  {rows.length > 0 && <p className="hint">{t.dialog.fieldsHint}</p>}
                </>
              )}
              {current !== undefined && (
                <button type="button" className="btn quiet small" onClick={() => setText(current.filter)}>
                  {t.dialog.asSigma}
                </button>
              )}
            </fieldset>
          ) : (
            <div className="field">
              <label htmlFor={`${id}-sigma`}>{t.dialog.sigma}</label>
              <textarea
                id={`${id}-sigma`}
                className={`input mono ${css.sigma}`}
                rows={12}
                maxLength={65_536}
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
              <p className="hint">{t.dialog.sigmaHint}</p>
              {from.filter === undefined && (
                <p>
                  <button type="button" className="btn quiet small" onClick={() => setText(null)}>
                    {t.dialog.asFields}
                  </button>
                </p>
              )}
            </div>
          )}
          <div className="field">
            <label htmlFor={`${id}-reason`}>{t.dialog.reason}</label>
            <textarea
              id={`${id}-reason`}
              className="input"
              rows={3}
              required
              minLength={10}
              maxLength={4000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              aria-describedby={`${id}-reason-hint`}
            />
            <p id={`${id}-reason-hint`} className="hint">
              {t.dialog.reasonHint}
            </p>
          </div>
          <div className={css.pair}>
            <div className="field">
              <label htmlFor={`${id}-ends`}>{t.dialog.ends}</label>
              <span className={css.ends}>
                <input
                  id={`${id}-ends`}
                  className="input"
                  type="date"
                  required
                  min={dateIn(0, Date.now())}
                  max={dateIn(364, Date.now())}
                  value={ends}
                  onChange={(event) => setEnds(event.target.value)}
                />
                {DAYS.map((days) => {
                  const date = dateIn(days === 365 ? 364 : days, Date.now());
                  return (
                    <button
                      key={days}
                      type="button"
                      className="btn quiet small"
                      aria-pressed={ends === date}
                      onClick={() => setEnds(date)}
                    >
                      {t.dialog.presets[days]}
                    </button>
                  );
                })}
              </span>
            </div>
            <TextField
              label={t.dialog.owner}
              hint={t.dialog.ownerHint}
              type="email"
              maxLength={254}
              value={owner}
              onChange={(event) => setOwner(event.target.value)}
            />
          </div>
        </div>
        <section className={css.aside} aria-label={t.impact.title} aria-live="polite">
          <h3>{t.impact.title}</h3>
          {preview.isError && settled !== null ? (
            <p className="notice bad" role="alert" data-testid="exception-invalid">
              {messageOf(preview.error)} <code>{codeOf(preview.error)}</code>
            </p>
          ) : shown !== undefined ? (
            <div data-stale={current === undefined || undefined} className={css.shown}>
              <Impact preview={shown} />
            </div>
          ) : settled === null ? (
            <p className="hint">
              {rule === null && text === null ? t.dialog.chooseRule : t.dialog.chooseField}
            </p>
          ) : (
            <p className="hint">{t.impact.asking}</p>
          )}
        </section>
        <div className={css.foot}>
          {saving.isError && <Failure error={saving.error} />}
          <div className="row">
            <span className="spring" />
            <button type="button" className="btn" onClick={onClose}>
              {ui.cancel}
            </button>
            <button type="submit" className="btn primary" disabled={!ready}>
              {t.dialog.save}
            </button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}

/** The draft once nobody has changed it for a moment. */
function useSettled(draft: ExceptionDraft | null): ExceptionDraft | null {
  const [settled, setSettled] = useState(draft);
  const key = JSON.stringify(draft);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as ExceptionDraft | null), PAUSE);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

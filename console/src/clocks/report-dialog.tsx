import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Language, ReportDraft } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import { call, withQuery } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/fields.tsx';
import { language as own } from '../ui/language.ts';
import { codeOf, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './clocks.module.css';
import { clockQueries } from './queries.ts';
import { t } from './strings.ts';

const LANGUAGES: Record<Language, string> = {
  en: 'English',
  fr: 'Français',
  it: 'Italiano',
  nl: 'Nederlands',
  de: 'Deutsch',
};

interface Place {
  readonly incident: number;
  readonly regime: string;
  readonly step: string;
}

/** The report of a step: written by Vigie, completed and kept by a person. */
export default function ReportDialog(props: Place & { title: string; mayAct: boolean; onClose: () => void }) {
  const { incident, regime, step } = props;
  const [language, setLanguage] = useState<Language>(own);
  const query = useQuery(clockQueries.report(incident, regime, step, language));
  return (
    <Dialog title={props.title} onClose={props.onClose} width={820}>
      <div className="stack" data-testid="report-dialog">
        <SelectField
          label={t.reportLanguage}
          value={language}
          onChange={(event) => setLanguage(event.target.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
        {query.data !== undefined ? (
          <Editor
            key={`${language} ${query.data.saved?.revision ?? 0}`}
            place={{ incident, regime, step }}
            draft={query.data}
            mayAct={props.mayAct}
          />
        ) : query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={6} />
        )}
      </div>
    </Dialog>
  );
}

function Editor({ place, draft, mayAct }: { place: Place; draft: ReportDraft; mayAct: boolean }) {
  const client = useQueryClient();
  const id = useId();
  const [text, setText] = useState(draft.text);
  const path = `/api/incidents/${place.incident}/regimes/${place.regime}/${place.step}/report`;
  const { language } = draft;
  const keep = useMutation({
    mutationFn: () =>
      call<ReportDraft>('PUT', path, { language, text, revision: draft.saved?.revision ?? 0 }),
    onSuccess: (saved) => {
      toast(t.kept2);
      client.setQueryData(
        clockQueries.report(place.incident, place.regime, place.step, language).queryKey,
        saved,
      );
      void client.invalidateQueries({ queryKey: clockQueries.regimes(place.incident).queryKey });
    },
  });
  const gaps = text.match(/\[▢/g)?.length ?? 0;
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{t.reportText}</label>
        <textarea
          id={id}
          className={`input ${css.report}`}
          lang={language}
          readOnly={!mayAct}
          maxLength={100_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {keep.isError && (
        <p className="notice bad" role="alert">
          {messageOf(keep.error)} <code>{codeOf(keep.error)}</code>
        </p>
      )}
      <div className="row">
        <span className="small" data-testid="report-gaps">
          {t.gaps(gaps)}
        </span>
        <span className="hint">{draft.saved === null ? t.fresh : t.keptBy(draft.saved.by)}</span>
        <span className="spring" />
        <a className="btn" href={withQuery(`${path}.md`, { language })} download>
          {t.download}
        </a>
        {mayAct && (
          <button
            type="button"
            className="btn primary"
            disabled={keep.isPending || (text === draft.text && draft.saved !== null)}
            onClick={() => keep.mutate()}
          >
            {t.keep}
          </button>
        )}
      </div>
    </>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProcedureCheck, ProcedureDetail, ProcedureTexts } from '@vigie/contracts/api';
import { useEffect, useId, useRef, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { call } from '../api/client.ts';
import { useMay, useSession } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { language } from '../ui/language.ts';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { useUrl } from '../url.ts';
import { ProcedureContent } from './content.tsx';
import { procedureQueries } from './procedure-queries.ts';
import css from './procedures.module.css';
import { t } from './strings.ts';
import { NEW_SOP, NEW_TEXT } from './template.ts';

const LANGUAGES = ['en', 'fr', 'it', 'nl', 'de'] as const;
type File = 'sop' | (typeof LANGUAGES)[number];
/** Pause in typing after which the text is checked. */
const CHECK_AFTER = 400;

/** Writes a procedure: a new one, a copy of one to be changed, or the next version. */
export default function EditProcedure() {
  const { key } = useParams<{ key?: string }>();
  const { params } = useUrl();
  const mayWrite = useMay('procedures.write');
  const from = key === undefined ? params.get('from') : `own/${key}`;
  const known = from !== null && /^(?:shipped|own)\/[\w-]{1,64}$/.test(from) ? from : undefined;
  const query = useQuery({ ...procedureQueries.one(known ?? ''), enabled: known !== undefined });
  const title = key === undefined ? t.edit.newTitle : t.edit.title(query.data?.id ?? '');
  useTitle(title);
  if (!mayWrite)
    return (
      <div className="page">
        <Empty title={t.edit.forbidden} />
      </div>
    );
  if (known === undefined)
    return (
      <Editor title={title} begin={{ sop: NEW_SOP, texts: { [language]: NEW_TEXT } }} known={undefined} />
    );
  if (query.isError)
    return (
      <div className="page">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  if (query.data === undefined) return <SkeletonRows rows={10} />;
  return (
    <Editor title={title} begin={query.data.source} known={key === undefined ? undefined : query.data} />
  );
}

function Editor(props: { title: string; begin: ProcedureTexts; known: ProcedureDetail | undefined }) {
  const { known } = props;
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const { tenants, provider } = useSession();
  // What the editor began with stays, whoever saves meanwhile: the revision goes with it.
  const [texts, setTexts] = useState<ProcedureTexts>(props.begin);
  const [revision] = useState(known?.revision ?? 0);
  const [file, setFile] = useState<File>('sop');
  const [tenant, setTenant] = useState(provider ? '' : (tenants[0]?.id ?? ''));
  const [note, setNote] = useState('');
  const [saving, setSaving] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const check = useCheck(texts, file === 'sop' ? language : file);
  const id = useId();
  const text = file === 'sop' ? texts.sop : (texts.texts[file] ?? '');
  const errors = check?.problems.filter(({ severity }) => severity === 'error').length ?? 1;

  const write = (next: string) =>
    setTexts((before) => {
      if (file === 'sop') return { ...before, sop: next };
      const { [file]: _, ...rest } = before.texts;
      return { ...before, texts: next === '' ? rest : { ...rest, [file]: next } };
    });
  const save = async () => {
    setSaving(true);
    try {
      const made =
        known === undefined
          ? await call<ProcedureDetail>('POST', '/api/procedures', {
              ...texts,
              note,
              tenant: tenant === '' ? null : tenant,
            })
          : await call<ProcedureDetail>('POST', `/api/procedures/own/${known.key}/versions`, {
              ...texts,
              note,
              revision,
            });
      toast(t.edit.saved(made.version));
      void client.invalidateQueries({ queryKey: ['procedures'] });
      navigate(`/procedures/own/${made.key}`);
    } catch (error) {
      toast(messageOf(error), 'bad');
    } finally {
      setSaving(false);
    }
  };
  const goTo = (name: string, line: number) => {
    const wanted = name === 'sop.yml' ? 'sop' : LANGUAGES.find((each) => `${each}.md` === name);
    if (wanted === undefined) return;
    setFile(wanted);
    const lines = (wanted === 'sop' ? texts.sop : (texts.texts[wanted] ?? '')).split('\n');
    const at = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0));
    });
  };

  return (
    <div className="page">
      <div className="page-head">
        <h1>{props.title}</h1>
        <span className="spring" />
        {known === undefined && (
          <>
            <label htmlFor={`${id}-scope`} className="small">
              {t.edit.scope}
            </label>
            <select
              id={`${id}-scope`}
              className="select"
              value={tenant}
              onChange={(event) => setTenant(event.target.value)}
            >
              {provider && <option value="">{t.all}</option>}
              {tenants.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </>
        )}
        <button
          type="button"
          className="btn primary"
          disabled={saving || check === null || errors > 0}
          onClick={() => void save()}
        >
          {t.edit.save}
        </button>
      </div>
      <div className={css.editor}>
        <div className="stack">
          <fieldset className={css.tabs} aria-label={props.title}>
            {(['sop', ...LANGUAGES] as const).map((each) => (
              <button
                key={each}
                type="button"
                className="btn quiet small"
                aria-pressed={file === each}
                onClick={() => setFile(each)}
              >
                {each === 'sop' ? 'sop.yml' : `${each}.md`}
                {each !== 'sop' && texts.texts[each] === undefined && <span className="muted"> –</span>}
              </button>
            ))}
          </fieldset>
          <textarea
            ref={area}
            className={`input mono ${css.text}`}
            aria-label={file === 'sop' ? 'sop.yml' : `${file}.md`}
            rows={28}
            maxLength={100_000}
            spellCheck={file !== 'sop'}
            value={text}
            onChange={(event) => write(event.target.value)}
          />
          <div className="field">
            <label htmlFor={`${id}-note`}>{t.edit.note}</label>
            <input
              id={`${id}-note`}
              className="input"
              maxLength={2_000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </div>
        </div>
        <div className="stack">
          <div aria-live="polite" data-testid="procedure-problems">
            {check !== null && check.problems.length === 0 && <p className="hint">{t.edit.good}</p>}
            {check !== null && check.problems.length > 0 && (
              <>
                <h2>{t.edit.problems(check.problems.length)}</h2>
                <ul className={css.problems}>
                  {check.problems.map((problem) => (
                    <li
                      key={`${problem.file}:${problem.line}:${problem.message}`}
                      data-severity={problem.severity}
                    >
                      <button
                        type="button"
                        className={css.place}
                        onClick={() => goTo(problem.file, problem.line)}
                      >
                        {t.edit.line(problem.file, problem.line)}
                      </button>{' '}
                      {problem.message}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
          {check?.preview == null ? (
            <p className="hint">{t.edit.empty}</p>
          ) : (
            <section aria-label={t.detail.preview} data-testid="procedure-preview">
              <h2>{check.preview.title}</h2>
              <ProcedureContent summary={check.preview.summary} content={check.preview.content} />
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

/** What the server says of the texts, a moment after the last change; null: not yet. */
function useCheck(texts: ProcedureTexts, shown: string): ProcedureCheck | null {
  const [check, setCheck] = useState<{ readonly of: ProcedureTexts; readonly found: ProcedureCheck } | null>(
    null,
  );
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(() => {
      call<ProcedureCheck>('POST', '/api/procedures/check', { ...texts, language: shown }, ended.signal)
        .then((found) => setCheck({ of: texts, found }))
        .catch((error: unknown) => {
          if (!ended.signal.aborted) toast(messageOf(error), 'bad');
        });
    }, CHECK_AFTER);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [texts, shown]);
  // The answer to an older text says nothing of this one.
  return check !== null && check.of === texts ? check.found : null;
}

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../../api/queries.ts';
import type { RuleIssue } from '../../api/types.ts';
import { useTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { SkeletonRows } from '../../ui/states.tsx';
import { useUrl } from '../../url.ts';
import { type Move, MoveDialog, movesOf } from '../moves.tsx';
import { t } from '../strings.ts';
import { BeginFrom } from './begin-from.tsx';
import { CheckPanel, Way } from './check-panel.tsx';
import { caseIssuesOf, fixed, MAX_TEXT, useCheck, useKept, useWords } from './checking.ts';
import type { CodeHandle } from './code.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import css from './editor.module.css';
import { readKept } from './kept-text.ts';
import { type Begin, useSaving } from './saving.ts';

/** CodeMirror comes with the first rule that is edited, never before. */
const Code = lazy(() => import('./code.tsx'));

const NONE: readonly RuleIssue[] = [];
const PARTS = ['rule', 'cases'] as const;
type Part = (typeof PARTS)[number];

/** The text of a rule and its cases, what the server says of them, and the way to the live stream. */
export function Editor(props: { id: string; fresh: boolean; title: string; begin: Begin }) {
  const { id, fresh, begin } = props;
  useTitle(props.title);
  const { params, patch } = useUrl();
  const place = fresh ? 'new' : id;
  const [restored, setRestored] = useState(() => {
    const kept = readKept(place);
    return kept !== null && (kept.text !== begin.text || kept.cases !== begin.cases) ? kept : null;
  });
  const [text, setText] = useState(restored?.text ?? begin.text);
  const [cases, setCases] = useState(restored?.cases ?? begin.cases);
  const [note, setNote] = useState('');
  const [part, setPart] = useState<Part>('rule');
  const [move, setMove] = useState<Move | null>(null);
  const code = { rule: useRef<CodeHandle>(null), cases: useRef<CodeHandle>(null) };
  const put = (kept: { readonly text: string; readonly cases: string }) => {
    setText(kept.text);
    setCases(kept.cases);
  };

  const versions = useQuery({ ...queries.ruleVersions(id), enabled: !fresh, refetchInterval: 15_000 });
  const saving = useSaving({ id, fresh, begin }, { text, cases, note }, (next) => {
    setNote('');
    setRestored(null);
    if (next !== undefined) setMove(next);
  });
  const { saved } = saving;
  const version = versions.data?.versions.find(({ number }) => number === saved.number);
  const newest = versions.data?.versions[0];
  const changed = text !== saved.text || cases !== saved.cases;
  const dirty = fresh || changed;
  const tooLong = text.length > MAX_TEXT || cases.length > MAX_TEXT;
  const mayChange = !saving.busy && !tooLong;
  const check = useCheck(fresh ? undefined : id, { text, cases });
  const words = useWords(text);
  const casesWrong = caseIssuesOf(check.data);
  useKept(place, changed ? { text, cases } : null);

  // What was to follow the first save of a new rule.
  const next = params.get('next');
  useEffect(() => {
    if (fresh || next === null || version === undefined) return;
    patch({ next: undefined });
    setMove(movesOf(version).find((each) => each === next) ?? null);
  }, [fresh, next, version, patch]);

  const save = () => {
    if (dirty && mayChange) saving.save({});
  };
  const promote = (wanted: Move) => {
    if (dirty) saving.save({ next: wanted });
    else setMove(wanted);
  };
  const go = (where: Part, line: number) => {
    setPart(where);
    // The other editor has to be shown before it can take the focus.
    requestAnimationFrame(() => code[where].current?.goTo(line));
  };
  return (
    <div className={css.page}>
      <div className={`page-head ${css.head}`}>
        <Link
          className="btn quiet icon"
          href={fresh ? '/rules' : `/rules/${encodeURIComponent(id)}`}
          aria-label={t.editor.back}
        >
          <Icon name="back" />
        </Link>
        <h1 className="truncate">{props.title}</h1>
        <span className="count" role="status">
          {dirty ? t.editor.unsaved : ''}
        </span>
        <span className="spring" />
        {versions.data !== undefined && <BeginFrom versions={versions.data} onText={put} />}
      </div>
      {restored !== null && (
        <p className={`notice ${css.notice}`}>
          {t.editor.restored}{' '}
          <button
            type="button"
            className="btn small"
            onClick={() => {
              put(begin);
              setRestored(null);
            }}
          >
            {t.editor.discard}
          </button>
        </p>
      )}
      {newest !== undefined && newest.number > (saved.number ?? 0) && (
        <p className={`notice warn ${css.notice}`}>{t.editor.since(newest.number, newest.author)}</p>
      )}
      {tooLong && <p className={`notice bad ${css.notice}`}>{t.editor.tooLong}</p>}
      <div className={css.split}>
        <div className={css.left}>
          <div className={css.parts} role="tablist" aria-label={t.tabList}>
            {PARTS.map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                aria-selected={part === each}
                onClick={() => setPart(each)}
              >
                {t.editor[each]}
                {each === 'cases' && casesWrong.length > 0 && (
                  <span className={css.badge}>{casesWrong.length}</span>
                )}
              </button>
            ))}
            <span className="spring" />
            <span className="hint">{t.editor.keys}</span>
          </div>
          <Suspense
            fallback={
              <div className={css.code}>
                <SkeletonRows rows={14} height={24} />
              </div>
            }
          >
            <div className={css.pane} hidden={part !== 'rule'}>
              <Code
                ref={code.rule}
                value={text}
                onChange={setText}
                onSave={save}
                label={t.editor.codeLabel.rule}
                issues={check.data?.issues ?? NONE}
                checked={check.checked}
                words={words}
              />
            </div>
            <div className={css.pane} hidden={part !== 'cases'}>
              <Code
                ref={code.cases}
                value={cases}
                onChange={setCases}
                onSave={save}
                label={t.editor.codeLabel.cases}
                issues={casesWrong}
                checked=""
                words={null}
              />
            </div>
          </Suspense>
          <form
            className={css.save}
            onSubmit={(event) => {
              event.preventDefault();
              save();
            }}
          >
            <label htmlFor="version-note">{t.editor.note}</label>
            <input
              id="version-note"
              className="input"
              maxLength={2000}
              placeholder={t.editor.notePlaceholder}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
            <button type="submit" className="btn primary" disabled={!dirty || !mayChange}>
              {saving.busy ? t.editor.saving : t.editor.save}
            </button>
          </form>
        </div>
        <aside className={css.right} aria-label={t.editor.problems}>
          <Way version={version} check={check.data} dirty={dirty} busy={!mayChange} onMove={promote} />
          <CheckPanel
            check={check.data}
            checking={check.checking}
            error={check.error}
            onRetry={check.retry}
            onGo={go}
            onFix={(issue) => {
              if (issue.fix !== undefined && check.checked === text) setText(fixed(text, issue.fix));
            }}
          />
        </aside>
      </div>
      {move !== null && version !== undefined && versions.data !== undefined && (
        <MoveDialog
          versions={{ ...versions.data, revision: saved.revision }}
          version={version}
          move={move}
          onClose={() => setMove(null)}
          onDone={({ revision }) => saving.setSaved({ ...saved, revision })}
        />
      )}
      {saving.conflict !== null && (
        <ConflictDialog saving={saving} conflict={saving.conflict} text={text} onTake={put} />
      )}
    </div>
  );
}

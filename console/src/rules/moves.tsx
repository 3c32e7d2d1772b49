import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import type { RuleCheck, RuleVersionState, RuleVersionSummary, RuleVersions } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';
import css from './versions.module.css';

/** What can be done with a version; `rollback` is going live again. */
export type Move = 'test' | 'live' | 'rollback' | 'draft' | 'retired';

const TARGET = { test: 'test', live: 'live', rollback: 'live', draft: 'draft', retired: 'retired' } as const;

/** The moves that a version's state allows, the usual one first. */
export function movesOf({ state, wasLive }: Pick<RuleVersionSummary, 'state' | 'wasLive'>): Move[] {
  switch (state) {
    case 'draft':
      return ['test', 'retired'];
    case 'test':
      return ['live', 'draft'];
    case 'live':
      return ['retired'];
    case 'retired':
      return wasLive ? ['rollback', 'test'] : ['test'];
  }
}

/** Puts what the server knows now into every view of the rule. */
export function useVersionsUpdate(): (versions: RuleVersions) => void {
  const client = useQueryClient();
  return (versions) => {
    client.setQueryData(['rule-versions', versions.id], versions);
    void client.invalidateQueries({ queryKey: ['rule', versions.id] });
    void client.invalidateQueries({ queryKey: ['rules'] });
    void client.invalidateQueries({ queryKey: ['rule-hits', versions.id] });
  };
}

/** Asks why, says what will happen, and does it; a refusal says what is missing. */
export function MoveDialog(props: {
  versions: RuleVersions;
  version: Pick<RuleVersionSummary, 'number' | 'state'>;
  move: Move;
  onClose: () => void;
  onDone?: (versions: RuleVersions) => void;
}) {
  const { versions, version, move, onClose } = props;
  const [note, setNote] = useState('');
  const update = useVersionsUpdate();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      call<RuleVersions>(
        'POST',
        `/api/rules/${encodeURIComponent(versions.id)}/versions/${version.number}/state`,
        { to: TARGET[move], note: note.trim(), revision: versions.revision },
      ),
    onSuccess: (next) => {
      update(next);
      props.onDone?.(next);
      toast(t.move.done[TARGET[move]](version.number));
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiFailure && error.status === 409)
        void client.invalidateQueries({ queryKey: ['rule-versions', versions.id] });
    },
  });
  const takesBack = move === 'retired' && version.state === 'live' && versions.upstream !== null;
  return (
    <Dialog title={t.move.title[move](version.number)} onClose={onClose} width={520}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <p>{textOf(versions, version.state, move)}</p>
        <div className="field">
          <label htmlFor="move-note">{t.move.note}</label>
          <input
            id="move-note"
            className="input"
            maxLength={2000}
            placeholder={t.move.notePlaceholder}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
        {change.isError && <Refused error={change.error} />}
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={onClose}>
            {ui.cancel}
          </button>
          <button
            type="submit"
            className={move === 'retired' ? 'btn danger' : 'btn primary'}
            disabled={change.isPending}
          >
            {takesBack ? t.move.takeBack : t.move[move]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function textOf(versions: RuleVersions, state: RuleVersionState, move: Move): string {
  if (move === 'live') {
    const before = versions.versions.find((each) => each.state === 'live');
    if (before !== undefined) return t.move.text.liveReplaces(before.number);
    return versions.upstream === null ? t.move.text.live : t.move.text.liveOverrides;
  }
  if (move !== 'retired') return t.move.text[move];
  if (state !== 'live') return t.move.text.retiredDraft;
  return versions.upstream === null ? t.move.text.retired : t.move.text.takeBack;
}

/** Why a move was refused: everything that has to be mended first. */
function Refused({ error }: { error: unknown }) {
  const check = error instanceof ApiFailure && error.code === 'VIGIE_RULES_NOT_READY' ? error.details : null;
  if (check === null) {
    if (error instanceof ApiFailure && error.status < 500 && error.status > 0)
      return (
        <p className="notice bad" role="alert">
          {messageOf(error)}
        </p>
      );
    return <ErrorState error={error} />;
  }
  const { issues, caseIssues, cases } = check as RuleCheck;
  return (
    <div className="notice bad" role="alert">
      <strong>{t.move.notReady}</strong>
      <ul className={css.missing}>
        {[...issues, ...caseIssues]
          .filter(({ severity }) => severity === 'error')
          .map((issue) => (
            <li key={`${issue.line} ${issue.code} ${issue.message}`}>
              {t.line(issue.line)}: {issue.message}
            </li>
          ))}
        {cases
          ?.filter(({ passed }) => !passed)
          .map((each) => (
            <li key={`case ${each.line}`}>
              {t.editor.casesPart}, {t.line(each.line)}: {each.name}
            </li>
          ))}
      </ul>
    </div>
  );
}

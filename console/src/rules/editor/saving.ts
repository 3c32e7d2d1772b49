import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ApiFailure, call } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { RuleVersion } from '../../api/types.ts';
import { messageOf } from '../../ui/states.tsx';
import { toast } from '../../ui/toaster.tsx';
import type { Move } from '../moves.tsx';
import { t } from '../strings.ts';
import { type KeptText, writeKept } from './kept-text.ts';
import { idIn } from './template.ts';

/** A text with the version and revision it is of. */
export interface Begin extends KeptText {
  /** The next change is made from this one; one by somebody else in between is refused by the server. */
  readonly revision: number;
  /** Null: no version yet. */
  readonly number: number | null;
}

/** What somebody else saved meanwhile. */
export interface Conflict {
  readonly current: RuleVersion;
  readonly revision: number;
}

/** Saving, and what comes of it. */
export interface Saving {
  /** What was saved last. */
  readonly saved: Begin;
  readonly setSaved: (saved: Begin) => void;
  readonly conflict: Conflict | null;
  readonly setConflict: (conflict: Conflict | null) => void;
  readonly busy: boolean;
  /** @param next what to ask for once it is saved; `revision`: the one to go on from, where it is not the last seen */
  readonly save: (wanted: { readonly next?: Move; readonly revision?: number }) => void;
}

/** Keeps texts as versions; a version that somebody else saved meanwhile is never overwritten unseen. */
export function useSaving(
  rule: { readonly id: string; readonly fresh: boolean; readonly begin: Begin },
  written: KeptText & { readonly note: string },
  onSaved: (next: Move | undefined) => void,
): Saving {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [saved, setSaved] = useState(rule.begin);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const mutation = useMutation({
    mutationFn: async ({ revision = saved.revision }: { next?: Move; revision?: number }) => {
      const { text, cases, note } = written;
      const target = rule.fresh ? (idIn(text) ?? rule.id) : rule.id;
      const made = await call<RuleVersion>('POST', `/api/rules/${encodeURIComponent(target)}/versions`, {
        text,
        cases,
        note: note.trim(),
        revision,
      });
      return { made, target, revision: revision + 1 };
    },
    onSuccess: async ({ made, target, revision }, { next }) => {
      setSaved({ text: made.text, cases: made.cases, revision, number: made.number });
      setConflict(null);
      toast(t.editor.saved(made.number));
      client.setQueryData(queries.ruleVersion(target, made.number).queryKey, made);
      void client.invalidateQueries({ queryKey: ['rules'] });
      void client.invalidateQueries({ queryKey: ['rule', target] });
      if (rule.fresh) {
        writeKept('new', null);
        // What was to come next goes along in the address: the page begins anew under the rule's own.
        const rest = next === undefined ? '' : `?next=${next}`;
        navigate(`/rules/${encodeURIComponent(target)}/edit${rest}`, { replace: true });
        return;
      }
      await client.refetchQueries({ queryKey: queries.ruleVersions(target).queryKey });
      onSaved(next);
    },
    onError: (error) => {
      const found = conflictOf(error);
      if (found === null) toast(messageOf(error), 'bad');
      else setConflict(found);
    },
  });
  return { saved, setSaved, conflict, setConflict, busy: mutation.isPending, save: mutation.mutate };
}

function conflictOf(error: unknown): Conflict | null {
  if (!(error instanceof ApiFailure) || error.code !== 'VIGIE_RULES_CONFLICT') return null;
  const details = error.details as { revision: number; current: RuleVersion | null } | undefined;
  return details?.current == null ? null : { current: details.current, revision: details.revision };
}

/** The present day in UTC, as `2026-03-04`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

import { useQuery } from '@tanstack/react-query';
import { type Dispatch, type SetStateAction, useEffect, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { MappingDetail, MappingFile } from '../api/types.ts';
import { DocumentSide } from './document-side.tsx';
import { emptyRule, inPlaces, type Triable, triable } from './draft.ts';
import { FieldsSide } from './fields-side.tsx';
import { LinesSide } from './lines-side.tsx';
import css from './mappings.module.css';

/** Milliseconds of rest after which what was typed is tried. */
const PAUSE = 250;

/** Lines, fields and the event, each change tried at once on all lines. */
export function Editor(props: {
  draft: MappingFile;
  setDraft: Dispatch<SetStateAction<MappingFile>>;
  lines: string[];
  setLines: (lines: string[]) => void;
  tenant: string | null;
  detail: MappingDetail | undefined;
  source: { readonly tenant: string; readonly id: string } | undefined;
}) {
  const { draft, setDraft, lines, setLines, tenant, detail } = props;
  const [chosen, setChosen] = useState(0);
  const text = JSON.stringify({ ask: triable(draft), tenant, lines });
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const { ask, ...about } = JSON.parse(asked) as {
    ask: Triable;
    tenant: string | null;
    lines: string[];
  };
  const preview = useQuery({
    ...queries.mappingPreview({ ...about, definition: ask.definition }),
    enabled: about.lines.length > 0,
  });
  const shown = preview.data === undefined ? undefined : inPlaces(preview.data, ask);
  const tried = shown?.lines ?? [];
  const problems = shown?.problems ?? [];
  const line = Math.min(chosen, Math.max(0, lines.length - 1));
  // Members are shown before there is a rule that could be tried.
  const members = useMembers(draft, lines[line], tenant, tried[line]?.members);
  return (
    <div className={css.columns} data-testid="mapping-editor">
      <LinesSide
        lines={lines}
        setLines={setLines}
        tried={tried}
        chosen={line}
        setChosen={setChosen}
        tenant={tenant}
        source={props.source}
        members={members}
        mapped={new Set(draft.fields.flatMap(({ from }) => from))}
        onMap={(member) =>
          setDraft((before) => ({ ...before, fields: [...before.fields, emptyRule(member)] }))
        }
      />
      <FieldsSide
        draft={draft}
        setDraft={setDraft}
        lines={lines}
        tried={tried}
        problems={lines.length > 0 ? problems : []}
        detail={detail}
      />
      <DocumentSide
        draft={draft}
        line={tried[line]}
        problems={problems}
        stale={preview.isFetching || asked !== text}
        error={preview.error}
      />
    </div>
  );
}

/** A line's members: those of the preview, or of the format alone while the rules can't be tried yet. */
function useMembers(
  draft: MappingFile,
  line: string | undefined,
  tenant: string | null,
  known: readonly { path: string; value: unknown }[] | undefined,
) {
  const { format, after } = draft;
  const bare = useQuery({
    ...queries.mappingPreview({
      tenant,
      lines: line === undefined ? [] : [line],
      definition: {
        id: 'draft.log',
        name: 'draft',
        format,
        ...(after === undefined || after === '' ? {} : { after }),
        constants: [],
        fields: [{ field: 'draft.nothing', from: [columnOf(format) ?? '\\.'] }],
      },
    }),
    enabled: line !== undefined && (known === undefined || known.length === 0),
  });
  return known !== undefined && known.length > 0 ? known : (bare.data?.lines[0]?.members ?? []);
}

/** A column: a rule for one that is not there would be refused. */
function columnOf(format: MappingFile['format']): string | undefined {
  if (format.kind !== 'csv' && format.kind !== 'delimited') return undefined;
  return format.columns.find((column) => column !== '');
}

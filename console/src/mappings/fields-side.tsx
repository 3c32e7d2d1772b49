import { useQuery } from '@tanstack/react-query';
import { type Dispatch, type SetStateAction, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type {
  MappingDetail,
  MappingField,
  MappingFile,
  MappingLinePreview,
  MappingProblem,
  MappingSuggestion,
} from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { Constants } from './constants.tsx';
import { emptyRule, sumOf, withSuggestion } from './draft.ts';
import { FieldRow } from './field-row.tsx';
import { FormatRow, SignatureRows } from './format-row.tsx';
import { Assign, Figures } from './in-force.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** How lines are taken apart, and which member is which field. */
export function FieldsSide(props: {
  draft: MappingFile;
  setDraft: Dispatch<SetStateAction<MappingFile>>;
  lines: readonly string[];
  tried: readonly MappingLinePreview[];
  problems: readonly MappingProblem[];
  detail: MappingDetail | undefined;
}) {
  const { draft, setDraft, lines, tried, problems } = props;
  const fields = useQuery(queries.mappingFields()).data?.items ?? [];
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const suggest = async () => {
    setBusy(true);
    try {
      const found = await call<MappingSuggestion>('POST', '/api/mappings/suggest', { lines });
      setReasons(Object.fromEntries(found.fields.map(({ rule, reason }) => [rule.field, reason])));
      setDraft((before) => withSuggestion(before, found));
      toast(t.fields.suggested(found.fields.length, found.formatReason));
    } catch (error) {
      toast(messageOf(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  const change = (index: number, rule: MappingField | undefined) =>
    setDraft((before) => ({
      ...before,
      fields:
        rule === undefined
          ? before.fields.filter((_, i) => i !== index)
          : before.fields.map((each, i) => (i === index ? rule : each)),
    }));
  const read = tried.filter(({ outcome }) => outcome === 'read').length;
  const of = (prefix: string) =>
    problems.filter(({ path }) => path === prefix || path.startsWith(`${prefix}.`));
  return (
    <section className={css.middle} aria-label={t.fields.title}>
      <datalist id="ecs-fields">
        {fields.map(({ field, type }) => (
          <option key={field} value={field}>
            {type}
          </option>
        ))}
      </datalist>
      <div className={css.sideHead}>
        <h2>{t.fields.title}</h2>
        <span className="spring" />
        <button
          type="button"
          className="btn small"
          title={t.fields.suggestHint}
          disabled={busy || lines.length === 0}
          onClick={() => void suggest()}
        >
          {t.fields.suggest}
        </button>
      </div>
      <FormatRow draft={draft} setDraft={setDraft} problems={of('format')} />
      <ul className={css.rules}>
        {draft.fields.map((rule, index) => (
          <FieldRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no name of its own, and its field is being typed
            key={index}
            rule={rule}
            number={index + 1}
            definition={fields.find(({ field }) => field === rule.field)}
            reason={reasons[rule.field]}
            sum={sumOf(tried, index)}
            read={read}
            problems={of(`fields.${index}`)}
            onChange={(next) => change(index, next)}
          />
        ))}
      </ul>
      <p>
        <button
          type="button"
          className="btn small"
          onClick={() => setDraft((before) => ({ ...before, fields: [...before.fields, emptyRule()] }))}
        >
          <Icon name="plus" size={12} /> {t.fields.add}
        </button>
      </p>
      <Constants draft={draft} setDraft={setDraft} fields={fields} problems={problems} />
      <SignatureRows draft={draft} setDraft={setDraft} problems={of('signatures')} />
      {props.detail !== undefined && <Assign detail={props.detail} />}
      {props.detail?.live != null && <Figures figures={props.detail.figures} />}
    </section>
  );
}

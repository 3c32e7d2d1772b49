import { useQuery } from '@tanstack/react-query';
import { type RefObject, useId } from 'react';
import { queries } from '../api/queries.ts';
import { useStatusText } from '../plain/plain.tsx';
import { useMay } from '../session.ts';
import { Flyout } from '../ui/flyout.tsx';
import { useTypedParam } from '../ui/hooks.ts';
import { Choice, ListSearch } from '../ui/list/frame.tsx';
import { ui } from '../ui/strings.ts';
import type { UrlPatch } from '../url.ts';
import { VERDICTS } from '../verdict/verdict-dialog.tsx';
import { verdictText } from '../verdict/words.ts';
import css from './incidents.module.css';
import { hiddenOn, LEVELS, NO_FILTERS, type QueueParams, SINCES, SORTS, STATUSES } from './query.ts';
import { t } from './strings.ts';

interface Props {
  readonly queue: QueueParams;
  readonly patch: (values: UrlPatch) => void;
}

/** The status, which everybody narrows by. */
export function StatusTabs({ queue, patch }: Props) {
  const nameOf = useStatusText();
  return (
    <fieldset className={css.tabs} aria-label={t.statusFilter}>
      {STATUSES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={queue.status === each}
          onClick={() => patch({ status: each === 'open' ? '' : each })}
        >
          {each === 'open' || each === 'all' ? t.filter[each] : nameOf(each)}
        </button>
      ))}
    </fieldset>
  );
}

/** Text, the other filters behind a button, and the order; all of it lives in the address. */
export function Filters({
  queue,
  patch,
  searchRef,
}: Props & { searchRef: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useTypedParam(queue.q, (q) => patch({ q }));
  const on = hiddenOn(queue);
  return (
    <>
      <ListSearch
        field={searchRef}
        label={t.search}
        placeholder={t.searchPlaceholder}
        value={text}
        onChange={setText}
      />
      <Flyout
        label={on === 0 ? t.more : t.moreOn(on)}
        align="left"
        buttonClass={on === 0 ? 'btn' : `btn ${css.on}`}
        button={on === 0 ? t.more : t.moreOn(on)}
      >
        {(close) => <More queue={queue} patch={patch} onClose={close} />}
      </Flyout>
      <Choice
        label={t.sort}
        value={queue.sort}
        onChange={(sort) => patch({ sort })}
        options={SORTS.map((each) => [each, t.sorts[each]] as const)}
      />
    </>
  );
}

/** The filters that few need at once. */
function More({ queue, patch, onClose }: Props & { onClose: () => void }) {
  const id = useId();
  const mayAct = useMay('incidents.handle');
  const owners = useQuery({ ...queries.owners(), enabled: mayAct });
  const [technique, setTechnique] = useTypedParam(queue.technique, (value) => patch({ technique: value }));
  const [entity, setEntity] = useTypedParam(queue.entity, (value) => patch({ entity: value }));
  return (
    <div className={css.more}>
      <Field
        id={`${id}-level`}
        label={t.minLevel}
        value={queue.level ?? ''}
        onChange={(level) => patch({ level })}
        options={[
          ['', t.anyLevel],
          ...LEVELS.slice(0, -1).map(
            (each) => [each, each === 'critical' ? ui.level[each] : t.andAbove(ui.level[each])] as const,
          ),
        ]}
      />
      <Field
        id={`${id}-owner`}
        label={t.owner}
        value={queue.owner}
        onChange={(owner) => patch({ owner })}
        options={[
          ['', t.owners.any],
          ['me', t.owners.me],
          ['nobody', t.owners.nobody],
          ...(owners.data?.items ?? []).map((each) => [each.id, each.name] as const),
        ]}
      />
      <Field
        id={`${id}-verdict`}
        label={t.verdict}
        value={queue.verdict}
        onChange={(verdict) => patch({ verdict })}
        options={[
          ['', t.anyVerdict],
          ['none', t.noVerdict],
          ...VERDICTS.map((each) => [each, verdictText(each)] as const),
        ]}
      />
      <Field
        id={`${id}-since`}
        label={t.since}
        value={queue.since}
        onChange={(since) => patch({ since: since === 'any' ? '' : since })}
        options={SINCES.map((each) => [each, t.sinces[each]] as const)}
      />
      <div className="field">
        <label htmlFor={`${id}-entity`}>{t.entity}</label>
        <input
          id={`${id}-entity`}
          className="input"
          value={entity}
          maxLength={500}
          onChange={(event) => setEntity(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-technique`}>{t.technique}</label>
        <input
          id={`${id}-technique`}
          className="input"
          value={technique}
          maxLength={9}
          placeholder={t.techniquePlaceholder}
          onChange={(event) => setTechnique(event.target.value)}
        />
      </div>
      <label className={css.check2}>
        <input
          type="checkbox"
          checked={queue.changed}
          onChange={() => patch({ changed: queue.changed ? '' : 'yes' })}
        />
        {t.changedOnly}
      </label>
      <button
        type="button"
        className="btn small"
        onClick={() => {
          patch(NO_FILTERS);
          onClose();
        }}
      >
        {t.resetAll}
      </button>
    </div>
  );
}

function Field(props: {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [value: string, label: string])[];
}) {
  return (
    <div className="field">
      <label htmlFor={props.id}>{props.label}</label>
      <select
        id={props.id}
        className="select"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

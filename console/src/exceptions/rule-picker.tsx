import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { queries } from '../api/queries.ts';
import { Severity } from '../ui/severity.tsx';
import css from './exceptions.module.css';
import { t } from './strings.ts';

interface Picked {
  readonly id: string;
  readonly title: string;
}

/** Finds a rule by words of its title. */
export function RulePicker({
  chosen,
  onChoose,
}: {
  chosen: Picked | null;
  onChoose: (rule: Picked | null) => void;
}) {
  const id = useId();
  const [text, setText] = useState('');
  const query = useInfiniteQuery({
    ...queries.rules({ q: text.trim(), state: 'live', sort: 'hits', limit: 8 }),
    enabled: chosen === null && text.trim().length > 1,
  });
  const found = query.data?.pages[0]?.items ?? [];
  return (
    <div className="field">
      <label htmlFor={id}>{t.dialog.rule}</label>
      <input
        id={id}
        className="input"
        type="search"
        autoComplete="off"
        placeholder={t.dialog.ruleSearch}
        value={chosen?.title ?? text}
        onChange={(event) => {
          setText(event.target.value);
          if (chosen !== null) onChoose(null);
        }}
      />
      {chosen === null && text.trim().length > 1 && query.isSuccess && (
        <ul className={css.found}>
          {found.map((rule) => (
            <li key={rule.id}>
              <button
                type="button"
                className="btn quiet"
                onClick={() => {
                  setText(rule.title);
                  onChoose({ id: rule.id, title: rule.title });
                }}
              >
                <Severity level={rule.level} compact />
                <span className="truncate">{rule.title}</span>
                <span className="spring" />
                <span className="hint truncate">{rule.logsource}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="hint">{t.dialog.ruleNone}</li>}
        </ul>
      )}
    </div>
  );
}

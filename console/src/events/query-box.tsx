import { type RefObject, useId, useMemo, useState } from 'react';
import type { EventView } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import css from './events.module.css';
import { t } from './strings.ts';
import { type Suggestion, suggest } from './suggest.ts';

/** The query: Enter searches, suggestions follow the caret, the arrows choose one, Tab takes it. */
export function QueryBox(props: {
  q: string;
  events: readonly EventView[];
  invalid: boolean;
  inputRef: RefObject<HTMLInputElement | null>;
  onSearch: (q: string) => void;
}) {
  const { q, events, inputRef, onSearch } = props;
  const [text, setText] = useState(q);
  const [seen, setSeen] = useState(q);
  if (q !== seen) {
    // The address changed elsewhere: a clicked value, the back button.
    setSeen(q);
    setText(q);
  }
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const [dismissed, setDismissed] = useState(false);
  const [active, setActive] = useState(-1);
  const [help, setHelp] = useState(false);
  const listId = useId();
  const open = focused && !dismissed;
  const options = useMemo(() => (open ? suggest(text, caret, events) : []), [open, text, caret, events]);
  const take = (option: Suggestion) => {
    const next = text.slice(0, option.from) + option.insert + text.slice(option.to);
    const at = option.from + option.insert.length;
    setText(next);
    setActive(-1);
    setCaret(at);
    requestAnimationFrame(() => {
      inputRef.current?.focus();
      inputRef.current?.setSelectionRange(at, at);
    });
  };
  const search = () => {
    setDismissed(true);
    onSearch(text.trim());
  };
  return (
    <search className={css.querySearch}>
      <form
        className={css.queryForm}
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        <div className={css.queryBox}>
          <Icon name="search" size={15} />
          <input
            ref={inputRef}
            className="input mono"
            role="combobox"
            aria-label={t.query}
            aria-expanded={options.length > 0}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
            aria-invalid={props.invalid}
            placeholder={t.placeholder}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={4000}
            value={text}
            onFocus={() => {
              setFocused(true);
              setDismissed(true);
            }}
            onBlur={() => setFocused(false)}
            onChange={(event) => {
              setText(event.target.value);
              setCaret(event.target.selectionStart ?? event.target.value.length);
              setDismissed(false);
              setActive(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                event.preventDefault();
                setDismissed(false);
                if (options.length === 0) return;
                const step = event.key === 'ArrowDown' ? 1 : -1;
                setActive((at) => (at + step + options.length) % options.length);
              } else if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0 && options[active]) {
                event.preventDefault();
                take(options[active]);
              } else if (event.key === 'Escape') {
                if (options.length > 0) setDismissed(true);
                else event.currentTarget.blur();
              }
            }}
          />
          <button
            type="button"
            className="btn quiet small icon"
            aria-label={t.help}
            title={t.help}
            onClick={() => setHelp(true)}
          >
            <Icon name="help" size={14} />
          </button>
          {options.length > 0 && (
            <div id={listId} role="listbox" aria-label={t.suggestions} className={css.suggestions}>
              {options.map((option, at) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the input owns the keys, as a combobox wants
                <div
                  key={option.label}
                  id={`${listId}-${at}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={at === active}
                  // Keeps the caret in the box.
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => take(option)}
                >
                  <span className="truncate mono">{option.label}</span>
                  <span className="hint">{option.kind === 'field' ? t.fieldHint : t.valueHint}</span>
                </div>
              ))}
            </div>
          )}
        </div>
        <button type="submit" className="btn primary">
          {t.run}
        </button>
        {help && (
          <Dialog title={t.syntaxTitle} onClose={() => setHelp(false)} width={640}>
            <p className="small">{t.syntaxIntro}</p>
            <table className={`grid ${css.syntax}`}>
              <tbody>
                {t.syntax.map(([example, meaning]) => (
                  <tr key={example}>
                    <td>
                      <button
                        type="button"
                        className={css.example}
                        onClick={() => {
                          setText(example);
                          setHelp(false);
                        }}
                      >
                        <code>{example}</code>
                      </button>
                    </td>
                    <td>{meaning}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Dialog>
        )}
      </form>
    </search>
  );
}

import { useState } from 'react';
import { Flyout } from '../ui/flyout.tsx';
import { Icon } from '../ui/icons.tsx';
import { inputValue, localText, zoneName } from '../ui/time.ts';
import css from './events.module.css';
import { QUICK, type Quick, type Range } from './range.ts';
import { t } from './strings.ts';

/** A range in words. */
export function rangeText(range: Range): string {
  return range.kind === 'quick' ? t.quick[range.quick] : `${localText(range.from)} – ${localText(range.to)}`;
}

/** Quick ranges and an absolute one, in the reader's zone. */
export function TimeRange(props: {
  range: Range;
  from: number;
  to: number;
  onChange: (range: Range) => void;
}) {
  const { range, onChange } = props;
  return (
    <Flyout
      label={`${t.range}: ${rangeText(range)}`}
      buttonClass={`btn ${css.rangeButton}`}
      button={
        <>
          <Icon name="clock" size={14} />
          <span className="truncate">{rangeText(range)}</span>
        </>
      }
    >
      {(close) => (
        <div className={css.rangePanel}>
          <ul>
            {(Object.keys(QUICK) as Quick[]).map((quick) => (
              <li key={quick}>
                <button
                  type="button"
                  aria-pressed={range.kind === 'quick' && range.quick === quick}
                  onClick={() => {
                    onChange({ kind: 'quick', quick });
                    close();
                  }}
                >
                  {t.quick[quick]}
                </button>
              </li>
            ))}
          </ul>
          <Absolute
            from={props.from}
            to={props.to}
            onApply={(from, to) => {
              onChange({ kind: 'absolute', from, to });
              close();
            }}
          />
        </div>
      )}
    </Flyout>
  );
}

function Absolute(props: { from: number; to: number; onApply: (from: number, to: number) => void }) {
  const [from, setFrom] = useState(inputValue(props.from));
  const [to, setTo] = useState(inputValue(props.to));
  const start = new Date(from).getTime();
  const end = new Date(to).getTime();
  const wrong = !(end > start);
  return (
    <form
      className={css.absolute}
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) props.onApply(start, end);
      }}
    >
      <div className="field">
        <label htmlFor="range-from">
          {t.from} <span className="hint">{zoneName(props.from)}</span>
        </label>
        <input
          id="range-from"
          className="input"
          type="datetime-local"
          step={1}
          required
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="range-to">{t.to}</label>
        <input
          id="range-to"
          className="input"
          type="datetime-local"
          step={1}
          required
          value={to}
          aria-invalid={wrong}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      {wrong && <p className="hint">{t.rangeWrong}</p>}
      <button type="submit" className="btn primary" disabled={wrong}>
        {t.apply}
      </button>
    </form>
  );
}

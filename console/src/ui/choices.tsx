import { type ReactNode, useId, useState } from 'react';
import css from './choices.module.css';
import { SelectField, TextField, timeZones } from './fields.tsx';

/** A text for which there are proposals; what is not among them can be written, too. */
export function ProposalField({
  label,
  hint,
  placeholder,
  proposals,
  value,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  placeholder?: string;
  proposals: readonly string[];
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        placeholder={placeholder}
        list={id}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {proposals.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </>
  );
}

/** Several short texts, written with commas or spaces between them. */
export function ListField({
  label,
  hint,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  placeholder?: string;
  value: readonly string[];
  onChange: (value: string[]) => void;
}) {
  // The text is the person's own while they write: a comma at its end must not vanish.
  const [text, setText] = useState(value.join(', '));
  return (
    <TextField
      label={label}
      hint={hint}
      placeholder={placeholder}
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value.split(/[\s,;]+/).filter((part) => part !== ''));
      }}
    />
  );
}

/** A time zone of the IANA list. */
export function TimeZoneField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (zone: string) => void;
}) {
  const zones = timeZones();
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {!zones.includes(value) && <option value={value}>{value}</option>}
      {zones.map((zone) => (
        <option key={zone} value={zone}>
          {zone}
        </option>
      ))}
    </SelectField>
  );
}

/** Some of a list, each with its own box. */
export function ManyField({
  label,
  hint,
  choices,
  value,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  choices: readonly { readonly value: string; readonly label: string }[];
  value: readonly string[];
  onChange: (value: string[]) => void;
}) {
  return (
    <fieldset className={css.many}>
      <legend>{label}</legend>
      <div className={css.boxes}>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="checkbox"
              checked={value.includes(choice.value)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...value, choice.value]
                    : value.filter((other) => other !== choice.value),
                )
              }
            />{' '}
            {choice.label}
          </label>
        ))}
      </div>
      {hint !== undefined && <p className="hint">{hint}</p>}
    </fieldset>
  );
}

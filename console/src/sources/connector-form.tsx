import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../api/client.ts';
import type {
  ConnectorField,
  ConnectorSetup,
  ConnectorTest,
  ConnectorType,
  ConnectorView,
  SourceView,
} from '../api/types.ts';
import { ListField, ManyField } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { c } from './connector-strings.ts';
import css from './sources.module.css';

type Values = Readonly<Record<string, unknown>>;

/** Sets up what is fetched for a source; the fields are the connector's own. */
export function ConnectorForm({
  source,
  types,
  before,
  onClose,
}: {
  source: SourceView;
  types: readonly ConnectorType[];
  before: ConnectorView | null;
  onClose: () => void;
}) {
  const [id, setId] = useState(before?.type ?? '');
  const type = types.find((each) => each.id === id);
  return (
    <Dialog title={c.wizard(source.name)} width={720} onClose={onClose}>
      <div className="stack">
        <SelectField label={c.kind} value={id} onChange={(event) => setId(event.target.value)}>
          <option value="">{c.pick}</option>
          {types.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </SelectField>
        {type !== undefined && (
          <Fields
            key={id}
            source={source}
            type={type}
            before={before?.type === id ? before : null}
            onClose={onClose}
          />
        )}
      </div>
    </Dialog>
  );
}

function Fields({
  source,
  type,
  before,
  onClose,
}: {
  source: SourceView;
  type: ConnectorType;
  before: ConnectorView | null;
  onClose: () => void;
}) {
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(
      type.fields
        .filter(({ kind }) => kind !== 'secret')
        .map(({ name, default: fallback }) => [name, before?.settings[name] ?? fallback]),
    ),
  );
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [every, setEvery] = useState(String(before?.everySeconds ?? type.everySeconds));
  const path = `/api/sources/${source.tenant}/${source.id}/connector`;
  const shown = type.fields.filter(
    ({ when }) => when === undefined || when.is.includes(String(values[when.field])),
  );
  const setup = (): ConnectorSetup => ({
    type: type.id,
    settings: Object.fromEntries(
      shown
        .filter(({ kind }) => kind !== 'secret')
        .map(({ name }) => [name, values[name]])
        .filter(([, value]) => value !== undefined && value !== ''),
    ),
    secrets: Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== '')),
    everySeconds: Number(every),
  });
  const test = useMutation({
    mutationFn: () => call<ConnectorTest>('POST', `${path}/test`, setup()),
  });
  const save = useMutation({
    mutationFn: () => call<ConnectorView>('PUT', path, setup()),
    onSuccess: () => {
      toast(c.saved);
      onClose();
    },
  });
  const isSet = (name: string) => before?.secrets.some((each) => each.name === name && each.set) === true;
  // Who changes where secrets go enters them again.
  const moved =
    before !== null &&
    type.fields.some(
      ({ name, destination, default: fallback }) =>
        destination && (before.settings[name] ?? fallback ?? '') !== (values[name] ?? ''),
    );
  const error = save.error ?? test.error;
  return (
    <form
      className="stack"
      autoComplete="off"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p>{type.summary}</p>
      <details>
        <summary>{c.setup}</summary>
        <p className="small">
          <strong>{c.permissions}</strong>
        </p>
        <ul className="small">
          {type.permissions.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <p className={`small ${css.setup}`}>{type.setup.replaceAll(/[`*]/g, '')}</p>
      </details>
      {shown.map((field) =>
        field.kind === 'secret' ? (
          <SecretField
            key={field.name}
            field={field}
            hint={isSet(field.name) ? (moved ? c.again : c.keep) : field.description}
            required={field.required && (!isSet(field.name) || moved)}
            value={secrets[field.name] ?? ''}
            onChange={(value) => setSecrets({ ...secrets, [field.name]: value })}
          />
        ) : (
          <Field
            key={field.name}
            field={field}
            value={values[field.name]}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ),
      )}
      <TextField
        label={c.every}
        type="number"
        min={10}
        max={86_400}
        required
        value={every}
        onChange={(event) => setEvery(event.target.value)}
      />
      {error !== null && (
        <div className="notice bad" role="alert">
          {problemsIn(messageOf(error), type.fields).map((each) => (
            <p key={each}>{each}</p>
          ))}
          <code>{codeOf(error)}</code>
        </div>
      )}
      {test.data !== undefined && (
        <p className={`notice ${test.data.ok ? '' : 'bad'}`} role="status" data-testid="connector-test">
          {test.data.message} {test.data.advice}
        </p>
      )}
      <div className="row">
        <button
          type="button"
          className="btn"
          disabled={test.isPending}
          onClick={(event) => {
            // Fields that are empty are said beside themselves, before anything is asked.
            if (event.currentTarget.form?.reportValidity() !== false) test.mutate();
          }}
        >
          {c.test}
        </button>
        <span className="spring" />
        <button type="submit" className="btn primary" disabled={save.isPending}>
          {c.save}
        </button>
      </div>
    </form>
  );
}

/** What the server says of single settings, one sentence each, under the names that the form gives them. */
function problemsIn(message: string, fields: readonly ConnectorField[]): string[] {
  return message.split('; ').map((each) => {
    const [, name, problem] = /^(\w+): (.+)$/.exec(each) ?? [];
    const title = fields.find((field) => field.name === name)?.title;
    return title === undefined ? each : `${title}: ${problem}`;
  });
}

function Field({
  field,
  value,
  onChange,
}: {
  field: ConnectorField;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const list = Array.isArray(value) ? value.map(String) : [];
  switch (field.kind) {
    case 'choice':
      return (
        <SelectField
          label={field.title}
          hint={field.description}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value)}
        >
          {field.choices?.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </SelectField>
      );
    case 'choices':
      return (
        <ManyField
          label={field.title}
          hint={field.description}
          choices={(field.choices ?? []).map((each) => ({ value: each, label: each }))}
          value={list}
          onChange={onChange}
        />
      );
    case 'list':
      return (
        <ListField
          label={field.title}
          hint={`${field.description} ${c.list}`}
          value={list}
          onChange={onChange}
        />
      );
    case 'boolean':
      return (
        <label className="row">
          <input
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          {field.title}
        </label>
      );
    case 'number':
      return (
        <TextField
          label={field.title}
          hint={field.description}
          type="number"
          required={field.required}
          min={field.min}
          max={field.max}
          value={value === undefined ? '' : String(value)}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        />
      );
    default:
      return field.multiline ? (
        <Lines field={field} hint={field.description} value={String(value ?? '')} onChange={onChange} />
      ) : (
        <TextField
          label={field.title}
          hint={field.description}
          required={field.required}
          spellCheck={false}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

function SecretField({
  field,
  hint,
  required,
  value,
  onChange,
}: {
  field: ConnectorField;
  hint: string;
  required: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  return field.multiline ? (
    <Lines field={{ ...field, required }} hint={hint} value={value} onChange={onChange} />
  ) : (
    <TextField
      label={field.title}
      hint={hint}
      type="password"
      autoComplete="new-password"
      spellCheck={false}
      required={required}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Lines({
  field,
  hint,
  value,
  onChange,
}: {
  field: ConnectorField;
  hint: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{field.title}</label>
      <textarea
        id={id}
        className="input"
        rows={5}
        spellCheck={false}
        autoComplete="off"
        required={field.required}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p className="hint">{hint}</p>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { HolidayCountry, Holidays, TenantProfile } from '@vigie/contracts/api';
import { type FormEvent, useId, useState } from 'react';
import { useMay } from '../session.ts';
import { SelectField, TextField } from '../ui/fields.tsx';
import { language } from '../ui/language.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './clients.module.css';
import { clientQueries } from './queries.ts';
import { SaveBar, useSaveProfile } from './saving.tsx';
import { daysText, readDays, readSpans, spansText } from './spans.ts';
import { t } from './strings.ts';

const HOLIDAY_COUNTRIES: readonly HolidayCountry[] = ['FR', 'BE', 'IT', 'NL', 'DE', 'CH', 'LU', 'GB'];
/** Names of the weekdays, Monday first; 5 January 2026 was one. */
export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6].map((day) =>
  new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 5 + day)),
);

/** When a client works, and on which days nobody does. */
export default function Hours({ tenant }: { tenant: string }) {
  const query = useQuery(clientQueries.profile(tenant));
  return query.data !== undefined ? (
    <Editor key={JSON.stringify(query.data)} tenant={tenant} profile={query.data} />
  ) : query.isError ? (
    <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <SkeletonRows rows={7} />
  );
}

function Editor({ tenant, profile }: { tenant: string; profile: TenantProfile }) {
  const mayEdit = useMay('tenants.settings');
  const save = useSaveProfile(tenant);
  const [days, setDays] = useState(() =>
    WEEKDAYS.map((_, index) => spansText(profile.businessHours?.[index] ?? [])),
  );
  const [extra, setExtra] = useState(() => daysText(profile.holidays.extra));
  const [holidays, setHolidays] = useState(profile.holidays);
  const spans = days.map(readSpans);
  const further = readDays(extra);
  const valid = spans.every((day) => day !== undefined) && further !== undefined;
  const hours = spans.map((day) => day ?? []);
  const wanted: TenantProfile = {
    ...profile,
    businessHours: hours.every((day) => day.length === 0) ? null : hours,
    holidays: { ...holidays, extra: further ?? [] },
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  return (
    <form onSubmit={submit} data-testid="hours-form">
      <fieldset className={css.form} disabled={!mayEdit}>
        <section className="stack" aria-labelledby="hours">
          <h2 id="hours">{t.businessHours}</h2>
          <p className="hint">{t.hoursHint}</p>
          <div className={css.pair}>
            {WEEKDAYS.map((name, index) => (
              <TextField
                key={name}
                label={name}
                spellCheck={false}
                error={spans[index] === undefined ? t.hoursWrong : undefined}
                value={days[index]}
                onChange={(event) =>
                  setDays(days.map((each, at) => (at === index ? event.target.value : each)))
                }
              />
            ))}
          </div>
        </section>
        <section className="stack" aria-labelledby="holidays">
          <h2 id="holidays">{t.holidays}</h2>
          <PublicHolidays holidays={holidays} onChange={setHolidays} />
          <Lines
            label={t.extra}
            error={further === undefined ? t.extraWrong : undefined}
            value={extra}
            onChange={setExtra}
          />
        </section>
        <SaveBar
          dirty={JSON.stringify(wanted) !== JSON.stringify(profile)}
          valid={valid}
          mayEdit={mayEdit}
          save={save}
        />
      </fieldset>
    </form>
  );
}

function PublicHolidays({ holidays, onChange }: { holidays: Holidays; onChange: (next: Holidays) => void }) {
  const { country, region, worked } = holidays;
  const year = new Date().getFullYear();
  const names = new Intl.DisplayNames(language, { type: 'region' });
  return (
    <>
      <div className={css.pair}>
        <SelectField
          label={t.country}
          value={country ?? ''}
          onChange={(event) =>
            onChange({
              ...holidays,
              country: event.target.value === '' ? null : (event.target.value as HolidayCountry),
              region: null,
            })
          }
        >
          <option value="">{t.noCountry}</option>
          {HOLIDAY_COUNTRIES.map((each) => (
            <option key={each} value={each}>
              {names.of(each)}
            </option>
          ))}
        </SelectField>
        {country !== null && (
          <Region
            country={country}
            year={year}
            region={region}
            onChange={(next) => onChange({ ...holidays, region: next })}
          />
        )}
      </div>
      {country !== null &&
        [year, year + 1].map((each) => (
          <Year
            key={each}
            country={country}
            region={region}
            year={each}
            worked={worked}
            onChange={(next) => onChange({ ...holidays, worked: next })}
          />
        ))}
    </>
  );
}

function Region(props: {
  country: HolidayCountry;
  year: number;
  region: string | null;
  onChange: (region: string | null) => void;
}) {
  const { data } = useQuery(clientQueries.holidays(props.country, null, props.year));
  if (data === undefined || data.regions.length === 0) return null;
  return (
    <SelectField
      label={t.region}
      value={props.region ?? ''}
      onChange={(event) => props.onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">{t.wholeCountry}</option>
      {data.regions.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </SelectField>
  );
}

function Year(props: {
  country: HolidayCountry;
  region: string | null;
  year: number;
  worked: readonly string[];
  onChange: (worked: string[]) => void;
}) {
  const { data } = useQuery(clientQueries.holidays(props.country, props.region, props.year));
  if (data === undefined) return null;
  const toggle = (date: string, works: boolean) =>
    props.onChange(works ? [...props.worked, date].sort() : props.worked.filter((each) => each !== date));
  return (
    <details>
      <summary>{t.of(props.year)}</summary>
      <ul className={css.days}>
        {data.items.map((day) => (
          <li key={day.date}>
            <span className="mono">{day.date}</span>
            <span>{day.name}</span>
            <label className="row hint">
              <input
                type="checkbox"
                checked={props.worked.includes(day.date)}
                onChange={(event) => toggle(day.date, event.target.checked)}
              />
              {t.worked}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A labelled text of several lines. */
export function Lines(props: {
  label: string;
  error?: string | undefined;
  value: string;
  onChange: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <textarea
        id={id}
        className={`input ${css.lines}`}
        spellCheck={false}
        rows={3}
        aria-invalid={props.error !== undefined}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.error !== undefined && (
        <p className="hint" data-error>
          {props.error}
        </p>
      )}
    </div>
  );
}

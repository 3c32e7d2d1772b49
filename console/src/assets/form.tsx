import { ASSET_TYPES, CRITICALITIES, HANDLINGS } from '@vigie/contracts';
import type { AssetKind, AssetPatch, AssetView } from '@vigie/contracts/api';
import { t as marks } from '../asset-marks/strings.ts';
import { SelectField, TextField, timeZones } from '../ui/fields.tsx';
import css from './assets.module.css';
import { t } from './strings.ts';

/** What a person may write about an asset, as a form holds it. */
export type Draft = Required<Omit<AssetPatch, 'tags'>> & { tags: string };

const PEOPLE: readonly string[] = ['', 'person', 'service', 'admin', 'shared'];

export function draftOf(asset?: AssetView): Draft {
  return {
    type: asset?.type ?? '',
    criticality: asset?.criticality ?? 'normal',
    owner: asset?.owner ?? '',
    site: asset?.site ?? '',
    note: asset?.note ?? '',
    handling: asset?.handling ?? [],
    phone: asset?.phone ?? '',
    maintenance: asset?.maintenance ?? null,
    tags: asset?.tags.join(', ') ?? '',
  };
}

/** Only what differs, so that nothing that nobody touched counts as written by hand. */
export function patchOf(draft: Draft, before: Draft): AssetPatch {
  const changed = (Object.keys(draft) as (keyof Draft)[]).filter(
    (key) => JSON.stringify(draft[key]) !== JSON.stringify(before[key]),
  );
  return Object.fromEntries(
    changed.map((key) => [key, key === 'tags' ? tagsOf(draft.tags) : draft[key]]),
  ) as AssetPatch;
}

export function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
}

/** The fields of one asset. */
export function AssetFields(props: { kind: AssetKind; draft: Draft; onChange: (draft: Draft) => void }) {
  const { kind, draft, onChange } = props;
  const set = (patch: Partial<Draft>) => onChange({ ...draft, ...patch });
  return (
    <>
      <div className={css.pair}>
        <SelectField
          label={t.critFilter}
          value={draft.criticality}
          onChange={(event) => set({ criticality: event.currentTarget.value as Draft['criticality'] })}
        >
          {CRITICALITIES.map((each) => (
            <option key={each} value={each}>
              {marks.criticality[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.type}
          value={draft.type}
          onChange={(event) => set({ type: event.currentTarget.value as Draft['type'] })}
        >
          {ASSET_TYPES.filter((each) => each === '' || PEOPLE.includes(each) === (kind === 'user')).map(
            (each) => (
              <option key={each} value={each}>
                {t.types[each]}
              </option>
            ),
          )}
        </SelectField>
      </div>
      <div className="field">
        <label htmlFor="asset-note">{t.note}</label>
        <textarea
          id="asset-note"
          className="input"
          rows={2}
          maxLength={1000}
          placeholder={t.notePlaceholder}
          value={draft.note}
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
      </div>
      <HandlingChoice value={draft.handling} onChange={(handling) => set({ handling })} />
      <TextField
        label={t.phone}
        type="tel"
        maxLength={60}
        value={draft.phone}
        onChange={(event) => set({ phone: event.currentTarget.value })}
      />
      <div className={css.pair}>
        <TextField
          label={kind === 'user' ? t.ownerOfUser : t.owner}
          maxLength={200}
          value={draft.owner}
          onChange={(event) => set({ owner: event.currentTarget.value })}
        />
        <TextField
          label={t.site}
          maxLength={200}
          value={draft.site}
          onChange={(event) => set({ site: event.currentTarget.value })}
        />
      </div>
      <TextField
        label={t.tags}
        hint={t.tagsHint}
        value={draft.tags}
        onChange={(event) => set({ tags: event.currentTarget.value })}
      />
      <Maintenance value={draft.maintenance} onChange={(maintenance) => set({ maintenance })} />
    </>
  );
}

export function HandlingChoice(props: {
  value: Draft['handling'];
  onChange: (value: Draft['handling']) => void;
}) {
  return (
    <fieldset className={css.choices}>
      <legend className="label">{t.handling}</legend>
      {HANDLINGS.map((each) => (
        <label key={each}>
          <input
            type="checkbox"
            checked={props.value.includes(each)}
            onChange={(event) =>
              props.onChange(
                HANDLINGS.filter((one) =>
                  one === each ? event.currentTarget.checked : props.value.includes(one),
                ),
              )
            }
          />
          {marks.handling[each]}
        </label>
      ))}
      <p className="hint">{t.handlingHint}</p>
    </fieldset>
  );
}

function Maintenance(props: {
  value: Draft['maintenance'];
  onChange: (value: Draft['maintenance']) => void;
}) {
  const { value, onChange } = props;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <fieldset className={css.choices}>
      <legend className="visually-hidden">{t.maintenance}</legend>
      <label>
        <input
          type="checkbox"
          checked={value !== null}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked
                ? { days: [6, 7], from: '22:00', to: '05:00', timeZone: own }
                : null,
            )
          }
        />
        {t.maintenance}
      </label>
      {value !== null && (
        <>
          <div className={css.days}>
            {marks.days.map((day, index) => (
              <label key={day}>
                <input
                  type="checkbox"
                  checked={value.days.includes(index + 1)}
                  onChange={(event) => {
                    const days = [1, 2, 3, 4, 5, 6, 7].filter((one) =>
                      one === index + 1 ? event.currentTarget.checked : value.days.includes(one),
                    );
                    // A window without a day would forbid every change for ever.
                    if (days.length > 0) onChange({ ...value, days });
                  }}
                />
                {day}
              </label>
            ))}
          </div>
          <div className={css.window}>
            <TextField
              label={t.from}
              type="time"
              required
              value={value.from}
              onChange={(event) => onChange({ ...value, from: event.currentTarget.value })}
            />
            <TextField
              label={t.to}
              type="time"
              required
              value={value.to}
              onChange={(event) => onChange({ ...value, to: event.currentTarget.value })}
            />
            <SelectField
              label={t.zone}
              value={value.timeZone}
              onChange={(event) => onChange({ ...value, timeZone: event.currentTarget.value })}
            >
              {timeZones().map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </SelectField>
          </div>
        </>
      )}
    </fieldset>
  );
}

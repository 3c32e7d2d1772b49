import { CONTACT_FUNCTIONS } from '@vigie/contracts/contacts.ts';
import type { Contact, Language, Level } from '../api/types.ts';
import { t as clients } from '../clients/strings.ts';
import { t as words } from '../contacts/strings.ts';
import { SelectField, TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import { ui } from '../ui/strings.ts';
import { t } from './strings.ts';
import css from './tenants.module.css';

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
const KINDS = ['incident', 'operations'] as const;
const WORK = { from: 8, to: 18, days: [1, 2, 3, 4, 5] };

/** Whether the server would take this contact. */
export function isValid(contact: Contact): boolean {
  const { hours } = contact;
  return (
    contact.name.trim() !== '' &&
    /^[^\s@]+@[^\s@]+$/.test(contact.email) &&
    (hours === 'always' || (hours.from < hours.to && hours.days.length > 0))
  );
}

/** One person: name, address, what they are there for, from which severity, about what, in which language, when. */
export function ContactRow(props: {
  contact: Contact;
  onChange: (contact: Contact) => void;
  onRemove: () => void;
}) {
  const { contact, onChange } = props;
  const set = (values: Partial<Contact>) => onChange({ ...contact, ...values });
  const { hours } = contact;
  return (
    <li className={css.contact} data-testid="contact">
      <TextField
        label={t.name}
        required
        maxLength={200}
        value={contact.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <TextField
        label={t.email}
        type="email"
        required
        maxLength={254}
        value={contact.email}
        onChange={(event) => set({ email: event.target.value })}
      />
      <TextField
        label={t.phone}
        type="tel"
        maxLength={64}
        value={contact.phone ?? ''}
        onChange={(event) => {
          const { phone: _phone, ...rest } = contact;
          onChange(event.target.value === '' ? rest : { ...rest, phone: event.target.value });
        }}
      />
      <TextField
        label={clients.callOrder}
        type="number"
        min={1}
        max={99}
        value={contact.order ?? ''}
        onChange={(event) => {
          const { order: _order, ...rest } = contact;
          onChange(event.target.value === '' ? rest : { ...rest, order: Number(event.target.value) });
        }}
      />
      <SelectField
        label={t.minLevel}
        value={contact.minLevel}
        onChange={(event) => set({ minLevel: event.target.value as Level })}
      >
        {LEVELS.map((level) => (
          <option key={level} value={level}>
            {ui.level[level]}
          </option>
        ))}
      </SelectField>
      <button
        type="button"
        className={`btn quiet icon ${css.remove}`}
        aria-label={t.removeContact(contact.name)}
        title={t.removeContact(contact.name)}
        onClick={props.onRemove}
      >
        <Icon name="close" size={13} />
      </button>
      <div className={css.when}>
        <fieldset className={css.inline}>
          <legend className="label">{t.kinds}</legend>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={contact.kinds.includes(kind)}
                onChange={(event) =>
                  set({
                    kinds: event.target.checked
                      ? [...contact.kinds, kind]
                      : contact.kinds.filter((each) => each !== kind),
                  })
                }
              />{' '}
              {t.kind[kind]}
            </label>
          ))}
        </fieldset>
        <fieldset className={css.inline}>
          <legend className="label">{t.hours}</legend>
          <select
            className="select"
            aria-label={t.hours}
            value={hours === 'always' ? 'always' : 'hours'}
            onChange={(event) => set({ hours: event.target.value === 'always' ? 'always' : WORK })}
          >
            <option value="always">{t.always}</option>
            <option value="hours">{t.workHours}</option>
          </select>
          {hours !== 'always' && (
            <>
              <input
                className={`input ${css.hour}`}
                type="number"
                min={0}
                max={23}
                aria-label={t.from}
                value={hours.from}
                onChange={(event) => set({ hours: { ...hours, from: Number(event.target.value) } })}
              />
              –
              <input
                className={`input ${css.hour}`}
                type="number"
                min={1}
                max={24}
                aria-label={t.to}
                value={hours.to}
                onChange={(event) => set({ hours: { ...hours, to: Number(event.target.value) } })}
              />
              <span className={css.days}>
                {t.weekdays.map((day, index) => {
                  const number = index + 1;
                  const chosen = hours.days.includes(number);
                  return (
                    <button
                      key={day}
                      type="button"
                      aria-pressed={chosen}
                      aria-label={t.weekdayNames[index]}
                      onClick={() =>
                        set({
                          hours: {
                            ...hours,
                            days: chosen
                              ? hours.days.filter((each) => each !== number)
                              : [...hours.days, number].sort(),
                          },
                        })
                      }
                    >
                      {day}
                    </button>
                  );
                })}
              </span>
            </>
          )}
        </fieldset>
        <Languages value={contact.languages} onChange={(languages) => set({ languages })} />
        <Functions value={contact.functions} onChange={(functions) => set({ functions })} />
        {hours !== 'always' && !(hours.from < hours.to && hours.days.length > 0) && (
          <p className="hint" role="alert">
            {t.hoursWrong}
          </p>
        )}
      </div>
    </li>
  );
}

/** Languages in the order in which they are chosen: the first is that of the mails. */
function Languages(props: {
  value: Contact['languages'];
  onChange: (languages: Contact['languages']) => void;
}) {
  const { value, onChange } = props;
  return (
    <fieldset className={css.inline}>
      <legend className="label">{t.reads}</legend>
      <span className={`${css.days} ${css.languages}`}>
        {(Object.keys(LANGUAGE_NAMES) as Language[]).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={value.includes(each)}
            onClick={() =>
              onChange(value.includes(each) ? value.filter((other) => other !== each) : [...value, each])
            }
          >
            {LANGUAGE_NAMES[each]}
          </button>
        ))}
      </span>
      <span className="hint">{t.mailsIn(value[0] === undefined ? null : t.languages[value[0]])}</span>
    </fieldset>
  );
}

/** What the contact is there for, shut until somebody wants to change it. */
function Functions(props: {
  value: Contact['functions'];
  onChange: (functions: Contact['functions']) => void;
}) {
  const { value, onChange } = props;
  return (
    <details className={css.functions}>
      <summary>
        <span className="label">{t.functions}</span>{' '}
        {value.length === 0 ? (
          <span className="hint">{t.noFunctions}</span>
        ) : (
          value.map((each) => words.whom[each]).join(', ')
        )}
      </summary>
      <div className={css.boxes}>
        {CONTACT_FUNCTIONS.map((each) => (
          <label key={each}>
            <input
              type="checkbox"
              checked={value.includes(each)}
              onChange={(event) =>
                onChange(event.target.checked ? [...value, each] : value.filter((other) => other !== each))
              }
            />{' '}
            {words.whom[each]}
          </label>
        ))}
      </div>
    </details>
  );
}

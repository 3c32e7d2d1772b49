import type { Language, TellPerson } from '@vigie/contracts/api';
import { fillMessage } from '../procedures/index.ts';
import type { MailRenderer } from '../respond/index.ts';
import type { AttachedRecord } from '../storage/state/incident-procedure-store.ts';
import type { NewTellingRecord } from '../storage/state/telling-store.ts';
import { type TellStep, wordsIn } from './procedure-views.ts';

type Entities = Parameters<typeof fillMessage>[1]['entities'];

/** A step that tells somebody, at an incident. */
export interface TellingStep {
  readonly tenant: string;
  readonly incident: number;
  readonly record: Pick<AttachedRecord, 'id' | 'procedure'>;
  readonly step: TellStep;
  readonly entities: Entities;
}

export interface StepMailsOptions {
  readonly renderer: MailRenderer;
  readonly tenant: (id: string) => { readonly name: string; readonly timeZone: string } | undefined;
  readonly link: (incident: number) => string;
}

/** A step's message in one language; what the incident does not know stays in braces. */
export function messageOf(
  { incident, record, step, entities }: Omit<TellingStep, 'tenant'>,
  organisation: string,
  language: Language,
): string {
  const { message } = wordsIn(record.procedure, language).steps[step.id]!;
  return fillMessage(message ?? '', { entities, incident: `INC-${incident}`, organisation });
}

/** The mails of steps, whether a person sends them or the step itself. */
export class StepMails {
  readonly #options: StepMailsOptions;

  constructor(options: StepMailsOptions) {
    this.#options = options;
  }

  /** The prepared words; `own` false: the procedure has none in the language, these are another's. */
  async prepared(about: TellingStep, language: Language) {
    const { name, timeZone } = this.#tenant(about.tenant);
    const text = messageOf(about, name, language);
    const { subject } = await this.#options.renderer.render('tell', language, {
      tenant: name,
      timeZone,
      number: about.incident,
      recipient: '',
      subject: null,
      text,
      passOn: null,
    });
    return { subject, text, own: about.record.procedure.words[language] !== undefined };
  }

  /** The mail to one person, which leaves at `notBefore`. Times are epoch milliseconds. */
  async to(
    about: TellingStep,
    person: TellPerson,
    words: { readonly subject: string; readonly text: string },
    { now, notBefore }: { readonly now: number; readonly notBefore: number },
  ): Promise<NewTellingRecord> {
    const { name, timeZone } = this.#tenant(about.tenant);
    const title = wordsIn(about.record.procedure, person.language).steps[about.step.id]!.title;
    const mail = await this.#options.renderer.render('tell', person.language, {
      tenant: name,
      timeZone,
      // Nobody outside of the two can open it.
      ...(person.side === 'outside' ? {} : { link: this.#options.link(about.incident) }),
      number: about.incident,
      recipient: person.name,
      subject: words.subject,
      text: words.text,
      passOn: person.meant === 'through' ? title : null,
    });
    return {
      how: 'mail',
      side: person.side,
      at: now,
      name: person.name,
      address: person.email,
      text: words.text,
      mail: { ...mail, notBefore },
    };
  }

  #tenant(id: string) {
    return this.#options.tenant(id) ?? { name: id, timeZone: 'UTC' };
  }
}

/**
 * What the incident's log says; of the provider's people in a line of its own, which clients do not see.
 *
 * @param allowedBy who had allowed it, of a step that sent by itself
 */
export function doingsOf(
  { procedure }: Pick<AttachedRecord, 'procedure'>,
  step: string,
  told: readonly NewTellingRecord[],
  by: { readonly actor: string; readonly at: number },
  allowedBy?: string,
) {
  const words = wordsIn(procedure, 'en');
  const how = allowedBy === undefined ? '' : ` (sent by itself, as ${allowedBy} allowed)`;
  return [false, true].flatMap((internal) => {
    const some = told.filter(({ side }) => (side === 'provider') === internal);
    if (some.length === 0) return [];
    const names = some.map(({ name, how, address }) =>
      how === 'mail' ? `${name} <${address}> by mail` : `${name} by phone`,
    );
    const text = `${words.title}: step “${words.steps[step]!.title}”: told ${names.join(', ')}${how}`;
    return [{ ...by, text, internal }];
  });
}

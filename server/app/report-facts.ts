import type { Entity, Level } from '@vigie/contracts';
import type { Language, TimelineEntry } from '@vigie/contracts/api';
import type { ReportFacts } from '../clocks/index.ts';

/** What of an incident goes into reports. Instants are epoch milliseconds. */
export interface ReportedIncident {
  readonly id: number;
  readonly tenant: string;
  readonly timeZone: string;
  readonly level: Level;
  readonly firstAt: number;
  readonly createdAt: number;
  /** When the organisation became aware, where a person has said so. */
  readonly awareAt: number | null;
  readonly entities: readonly Entity[];
  readonly techniques: readonly { readonly id: string; readonly name: string }[];
  /** What happened, in the language of the report. */
  readonly stories: readonly string[];
  readonly comments: readonly TimelineEntry[];
}

const MOST_STORIES = 8;
const MOST_ENTITIES = 40;

interface Words {
  readonly reference: string;
  readonly first: string;
  readonly opened: string;
  readonly aware: string;
  readonly techniques: string;
  readonly seen: string;
  readonly levels: Readonly<Record<Level, string>>;
}

const levels = (...words: readonly [string, string, string, string, string]): Words['levels'] => ({
  informational: words[0],
  low: words[1],
  medium: words[2],
  high: words[3],
  critical: words[4],
});

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    reference: 'Reference of the security operations centre',
    first: 'First trace in the logs',
    opened: 'Detected by the monitoring',
    aware: 'Organisation became aware',
    techniques: 'Techniques (MITRE ATT&CK)',
    seen: 'Involved systems, accounts and addresses',
    levels: levels('informational', 'low', 'medium', 'high', 'critical'),
  },
  fr: {
    reference: 'Référence du centre opérationnel de sécurité',
    first: 'Première trace dans les journaux',
    opened: 'Détecté par la surveillance',
    aware: 'Prise de connaissance par l’organisme',
    techniques: 'Techniques (MITRE ATT&CK)',
    seen: 'Systèmes, comptes et adresses concernés',
    levels: levels('information', 'faible', 'moyenne', 'élevée', 'critique'),
  },
  it: {
    reference: 'Riferimento del centro operativo di sicurezza',
    first: 'Prima traccia nei log',
    opened: 'Rilevato dal monitoraggio',
    aware: 'L’organizzazione ne è venuta a conoscenza',
    techniques: 'Tecniche (MITRE ATT&CK)',
    seen: 'Sistemi, account e indirizzi coinvolti',
    levels: levels('informativa', 'bassa', 'media', 'alta', 'critica'),
  },
  nl: {
    reference: 'Kenmerk van het security operations centre',
    first: 'Eerste spoor in de logs',
    opened: 'Ontdekt door de bewaking',
    aware: 'Organisatie nam er kennis van',
    techniques: 'Technieken (MITRE ATT&CK)',
    seen: 'Betrokken systemen, accounts en adressen',
    levels: levels('informatief', 'laag', 'middel', 'hoog', 'kritiek'),
  },
  de: {
    reference: 'Aktenzeichen des Security Operations Centre',
    first: 'Erste Spur in den Protokollen',
    opened: 'Von der Überwachung erkannt',
    aware: 'Kenntnisnahme durch die Organisation',
    techniques: 'Techniken (MITRE ATT&CK)',
    seen: 'Beteiligte Systeme, Konten und Adressen',
    levels: levels('informativ', 'niedrig', 'mittel', 'hoch', 'kritisch'),
  },
};

/** Fills the sections of a report with what the incident knows. */
export function reportFacts(incident: ReportedIncident, language: Language): ReportFacts {
  const words = WORDS[language];
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone: incident.timeZone,
    dateStyle: 'long',
    timeStyle: 'long',
  });
  const line = (label: string, value: string) => `- ${label}: ${value}`;
  const techniques = incident.techniques.map(({ id, name }) => plain(`${id} ${name}`)).join('; ');
  const stories = [...new Set(incident.stories.filter((story) => story !== ''))].slice(0, MOST_STORIES);
  return {
    entity: [plain(incident.tenant), line(words.reference, `INC-${incident.id}`)].join('\n'),
    detected: [
      line(words.first, format.format(incident.firstAt)),
      line(words.opened, format.format(incident.createdAt)),
      ...(incident.awareAt === null ? [] : [line(words.aware, format.format(incident.awareAt))]),
    ].join('\n'),
    nature: [...stories.map(plain), ...(techniques === '' ? [] : [line(words.techniques, techniques)])].join(
      '\n\n',
    ),
    severity: words.levels[incident.level],
    indicators:
      incident.entities.length === 0
        ? ''
        : [
            `${words.seen}:`,
            ...incident.entities
              .slice(0, MOST_ENTITIES)
              .map(({ type, value }) => `- ${type}: ${plain(value)}`),
          ].join('\n'),
    measures: incident.comments
      .map(({ at, text, actor }) =>
        line(`${format.format(at)}${actor === undefined ? '' : `, ${plain(actor)}`}`, plain(text)),
      )
      .join('\n'),
  };
}

/**
 * Text of logs and people inside Markdown: in one line, with nothing that a reader's program would make a link, an
 * image, a heading or markup of.
 */
export function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|!~]/g, '\\$&');
}

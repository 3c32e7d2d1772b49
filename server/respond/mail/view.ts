import type { Language } from '@vigie/contracts/api';
import { clockView } from './clock-view.ts';
import { COLOURS, Formatter, paragraphs, safeLink } from './format.ts';
import type { MailLogo } from './logo.ts';
import { mindLines } from './mind.ts';
import type {
  AssignedMail,
  ClockMail,
  DigestMail,
  FactorsMail,
  IncidentMail,
  MailKind,
  MailModels,
  MentionMail,
  OperationsMail,
  RequestMail,
  TellMail,
  TestMail,
} from './model.ts';
import { defang, defangName, headerLine, visible } from './safe-text.ts';
import type { Strings } from './strings.ts';
import { assignedView, digestView, mentionView, requestMailView, tellView } from './view-collaboration.ts';

/** Who runs the service, as mails name it. */
export interface Provider {
  readonly name: string;
  readonly phone?: string;
  readonly email?: string;
  /** `#rrggbb`, dark enough for white text; left out: Vigie's own. */
  readonly colour?: string;
  /** Left out: none, or one that mails do not carry. */
  readonly logo?: Pick<MailLogo, 'width' | 'height'>;
}

/** What a template sees: finished texts in the reader's language, not yet escaped. */
export type View = Readonly<Record<string, unknown>> & { readonly subject: string };

/** Colour of buttons in the templates, which a provider may replace. */
export const BRAND = '#1f5f9f';
/** As {@link BRAND}, where a mail is shown dark; a provider's own colour stays. */
export const BRAND_DARK = '#2f6fb3';
const MOST_ROWS = 10;
const MOST_FIELDS = 8;
const MOST_ENTITIES = 12;

interface Fact {
  readonly label: string;
  readonly values: readonly string[];
}

/** Turns a model into the view of its template. */
export function viewOf<K extends MailKind>(
  kind: K,
  model: MailModels[K],
  strings: Strings,
  language: Language,
  provider: Provider,
): View {
  const format = new Formatter(language, model.timeZone);
  const own =
    kind === 'incident'
      ? incidentView(model as IncidentMail, strings, format)
      : kind === 'operations'
        ? operationsView(model as OperationsMail, strings, format)
        : kind === 'clock'
          ? clockView(model as ClockMail, strings, format)
          : kind === 'request'
            ? requestMailView(model as RequestMail, strings, format, provider)
            : kind === 'mention'
              ? mentionView(model as MentionMail, strings)
              : kind === 'assigned'
                ? assignedView(model as AssignedMail, strings, format)
                : kind === 'digest'
                  ? digestView(model as DigestMail, strings, format)
                  : kind === 'tell'
                    ? tellView(model as TellMail, strings)
                    : kind === 'factors'
                      ? factorsView(model as FactorsMail, strings, format)
                      : testView(model as TestMail, strings, format, provider);
  const brand = provider.colour ?? BRAND;
  const brandDark = provider.colour ?? BRAND_DARK;
  const { logo } = provider;
  return {
    ...own,
    language,
    brand,
    brandDark,
    provider,
    ...(logo === undefined ? {} : { logo: { width: logo.width, height: logo.height } }),
    tenant: model.tenant,
    link: safeLink(model.link),
  };
}

function incidentView(model: IncidentMail, strings: Strings, format: Formatter) {
  const reference = `INC-${model.number}`;
  const level = strings.text(`level.${model.level}`);
  const title = defang(visible(model.title, 200));
  const tenant = model.tenant;
  const facts: Fact[] = [
    { label: strings.text('fact.tenant'), values: [tenant] },
    { label: strings.text('fact.first'), values: [format.time(model.firstAt)] },
  ];
  if (model.lastAt - model.firstAt >= 1000)
    facts.push({ label: strings.text('fact.last'), values: [format.time(model.lastAt)] });
  if (model.entities.length > 0) {
    const values = model.entities.slice(0, MOST_ENTITIES).map(({ type, value }) => {
      const shown = visible(value, 160);
      return `${strings.text(`entity.${type}`)}: ${type === 'domain' ? defangName(shown) : defang(shown)}`;
    });
    if (model.entities.length > MOST_ENTITIES) values.push('…');
    facts.push({ label: strings.text('fact.affected'), values });
  }
  if (model.techniques.length > 0)
    facts.push({
      label: strings.text('fact.techniques'),
      values: model.techniques.map(({ id, name }) => `${name} (${id})`),
    });
  const shown = model.evidence.slice(0, MOST_ROWS);
  const rest = model.evidenceTotal - shown.length;
  return {
    reference,
    level,
    title,
    colour: COLOURS[model.level],
    subject: headerLine(strings.text('incident.subject', { reference, level, title })),
    preview: visible(model.summary, 140),
    intro: strings.text(`incident.intro-${model.reason}`, { tenant, level }),
    facts,
    mind: mindLines(model.mind, strings),
    summary: paragraphs(model.summary),
    advice: model.advice.map((step) => defang(visible(step, 400))),
    evidence: shown.map((row) => ({
      at: format.time(row.at),
      title: defang(visible(row.title, 160)),
      fields: row.fields.slice(0, MOST_FIELDS).map(({ field, value }) => ({
        label: strings.textOr(`field.${field}`, visible(field, 80)),
        value: namesPlace(field) ? defangName(visible(value, 300)) : defang(visible(value, 300)),
      })),
    })),
    more: rest > 0 ? strings.text('evidence.more', { count: format.number(rest) }) : '',
  };
}

function operationsView(model: OperationsMail, strings: Strings, format: Formatter) {
  if (model.notice === 'source-unusual' || model.notice === 'source-usual')
    return unusualView(model, strings, format);
  const source = visible(model.source.name, 120);
  const silent = model.notice === 'source-silent';
  const duration = format.duration(model.silentForMs);
  const since = model.since === null ? undefined : format.time(model.since);
  const facts: Fact[] = [
    { label: strings.text('fact.tenant'), values: [model.tenant] },
    { label: strings.text('fact.source'), values: [source] },
  ];
  if (model.source.technology !== undefined)
    facts.push({ label: strings.text('fact.technology'), values: [visible(model.source.technology, 120)] });
  if (silent && since !== undefined)
    facts.push({ label: strings.text('fact.silent-for'), values: [duration] });
  const intro = silent
    ? since === undefined
      ? strings.text('operations.never-intro')
      : strings.text('operations.silent-intro', { since })
    : strings.text('operations.back-intro', { since: since ?? '?', duration });
  const prefix = silent ? 'operations.silent' : 'operations.back';
  return {
    subject: headerLine(strings.text(`${prefix}-subject`, { source })),
    title: strings.text(`${prefix}-title`, { source }),
    colour: silent ? COLOURS.medium : COLOURS.low,
    intro,
    facts,
    advice: silent ? strings.list('operations.silent-steps') : [],
  };
}

function unusualView(model: OperationsMail, strings: Strings, format: Formatter) {
  const source = visible(model.source.name, 120);
  const over = model.notice === 'source-usual';
  const { events, usual, share, usualShare, aheadMs } = model.figures ?? {};
  const facts: Fact[] = [
    { label: strings.text('fact.tenant'), values: [model.tenant] },
    { label: strings.text('fact.source'), values: [source] },
  ];
  if (model.source.technology !== undefined)
    facts.push({ label: strings.text('fact.technology'), values: [visible(model.source.technology, 120)] });
  if (model.since !== null)
    facts.push({ label: strings.text('fact.since'), values: [format.time(model.since)] });
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined && !over) facts.push({ label: strings.text(`fact.${key}`), values: [value] });
  };
  add('events', events === undefined ? undefined : format.number(events));
  add('usual', usual === undefined ? undefined : format.number(Math.round(usual)));
  add('unreadable', share === undefined ? undefined : format.percent(share));
  add('usual', usualShare === undefined ? undefined : format.percent(usualShare));
  if (aheadMs !== undefined) add(aheadMs > 0 ? 'ahead' : 'behind', format.duration(Math.abs(aheadMs)));
  const prefix = `operations.${over ? 'usual' : (model.trouble ?? 'volume-high')}`;
  return {
    subject: headerLine(strings.text(`${prefix}-subject`, { source })),
    title: strings.text(`${prefix}-title`, { source }),
    colour: over ? COLOURS.low : COLOURS.medium,
    intro: strings.text(`${prefix}-intro`),
    facts,
    advice: over ? [] : strings.list(`${prefix}-steps`),
  };
}

function testView(model: TestMail, strings: Strings, format: Formatter, provider: Provider) {
  const facts: Fact[] = [
    { label: strings.text('fact.sent'), values: [format.time(model.sentAt)] },
    { label: strings.text('fact.server'), values: [visible(model.server, 160)] },
  ];
  if (model.requestedBy !== undefined)
    facts.push({ label: strings.text('fact.requested-by'), values: [visible(model.requestedBy, 160)] });
  return {
    subject: headerLine(strings.text('test.subject', { provider: provider.name })),
    title: strings.text('test.title'),
    intro: strings.text('test.intro', { tenant: model.tenant }),
    facts,
  };
}

function factorsView(model: FactorsMail, strings: Strings, format: Formatter) {
  const by = defang(visible(model.by, 100));
  return {
    subject: headerLine(strings.text('factors.title')),
    title: strings.text('factors.title'),
    greeting: strings.text('factors.greeting', { name: visible(model.recipient, 100) }),
    intro: strings.text('factors.intro', { by, time: format.time(model.at) }),
    next: strings.text('factors.next'),
    alarm: strings.text('factors.alarm'),
  };
}

/** Fields whose value is a name that a mail program would link even without a scheme. */
function namesPlace(field: string): boolean {
  return field.startsWith('url.') || field.endsWith('domain') || field === 'dns.question.name';
}

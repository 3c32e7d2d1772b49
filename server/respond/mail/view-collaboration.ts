import type { Formatter } from './format.ts';
import { paragraphs, safeLink } from './format.ts';
import { mindLines } from './mind.ts';
import type { AssignedMail, DigestMail, MentionMail, RequestMail, TellMail } from './model.ts';
import { defang, headerLine, visible } from './safe-text.ts';
import type { Strings } from './strings.ts';

const COLOURS = { low: '#2b6c4f', medium: '#8a5a00', high: '#9b1c2c' } as const;

/** A question or a decision: all that the page behind its link shows, so that the mail can be judged by itself. */
export function requestMailView(
  model: RequestMail,
  strings: Strings,
  format: Formatter,
  provider: { readonly name: string },
) {
  const reference = `INC-${model.number}`;
  const due = format.time(model.dueAt);
  const prefix = `request.${model.kind}`;
  const title = model.title === null ? strings.text(`${prefix}-title`) : defang(visible(model.title, 200));
  const facts = [
    { label: strings.text('fact.tenant'), values: [model.tenant] },
    { label: strings.text('request.due'), values: [due] },
  ];
  if (model.risk !== null)
    facts.push({ label: strings.text('request.risk'), values: [strings.text(`request.risk-${model.risk}`)] });
  if (model.choices.length > 0)
    facts.push({
      label: strings.text('request.choices'),
      values: model.choices.map((choice) => defang(visible(choice, 120))),
    });
  return {
    reference,
    title,
    colour: model.risk === null ? COLOURS.medium : COLOURS[model.risk],
    badge: strings.text(model.occasion === 'reminder' ? 'request.reminder' : `${prefix}-badge`),
    subject: headerLine(strings.text(`${prefix}-subject-${model.occasion}`, { reference, title })),
    greeting: strings.text('request.greeting', { name: visible(model.recipient, 100) }),
    intro: strings.text(`${prefix}-intro`, { provider: provider.name, tenant: model.tenant }),
    body: paragraphs(model.text),
    facts,
    mind: mindLines(model.mind, strings),
    open: strings.text(`${prefix}-open`),
    note: strings.text(`${prefix}-note`, { due }),
  };
}

/** What a person tells somebody: their words, line by line, and nothing in them that a program would obey. */
export function tellView(model: TellMail, strings: Strings) {
  const reference = `INC-${model.number}`;
  const { text, tenant, subject, passOn } = model;
  const body = text
    .split(/\n[^\S\n]*\n/)
    .map((paragraph) =>
      paragraph
        .split('\n')
        .map((line) => defang(visible(line, text.length * 12 + 1)))
        .filter((line) => line !== ''),
    )
    .filter((lines) => lines.length > 0);
  return {
    reference,
    subject: headerLine(subject ?? strings.text('tell.subject', { reference, tenant })),
    preview: visible(text, 140),
    greeting: strings.text('tell.greeting', { name: visible(model.recipient, 100) }),
    body,
    passOn: passOn === null ? '' : strings.text('tell.pass-on', { step: visible(passOn, 160) }),
  };
}

/** Somebody was mentioned. */
export function mentionView(model: MentionMail, strings: Strings) {
  const reference = `INC-${model.number}`;
  const author = visible(model.author, 100);
  return {
    reference,
    title: strings.text('mention.title', { author }),
    subject: headerLine(strings.text('mention.subject', { reference, author })),
    intro: `${reference} · ${defang(visible(model.title, 200))}`,
    body: paragraphs(model.body),
    open: strings.text('mention.open'),
  };
}

/** Most mails of a digest that are listed; the others are counted. */
const MOST_GATHERED = 100;

/** Mails that waited together: when, what, and where to read it. */
export function digestView({ tenant, mails }: DigestMail, strings: Strings, format: Formatter) {
  const count = format.number(mails.length);
  const shown = mails.slice(0, MOST_GATHERED);
  return {
    title: strings.text('digest.title', { count, tenant }),
    subject: headerLine(strings.text('digest.subject', { count, tenant })),
    intro: strings.text('digest.intro'),
    rows: shown.map(({ subject, at, link }) => ({
      time: format.time(at),
      text: defang(visible(subject, 300)),
      link: safeLink(link),
    })),
    more:
      mails.length > shown.length
        ? strings.text('digest.more', { count: format.number(mails.length - shown.length) })
        : '',
  };
}

const MOST_LISTED = 20;

/** Somebody was given one incident, or many at once. */
export function assignedView(model: AssignedMail, strings: Strings, format: Formatter) {
  const author = visible(model.author, 100);
  const { incidents } = model;
  const [first] = incidents;
  const one = incidents.length === 1 && first !== undefined;
  const reference = one ? `INC-${first.number}` : '';
  const values: Readonly<Record<string, string>> = one
    ? { author, reference }
    : { author, count: format.number(incidents.length) };
  const number = one ? 'one' : 'many';
  const lines = incidents
    .slice(0, MOST_LISTED)
    .map(
      (each) =>
        `INC-${each.number} · ${defang(visible(each.tenant, 200))} · ${defang(visible(each.title, 200))}`,
    );
  return {
    title: strings.text(`assigned.title-${number}`, values),
    subject: headerLine(strings.text(`assigned.subject-${number}`, values)),
    intro: strings.text(`assigned.intro-${number}`),
    body: incidents.length > MOST_LISTED ? [...lines, '…'] : lines,
    open: strings.text(`assigned.open-${number}`),
  };
}

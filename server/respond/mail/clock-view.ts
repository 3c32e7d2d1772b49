import { COLOURS, type Formatter, safeLink } from './format.ts';
import { mindLines } from './mind.ts';
import type { ClockMail } from './model.ts';
import { defang, headerLine, visible } from './safe-text.ts';
import type { Strings } from './strings.ts';

/** What the mail to somebody on call shows. */
export function clockView(model: ClockMail, strings: Strings, format: Formatter) {
  const reference = `INC-${model.number}`;
  const clock = model.label ?? strings.text(`clock.kind-${model.clock}`);
  const breach = model.reason === 'breach';
  const tenant = model.tenant;
  const share = format.percent(model.share ?? 1);
  const facts = [
    { label: strings.text('fact.tenant'), values: [tenant] },
    { label: strings.text('clock.incident'), values: [`${reference}: ${defang(visible(model.title, 200))}`] },
    { label: strings.text('clock.level'), values: [strings.text(`level.${model.level}`)] },
    { label: strings.text('clock.due'), values: [model.dueAt === null ? '–' : format.time(model.dueAt)] },
    { label: strings.text('clock.owner'), values: [model.owner === null ? '–' : visible(model.owner, 200)] },
    { label: strings.text('clock.basis'), values: [visible(model.basis, 200)] },
  ];
  return {
    subject: headerLine(
      strings.text(breach ? 'clock.subject-breach' : 'clock.subject-warning', {
        reference,
        clock,
        share,
        tenant,
      }),
    ),
    title: strings.text(breach ? 'clock.title-breach' : 'clock.title-warning', { clock, share }),
    intro: strings.text(model.step > 1 ? 'clock.intro-escalated' : 'clock.intro', { tenant }),
    colour: breach ? COLOURS.critical : COLOURS.medium,
    facts,
    mind: mindLines(model.mind, strings),
    acknowledge: safeLink(model.acknowledge),
  };
}

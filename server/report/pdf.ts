import { PassThrough, type Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Language } from '@vigie/contracts/api';
import PDFDocument from 'pdfkit';
import { type Face, runsOf } from './fonts.ts';
import type { IncidentReport } from './incident.ts';
import { de } from './words/de.ts';
import { en, type Words } from './words/en.ts';
import { fr } from './words/fr.ts';
import { it } from './words/it.ts';
import { nl } from './words/nl.ts';

const WORDS: Readonly<Record<Language, Words>> = { en, fr, it, nl, de };

/** What a report shows of long incidents; the console and the other exports have the rest. */
const MOST = { alerts: 60, timeline: 300, matched: 12, entities: 60 } as const;
const LONGEST_VALUE = 300;

const INK = '#16212a';
const QUIET = '#55636d';
const LINE = '#c8d1d6';
const LEVELS = {
  critical: '#8f1130',
  high: '#b3400f',
  medium: '#8a6100',
  low: '#1f6286',
  informational: '#55636d',
};
const MARGIN = 56;

/** Writes the report of an incident as a tagged PDF, A4. */
export function incidentPdf(report: IncidentReport): Readable {
  const out = new PassThrough();
  new Report(report, out).write().catch((error: unknown) => out.destroy(error as Error));
  return out;
}

class Report {
  readonly #report: IncidentReport;
  readonly #words: Words;
  readonly #doc: PDFKit.PDFDocument;
  readonly #root: PDFKit.PDFStructureElement;
  readonly #time: Intl.DateTimeFormat;

  constructor(report: IncidentReport, out: PassThrough) {
    this.#report = report;
    this.#words = WORDS[report.language];
    this.#time = new Intl.DateTimeFormat(report.language === 'en' ? 'en-GB' : report.language, {
      dateStyle: 'medium',
      timeStyle: 'medium',
      timeZone: report.timeZone,
    });
    this.#doc = new PDFDocument({
      size: 'A4',
      margins: { top: MARGIN, bottom: MARGIN + 14, left: MARGIN, right: MARGIN },
      bufferPages: true,
      pdfVersion: '1.7',
      tagged: true,
      lang: report.language,
      displayTitle: true,
      info: {
        Title: `INC-${report.incident.id} ${report.incident.title}`,
        Author: report.provider,
        Creator: 'Vigie',
        CreationDate: new Date(report.madeAt),
      },
    });
    this.#root = this.#doc.struct('Document');
    this.#doc.addStructure(this.#root);
    this.#doc.pipe(out);
  }

  async write(): Promise<void> {
    const { incident } = this.#report;
    const w = this.#words;
    this.#head();
    this.#facts();
    this.#heading(w.story);
    for (const text of this.#story()) this.#paragraph(text);
    if (incident.advice.length > 0) {
      this.#heading(w.advice);
      this.#list(incident.advice, true);
    }
    if (incident.entities.length > 0) {
      this.#heading(w.affected);
      this.#list(
        incident.entities
          .slice(0, MOST.entities)
          .map(({ type, value }) => `${w.entities[type]}${w.colon}${shorten(value)}`),
      );
      this.#rest(incident.entities.length - MOST.entities);
    }
    if (incident.techniques.length > 0) {
      this.#heading(w.techniques);
      this.#list(
        incident.techniques.map(
          ({ id, name, tactic }) => `${id} ${name}${tactic === '' ? '' : ` (${tactic})`}`,
        ),
      );
    }
    await breathe();
    this.#heading(w.timeline);
    this.#paragraph(w.zone(this.#report.timeZone), QUIET);
    for (const entry of incident.timeline.slice(0, MOST.timeline))
      this.#pair(
        this.#at(entry.at),
        entry.actor === undefined ? entry.text : `${entry.actor}${w.colon}${entry.text}`,
      );
    this.#rest(incident.timeline.length - MOST.timeline);
    this.#heading(w.evidence);
    for (const alert of incident.alertList.slice(0, MOST.alerts)) {
      this.#alert(alert);
      // Long reports leave room for the rest of the server.
      await breathe();
    }
    this.#rest(incident.alertList.length - MOST.alerts);
    this.#root.end();
    this.#numberPages();
    this.#doc.end();
  }

  #head(): void {
    const { incident, provider, madeAt, organisation } = this.#report;
    const w = this.#words;
    this.#put('P', () => {
      this.#text(`${w.report} · ${w.confidential}`, { size: 9, color: QUIET });
    });
    this.#put('H1', () => {
      this.#text(`INC-${incident.id}  ${incident.title}`, { face: 'bold', size: 19 });
    });
    this.#put('P', () => {
      this.#text(`${provider} · ${organisation} · ${w.made} ${this.#at(madeAt)}`, { size: 9, color: QUIET });
      this.#text(this.#report.link, { size: 9, color: QUIET });
    });
    this.#doc.moveDown(0.6);
  }

  #facts(): void {
    const { incident, organisation } = this.#report;
    const w = this.#words;
    const rows: [string, string][] = [
      [w.facts.organisation, organisation],
      [w.facts.severity, w.levels[incident.level]],
      [w.facts.status, w.statuses[incident.status]],
      [w.facts.verdict, incident.verdict === null ? w.undecided : w.verdicts[incident.verdict]],
      [w.facts.owner, incident.owner?.name ?? w.nobody],
      [w.facts.first, this.#at(incident.firstAt)],
      [w.facts.last, this.#at(incident.lastAt)],
      [w.facts.opened, this.#at(incident.createdAt)],
      [w.facts.counts, String(incident.alerts)],
    ];
    this.#rule(LEVELS[incident.level], 2);
    for (const [name, value] of rows) this.#pair(name, value, name === w.facts.severity);
  }

  /** The diagnosis of what weighs most, and what else was seen. */
  #story(): string[] {
    const { alertList } = this.#report.incident;
    const order = ['informational', 'low', 'medium', 'high', 'critical'];
    const lead = [...alertList].sort(
      (a, b) => order.indexOf(b.level) - order.indexOf(a.level) || b.firstAt - a.firstAt,
    )[0];
    if (lead === undefined) return [this.#words.none];
    const others = [...new Set(alertList.filter(({ id }) => id !== lead.id).map(({ title }) => title))];
    if (others.length === 0) return [lead.diagnosis];
    return [lead.diagnosis, `${this.#words.also} ${others.slice(0, 12).join('; ')}.`];
  }

  #alert(alert: IncidentReport['incident']['alertList'][number]): void {
    const w = this.#words;
    this.#room(70);
    this.#put('H3', () => {
      this.#text(alert.title, { face: 'bold', size: 11 });
    });
    this.#put('P', () => {
      this.#text(
        `${w.levels[alert.level]} · ${w.times(alert.count)} · ${this.#at(alert.firstAt)} – ${this.#at(alert.lastAt)}${alert.techniques.length === 0 ? '' : ` · ${alert.techniques.map(({ id }) => id).join(', ')}`}`,
        { size: 9, color: QUIET },
      );
    });
    if (alert.diagnosis !== '') this.#paragraph(alert.diagnosis);
    const matched = alert.evidence[0]?.matched ?? [];
    for (const { field, value } of matched.slice(0, MOST.matched)) this.#pair(field, shorten(value));
    this.#rest(matched.length - MOST.matched);
    if (alert.falsePositives.length > 0)
      this.#paragraph(`${w.harmless}${w.colon}${alert.falsePositives.join('; ')}`, QUIET);
    this.#doc.moveDown(0.6);
  }

  #heading(text: string): void {
    this.#room(150);
    this.#doc.moveDown(0.8);
    this.#put('H2', () => {
      this.#text(text, { face: 'bold', size: 13 });
    });
    this.#rule(LINE, 0.5);
  }

  #paragraph(text: string, color = INK): void {
    this.#put('P', () => {
      this.#text(text, { color });
    });
    this.#doc.moveDown(0.3);
  }

  #list(items: readonly string[], numbered = false): void {
    items.forEach((item, index) => {
      this.#put('P', () => {
        const y = this.#doc.y;
        this.#text(numbered ? `${index + 1}.` : '•', { width: 18 });
        this.#doc.y = y;
        this.#text(item, { x: MARGIN + 18 });
      });
      this.#doc.moveDown(0.15);
    });
  }

  /** A name and its value, side by side. */
  #pair(name: string, value: string, strong = false): void {
    this.#room(30);
    this.#put('P', () => {
      const page = this.#page();
      const y = this.#doc.y;
      this.#text(name, { width: 138, size: 9, color: QUIET });
      const after = this.#page() === page ? this.#doc.y : y;
      this.#doc.y = y;
      this.#text(value, { x: MARGIN + 150, size: 10, face: strong ? 'bold' : 'regular' });
      if (this.#page() === page) this.#doc.y = Math.max(this.#doc.y, after);
    });
    this.#doc.y += 2;
  }

  #rest(more: number): void {
    if (more > 0) this.#paragraph(this.#words.more(more), QUIET);
  }

  #rule(color: string, width: number): void {
    const doc = this.#doc;
    this.#artifact(() => {
      const y = doc.y + 2;
      doc
        .moveTo(MARGIN, y)
        .lineTo(doc.page.width - MARGIN, y)
        .lineWidth(width)
        .strokeColor(color)
        .stroke();
    });
    doc.y += 8;
  }

  /** Begins a page where less than this is left of the present one, so that titles stay with what they head. */
  #room(points: number): void {
    const doc = this.#doc;
    if (doc.y + points > doc.page.height - doc.page.margins.bottom) doc.addPage();
  }

  #put(type: string, draw: () => void): void {
    this.#root.add(this.#doc.struct(type, {}, draw));
  }

  #artifact(draw: () => void): void {
    this.#doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.#doc.endMarkedContent();
  }

  #text(
    text: string,
    style: { face?: Face; size?: number; color?: string; x?: number; width?: number } = {},
  ): void {
    const { face = 'regular', size = 10, color = INK, x = MARGIN } = style;
    const doc = this.#doc;
    const width = style.width ?? doc.page.width - MARGIN - x;
    const runs = runsOf(text === '' ? ' ' : text, face);
    doc.fontSize(size).fillColor(color);
    runs.forEach((run, index) => {
      doc.font(run.path);
      const continued = index < runs.length - 1;
      // The place is said once; each further run goes on where the last one ended.
      if (index === 0) doc.text(run.text, x, doc.y, { width, continued, lineGap: 1.5 });
      else doc.text(run.text, { continued, lineGap: 1.5 });
    });
    doc.x = MARGIN;
  }

  #numberPages(): void {
    const doc = this.#doc;
    const { start, count } = doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      doc.switchToPage(page);
      this.#artifact(() => {
        const bottom = doc.page.margins.bottom;
        // Within the margin there is room for no line: without one, this would begin a new page.
        doc.page.margins.bottom = 0;
        doc.y = doc.page.height - MARGIN + 8;
        this.#text(`INC-${this.#report.incident.id}   ${this.#words.page(page - start + 1, count)}`, {
          size: 8,
          color: QUIET,
        });
        doc.page.margins.bottom = bottom;
      });
    }
  }

  #page(): number {
    const { start, count } = this.#doc.bufferedPageRange();
    return start + count;
  }

  #at(at: number): string {
    return this.#time.format(at);
  }
}

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

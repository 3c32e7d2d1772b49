import type { Level } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import { defang, visible } from './safe-text.ts';

/** Dark enough for white text on it. */
export const COLOURS: Readonly<Record<Level, string>> = {
  informational: '#4a5d70',
  low: '#2b6c4f',
  medium: '#8a5a00',
  high: '#b3400e',
  critical: '#9b1c2c',
};
/** Only web addresses become links, whatever the configuration or a caller says. */
export function safeLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

/** Text in paragraphs, parted by empty lines; web addresses in it are no links. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => defang(visible(paragraph, 1500)))
    .filter((paragraph) => paragraph !== '')
    .slice(0, 12);
}

/** Times, durations and numbers as the language writes them. */
export class Formatter {
  readonly #language: string;
  readonly #time: Intl.DateTimeFormat;

  constructor(language: Language, timeZone: string) {
    // British dates for English: day before month, as the other four languages have it.
    this.#language = language === 'en' ? 'en-GB' : language;
    this.#time = new Intl.DateTimeFormat(this.#language, {
      timeZone,
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    });
  }

  time(at: number): string {
    return this.#time.format(at);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.#language).format(value);
  }

  /** A share of one as per cent. */
  percent(share: number): string {
    return new Intl.NumberFormat(this.#language, { style: 'percent', maximumFractionDigits: 1 }).format(
      share,
    );
  }

  /** The two largest units: `2 hours 5 minutes`. */
  duration(milliseconds: number): string {
    const minutes = Math.max(1, Math.round(milliseconds / 60_000));
    const parts: [number, string][] = [
      [Math.floor(minutes / 1440), 'day'],
      [Math.floor((minutes % 1440) / 60), 'hour'],
      [minutes % 60, 'minute'],
    ];
    return parts
      .filter(([count]) => count > 0)
      .slice(0, 2)
      .map(([count, unit]) =>
        new Intl.NumberFormat(this.#language, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
      )
      .join(' ');
  }
}

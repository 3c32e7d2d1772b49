import { SingleBar } from 'cli-progress';
import { ago, paint, paintLevel, safe } from '../output.ts';
import type { Progress } from './scan.ts';
import type { Found, RuleLabel } from './types.ts';

/**
 * What people see while a scan runs, on standard error and only on a terminal: a bar with events a second
 * and the time left, and above it the first detection of every rule that is high or critical.
 */
export class ProgressBar {
  readonly #bar: SingleBar | undefined;
  #started = false;

  constructor(visible: boolean) {
    if (!visible) return;
    this.#bar = new SingleBar({
      format:
        '{bar} {percentage}% | {events} events, {speed} a second | {detections} detections | {left} left',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      barCompleteChar: '█',
      barIncompleteChar: '░',
    });
  }

  update({ events, bytes, totalBytes, detections, elapsed }: Progress): void {
    if (this.#bar === undefined) return;
    const payload = {
      events: events.toLocaleString('en'),
      speed: elapsed > 0 ? Math.round((events / elapsed) * 1000).toLocaleString('en') : '–',
      detections: detections.toLocaleString('en'),
      left: bytes > 0 ? ago((elapsed * Math.max(0, totalBytes - bytes)) / bytes) : '–',
    };
    if (!this.#started) {
      this.#started = true;
      this.#bar.start(Math.max(1, totalBytes), bytes, payload);
    } else this.#bar.update(bytes, payload);
  }

  first({ title, level }: RuleLabel, found: Found, path: string): void {
    if (this.#bar === undefined || (level !== 'high' && level !== 'critical')) return;
    const where = [found.host, found.user].filter((text) => text !== null).join(' ');
    const time = new Date(found.time).toISOString().slice(0, 19).replace('T', ' ');
    process.stderr.write(
      `\r\u001b[K${time}  ${paintLevel(level)}  ${safe(title)}  ${safe(where)}  ${paint(safe(`${path} ${found.record}`), 'dim')}\n`,
    );
  }

  stop(): void {
    this.#bar?.stop();
  }
}

import type { SourceAlertView, SourceHealthView } from '@vigie/contracts/api';
import type { Directory } from '../../storage/state/directory.ts';
import {
  type DelayFigures,
  describe,
  rightZone,
  type SourceAlert,
  type SourceKey,
  zoneOffset,
} from '../../watch/index.ts';

export interface SourceWordsOptions {
  readonly directory: Pick<Directory, 'source' | 'tenant'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Delays from which the clock of a source is judged; fewer say little. */
const FEWEST_DELAYS = 20;
/** A clock that runs ahead by less is none. */
const AHEAD_MS = 60_000;

/** What the watch says of a source, in sentences: silences go on while they are read. */
export class SourceWords {
  readonly #options: SourceWordsOptions;

  constructor(options: SourceWordsOptions) {
    this.#options = options;
  }

  message(alert: SourceAlert): string {
    const { kind, facts } = alert;
    const { now } = this.#options;
    const silent = kind === 'silent' && alert.state === 'open' && alert.clearSince === null;
    const live = silent ? { ...facts, silentForMs: now() - alert.since } : facts;
    if (alert.state === 'open' && alert.clearSince !== null && kind === 'silent')
      return `sends again; it was silent for ${describe(kind, facts).slice('silent for '.length)}`;
    return describe(kind, live, this.#zoneFor(alert, facts['zoneMs']));
  }

  view(alert: SourceAlert): SourceAlertView {
    const { clearSince: _, told: __, ...rest } = alert;
    return { ...rest, facts: { ...alert.facts }, message: this.message(alert) };
  }

  /** What is wrong with a source's clock; null where nothing is, or too little came to tell. */
  clock(key: SourceKey, delay: DelayFigures | undefined): SourceHealthView['clock'] {
    if (delay === undefined || delay.events < FEWEST_DELAYS) return null;
    const zone = zoneOffset(delay);
    if (zone === undefined && delay.p50 > -AHEAD_MS) return null;
    const facts = { delayMs: delay.p50, ...(zone === undefined ? {} : { zoneMs: zone }) };
    return {
      aheadMs: zone ?? -delay.p50,
      zone: zone !== undefined,
      message: describe('clock', facts, this.#zoneFor(key, zone)),
    };
  }

  /** The zone that would put a source's clock right. */
  #zoneFor({ tenant, source }: SourceKey, zoneMs: number | undefined): string | undefined {
    const { directory, now } = this.#options;
    const row = directory.source(tenant, source);
    if (zoneMs === undefined || row === undefined) return undefined;
    return rightZone(row.time_zone, zoneMs, [directory.tenant(tenant)?.time_zone ?? 'UTC'], now());
  }
}

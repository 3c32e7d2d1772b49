import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentSummary, IncidentView, RulePage } from '@vigie/contracts/api';
import type { z } from 'zod';
import type { MailServer } from './mail-server.ts';
import { bulkPush, ndjsonPush, type Push, sendAll } from './senders.ts';
import { until } from './until.ts';
import type { Part, Vigie } from './vigie.ts';
import { type Workload, workload } from './workload.ts';

/** What a round found; everything but the first columns must match or be zero. */
export interface RoundResult {
  readonly round: number;
  readonly killed: string;
  /** Milliseconds into the round. */
  readonly at: number;
  readonly acknowledged: number;
  readonly repeats: number;
  readonly stored: number;
  readonly missing: number;
  readonly doubled: number;
  readonly alertsExpected: number;
  readonly alertsFound: number;
  readonly alertsDoubled: number;
  readonly mailsExpected: number;
  /** Different mails; a second one about the same incident counts as well. */
  readonly mailsFound: number;
  /** Second deliveries of the very same mail, of one Message-ID. */
  readonly redelivered: number;
  /** Hosts whose attack was not told. */
  readonly silent: readonly string[];
  /** Milliseconds from the kill until everything was stored, judged and told. */
  readonly recovered: number;
}

/** Tenant of all rounds. */
export const TENANT = 'bench';
const SOURCES = ['lines', 'bulk'] as const;
const BATCHES = 36;
const BATCH_SIZE = 60;

/** Senders of a Vigie that parts are killed of. */
export class KillTest {
  readonly #vigie: Vigie;
  readonly #mail: MailServer;
  readonly #random: () => number;
  readonly #tokens = new Map<string, string>();
  #workloads = 0;

  constructor(vigie: Vigie, mail: MailServer, random: () => number) {
    this.#vigie = vigie;
    this.#mail = mail;
    this.#random = random;
  }

  async prepare(): Promise<void> {
    await this.#vigie.addTenant(TENANT, {
      contacts: [{ name: 'On call', email: 'oncall@bench.example.com', minLevel: 'medium' }],
    });
    for (const source of SOURCES) this.#tokens.set(source, await this.#vigie.addSource(TENANT, source));
  }

  /** One round: senders push, a part dies at a random moment, everything is counted afterwards. */
  async round(round: number, part: Part): Promise<RoundResult> {
    const hitsBefore = await this.#hits();
    const mailsBefore = this.#mail.mails.length;
    const works: Workload[] = [];
    const started = Date.now();
    const url = () => this.#vigie.run.url;
    const senders = SOURCES.flatMap((source) =>
      [0, 1].map((n) => {
        const work = workload(`k${round}-${source}${n}`, this.#workloads++, BATCHES, BATCH_SIZE);
        works.push(work);
        const token = this.#tokens.get(source)!;
        const push: Push = source === 'bulk' ? bulkPush(url, token) : ndjsonPush(url, source, token);
        return sendAll(push, work.batches, () => this.#random() * 50);
      }),
    );
    // Early in the sending, late in it, or while the mails go out.
    const at = 100 + Math.round(this.#random() * 4500);
    const [sent, killedAt] = await Promise.all([Promise.all(senders), this.#killAt(part, at)]);
    await this.#vigie.settled();

    const acknowledged = sent.flatMap((one) => one.acknowledged);
    const wanted = new Set(acknowledged);
    const copies = new Map<string, number>();
    for (const event of await this.#vigie.events(`k${round}`, [TENANT])) {
      const line = String(event.fields['event.original']);
      const text = line.startsWith('{') ? String((JSON.parse(line) as { message: string }).message) : line;
      copies.set(text, (copies.get(text) ?? 0) + 1);
    }
    const hosts = works.flatMap((work) => [...work.rootHosts, ...work.guessedHosts]);
    const incidents = await this.#incidentsOf(hosts);
    await until('the mails', async () => (await this.#vigie.status()).mail.pending === 0, 90_000);
    // A doubled mail would come a moment later.
    await until('the mails', () => this.#mail.mails.length - mailsBefore >= hosts.length, 30_000).catch(
      () => undefined,
    );
    await sleep(700);
    const recovered = Date.now() - started - (killedAt - started);
    const mails = this.#mail.mails.slice(mailsBefore);
    const alerts = (await this.#hits()) - hitsBefore;
    let alertsDoubled = 0;
    let alertsFound = 0;
    for (const host of hosts) {
      const found = incidents.get(host) ?? [];
      if (found.length > 0) alertsFound++;
      for (const incident of found)
        alertsDoubled += incident.alertList.reduce((n, { count }) => n + count, 0);
      alertsDoubled -= found.length === 0 ? 0 : 1;
    }
    return {
      round,
      killed: part,
      at,
      acknowledged: acknowledged.length,
      repeats: sent.reduce((n, { repeats }) => n + repeats, 0),
      stored: [...copies.values()].reduce((n, count) => n + count, 0),
      missing: acknowledged.filter((line) => !copies.has(line)).length,
      doubled: [...copies].filter(([line, count]) => count > 1 || !wanted.has(line)).length,
      alertsExpected: hosts.length,
      alertsFound,
      // The counters of the rules are written with the detections, so they must agree.
      alertsDoubled: Math.max(alertsDoubled, alerts - hosts.length),
      mailsExpected: hosts.length,
      mailsFound: new Set(mails.map(({ messageId }) => messageId)).size,
      redelivered: mails.length - new Set(mails.map(({ messageId }) => messageId)).size,
      silent: hosts.filter((host) => !incidents.has(host)),
      recovered,
    };
  }

  async #killAt(part: Part, at: number): Promise<number> {
    await sleep(at);
    await this.#vigie.kill(part);
    const killedAt = Date.now();
    if (part === 'supervisor') {
      await sleep(this.#random() * 500);
      await this.#vigie.launch();
    }
    return killedAt;
  }

  /** Incidents by the host they are about. */
  async #incidentsOf(hosts: readonly string[]): Promise<Map<string, IncidentView[]>> {
    const found = new Map<string, IncidentView[]>();
    const wanted = new Set(hosts);
    let cursor: string | undefined;
    do {
      const page: { items: IncidentSummary[]; next?: string } = await this.#vigie.api.get(
        `/api/incidents?tenant=${TENANT}&status=all&sort=recent&limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const { id, entities } of page.items) {
        const host = entities.find(({ type, value }) => type === 'host' && wanted.has(value))?.value;
        if (host === undefined) continue;
        const incident = await this.#vigie.api.get<IncidentView>(`/api/incidents/${id}`);
        found.set(host, [...(found.get(host) ?? []), incident]);
      }
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  /** Detections of all rules that alert. */
  async #hits(): Promise<number> {
    const page = await this.#vigie.api.get<z.infer<typeof RulePage>>('/api/rules?sort=hits&limit=500');
    return page.items.reduce((sum, { hits24h }) => sum + hits24h, 0);
  }
}

/** The results as a table. */
export function table(results: readonly RoundResult[]): string {
  const columns: readonly [string, (r: RoundResult) => string | number][] = [
    ['round', (r) => r.round],
    ['killed', (r) => r.killed],
    ['at ms', (r) => r.at],
    ['acknowledged', (r) => r.acknowledged],
    ['repeats', (r) => r.repeats],
    ['stored', (r) => r.stored],
    ['missing', (r) => r.missing],
    ['doubled', (r) => r.doubled],
    ['alerts', (r) => `${r.alertsFound}/${r.alertsExpected}`],
    ['doubled', (r) => r.alertsDoubled],
    ['mails', (r) => `${r.mailsFound}/${r.mailsExpected}`],
    ['redelivered', (r) => r.redelivered],
    ['recovered ms', (r) => r.recovered],
  ];
  const rows = [
    columns.map(([title]) => title),
    ...results.map((r) => columns.map(([, of]) => String(of(r)))),
  ];
  const widths = columns.map((_column, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n');
}

import type {
  EventPage,
  GroupingReason,
  IncidentSummary,
  IncidentView,
  LooseAlert,
  MailDetail,
  MailView,
  QuarantineView,
} from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, paintLevel, printJson, printTable, safe, when } from '../output.ts';

/** `vigie incident …` */
export function incidentCommands(program: Command): void {
  const incident = program.command('incident').description('incidents: list, show, change');

  incident
    .command('list')
    .description('open incidents, most severe first')
    .option('--tenant <id>')
    .option(
      '--status <status>',
      'open, new, in-progress, waiting-for-client, contained, closed or all',
      'open',
    )
    .option('--min-level <level>', 'informational, low, medium, high or critical')
    .option('--limit <n>', 'how many', '50')
    .action(
      async (
        flags: { tenant?: string; status: string; minLevel?: string; limit: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const query = new URLSearchParams({ status: flags.status, limit: flags.limit });
        if (flags.tenant !== undefined) query.set('tenant', flags.tenant);
        if (flags.minLevel !== undefined) query.set('minLevel', flags.minLevel);
        const page = await client.get<{ items: IncidentSummary[]; total?: number }>(
          `/api/incidents?${query}`,
        );
        if (json) return printJson(page.items);
        const now = Date.now();
        printTable(
          page.items,
          [
            { title: 'INCIDENT', value: (i) => `INC-${i.id}` },
            { title: 'LEVEL', value: (i) => paintLevel(i.level) },
            { title: 'STATUS', value: (i) => i.status },
            { title: 'TENANT', value: (i) => i.tenant },
            { title: 'AGE', value: (i) => ago(now - i.createdAt), right: true },
            { title: 'ALERTS', value: (i) => String(i.alerts), right: true },
            { title: 'TITLE', value: (i) => safe(i.title), max: 100 },
          ],
          'No incidents. That is good news, or no logs are coming in: vigie source list',
        );
        if ((page.total ?? 0) > page.items.length)
          process.stdout.write(paint(`… of ${page.total}; more with --limit\n`, 'dim'));
      },
    );

  incident
    .command('show <number>')
    .description('one incident: story, evidence, what to do')
    .action(async (number: string, _flags, command: Command) => {
      const { client, json } = clientOf(command);
      const found = await client.get<IncidentView>(`/api/incidents/${incidentNumber(number)}`);
      if (json) return printJson(found);
      printIncident(found);
    });

  incident
    .command('set <number>')
    .description('changes status, verdict or owner, or adds a comment')
    .option('--status <status>', 'new, in-progress, waiting-for-client, contained or closed')
    .option('--verdict <verdict>', 'true-positive, benign-true-positive or false-positive')
    .option('--reason <reason>', 'of the verdict, such as attempt, expected or rule-too-broad')
    .option('--rules <ids...>', 'rules at fault of a false positive')
    .option('--owner <user-id>')
    .option('--comment <text>')
    .action(async (number: string, flags: object, command: Command) => {
      const { client, json } = clientOf(command);
      const changed = await client.call<IncidentView>(
        'PATCH',
        `/api/incidents/${incidentNumber(number)}`,
        flags,
      );
      if (json) return printJson(changed);
      process.stdout.write(
        `INC-${changed.id}: ${changed.status}${changed.verdict === null ? '' : `, ${changed.verdict}`}\n`,
      );
    });
  groupingCommands(incident);
}

/** What people put together, take apart and move. */
function groupingCommands(incident: Command): void {
  const call = async (command: Command, path: string, body: object, said: (i: IncidentView) => string) => {
    const { client, json } = clientOf(command);
    const view = await client.call<IncidentView>('POST', `/api/incidents/${path}`, body);
    if (json) printJson(view);
    else process.stdout.write(`${said(view)}\n`);
  };
  incident
    .command('merge <into> <others...>')
    .description('puts incidents of one tenant into the first')
    .action((into: string, others: string[], _flags, command: Command) =>
      call(
        command,
        `${incidentNumber(into)}/merge`,
        { incidents: others.map(incidentNumber) },
        (i) => `INC-${i.id} has ${i.alerts} alerts now; to undo: vigie incident unmerge NUMBER`,
      ),
    );
  incident
    .command('unmerge <number>')
    .description('takes an incident that was merged away out again')
    .action((number: string, _flags, command: Command) =>
      call(
        command,
        `${incidentNumber(number)}/unmerge`,
        {},
        (i) => `INC-${i.id} is back: ${i.alerts} alerts`,
      ),
    );
  incident
    .command('split <number> <alerts...>')
    .description('makes an incident of its own of some alerts (ids as "incident show" lists them)')
    .action((number: string, alerts: string[], _flags, command: Command) =>
      call(
        command,
        `${incidentNumber(number)}/split`,
        { alerts },
        (i) => `INC-${i.id} has ${i.alerts} of its alerts now`,
      ),
    );
  incident
    .command('detach <number> <alerts...>')
    .description('takes alerts out of an incident; they stay in "incident loose"')
    .action((number: string, alerts: string[], _flags, command: Command) =>
      call(
        command,
        `${incidentNumber(number)}/detach`,
        { alerts },
        (i) => `INC-${i.id} keeps ${i.alerts} alerts`,
      ),
    );
  incident
    .command('move <number> <to> <alerts...>')
    .description('puts alerts into another incident of the tenant')
    .action((number: string, to: string, alerts: string[], _flags, command: Command) =>
      call(
        command,
        `${incidentNumber(number)}/move`,
        { alerts, to: incidentNumber(to) },
        (i) => `INC-${i.id} has ${i.alerts} alerts now`,
      ),
    );
  incident
    .command('loose')
    .description('alerts in no incident, the newest first: routine ones, rare ones, or all')
    .option('--tenant <id>')
    .option('--group <group>', 'routine, rare or all', 'all')
    .option('--limit <n>', 'how many', '50')
    .action(async (flags: { tenant?: string; group: string; limit: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const query = new URLSearchParams({ group: flags.group, limit: flags.limit });
      if (flags.tenant !== undefined) query.set('tenant', flags.tenant);
      const { items } = await client.get<{ items: LooseAlert[] }>(`/api/alerts/loose?${query}`);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'LAST', value: (a) => when(a.lastAt) },
          { title: 'LEVEL', value: (a) => paintLevel(a.level) },
          { title: 'TENANT', value: (a) => a.tenant },
          { title: 'TIMES', value: (a) => String(a.count), right: true },
          { title: 'RARITY', value: (a) => (a.routine ? 'routine' : a.rarity.toFixed(1)), right: true },
          { title: 'ABOUT', value: (a) => safe(a.entities.map((e) => e.value).join(', ')), max: 40 },
          { title: 'TITLE', value: (a) => safe(a.title), max: 80 },
        ],
        'No alerts outside of incidents.',
      );
    });
}

/** A reason with the weights of its terms. */
function reasonLine({ terms, total }: GroupingReason): string {
  const told = terms.map(({ weight, text }) =>
    weight === 0 ? text : `${text} (${weight > 0 ? '+' : ''}${weight})`,
  );
  return safe(`${told.join('; ')}${total === 0 ? '' : ` = ${total}`}`);
}

function incidentNumber(text: string): number {
  const number = Number(/^(?:INC-)?(\d{1,9})$/i.exec(text)?.[1]);
  if (!Number.isInteger(number))
    throw new CliError(`"${text}" is no incident; expected a number such as 12 or INC-12`, EXIT.usage);
  return number;
}

function printIncident(i: IncidentView): void {
  const out = (text = '') => process.stdout.write(`${text}\n`);
  out(paint(`INC-${i.id}  ${safe(i.title)}`, 'bold'));
  out(
    `${paintLevel(i.level)} · ${i.status} · tenant ${i.tenant} · ${when(i.firstAt)} – ${when(i.lastAt)} UTC · ${i.alerts} alerts, ${i.detections} detections`,
  );
  if (i.entities.length > 0) out(`About: ${i.entities.map((e) => `${e.type} ${safe(e.value)}`).join(', ')}`);
  if (i.techniques.length > 0) out(`ATT&CK: ${i.techniques.map((t) => `${t.id} ${t.name}`).join(', ')}`);
  if (i.mergedInto !== null) out(paint(`Merged into INC-${i.mergedInto}`, 'yellow'));
  if (i.merged.length > 0) out(`Holds: ${i.merged.map(({ id }) => `INC-${id}`).join(', ')}`);
  if (i.reason !== null) out(`Opened because: ${reasonLine(i.reason)}`);
  out(`\n${i.summary.split('\n').map(safe).join('\n')}`);
  if (i.advice.length > 0) {
    out(paint('\nWhat to do now', 'bold'));
    for (const [n, step] of i.advice.entries()) out(`  ${n + 1}. ${safe(step)}`);
  }
  out(paint('\nTimeline (UTC)', 'bold'));
  for (const entry of i.timeline)
    out(
      `  ${when(entry.at)}  ${entry.kind.padEnd(8)}  ${safe(entry.text)}${entry.actor === undefined ? '' : ` — ${safe(entry.actor)}`}`,
    );
  out(paint('\nEvidence', 'bold'));
  for (const alert of i.alertList) {
    out(`  ${paintLevel(alert.level)}  ${safe(alert.title)}  ×${alert.count}  ${paint(alert.id, 'dim')}`);
    if (alert.reason !== null)
      out(
        paint(
          `      ${alert.part === 'context' ? 'beside it' : 'joined'}: ${reasonLine(alert.reason)}`,
          'dim',
        ),
      );
    const first = alert.evidence[0];
    if (first === undefined) continue;
    for (const m of first.matched)
      out(`      ${m.field} = ${safe(m.value).slice(0, 160)}   (${safe(m.condition)})`);
    for (const e of first.events.slice(0, 3))
      out(paint(`      event ${e.id} at ${when(e.at)} from ${e.source}`, 'dim'));
  }
  if (i.mails.length > 0) {
    out(paint('\nMails', 'bold'));
    for (const mail of i.mails)
      out(`  ${when(mail.at)}  ${mail.state.padEnd(8)} ${mail.to}  ${safe(mail.subject)}`);
  }
}

/** `vigie event search …` */
export function eventCommands(program: Command): void {
  program
    .command('event')
    .description('stored events')
    .command('search [query...]')
    .description(
      'searches events, newest first; e.g. vigie event search source.ip:203.0.113.0/24 user.name:root "failed password"',
    )
    .option('--tenant <id...>', 'only these tenants')
    .option('--last <duration>', 'how far back: 30m, 24h, 7d', '24h')
    .option('--from <time>', 'ISO 8601, instead of --last')
    .option('--to <time>', 'ISO 8601; default now')
    .option('--limit <n>', 'how many', '50')
    .action(
      async (
        words: string[],
        flags: { tenant?: string[]; last: string; from?: string; to?: string; limit: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const to = flags.to === undefined ? Date.now() + 60_000 : instant(flags.to);
        const from = flags.from === undefined ? to - duration(flags.last) : instant(flags.from);
        const wanted = Math.max(1, Number(flags.limit) || 50);
        const items: EventPage['items'] = [];
        let cursor: string | undefined;
        do {
          const page: EventPage = await client.call('POST', '/api/events/search', {
            q: words.map((word) => (/\s/.test(word) && !/[:"]/.test(word) ? `"${word}"` : word)).join(' '),
            from,
            to,
            tenants: flags.tenant,
            limit: Math.min(1000, wanted - items.length),
            cursor,
          });
          items.push(...page.items);
          cursor = page.next;
        } while (cursor !== undefined && items.length < wanted);
        if (json) return printJson(items);
        printTable(
          items,
          [
            { title: 'TIME (UTC)', value: (e) => when(e.at) },
            { title: 'TENANT', value: (e) => e.tenant },
            { title: 'DATASET', value: (e) => String(e.fields['event.dataset'] ?? '') },
            { title: 'HOST', value: (e) => safe(String(e.fields['host.name'] ?? '')), max: 24 },
            { title: 'ORIGINAL', value: (e) => safe(String(e.fields['event.original'] ?? '')), max: 140 },
          ],
          'Nothing found in this time. Widen it with --last 7d, or look at vigie source list.',
        );
      },
    );
}

/** `vigie outbox …` */
export function outboxCommands(program: Command): void {
  const outbox = program.command('outbox').description('mails: what was sent, what waits, what was given up');
  outbox
    .command('list')
    .option('--state <state>', 'pending, sending, sent or dead')
    .option('--limit <n>', 'how many', '100')
    .action(async (flags: { state?: string; limit: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const query = new URLSearchParams({ limit: flags.limit });
      if (flags.state !== undefined) query.set('state', flags.state);
      const { items } = await client.get<{ items: MailView[] }>(`/api/outbox?${query}`);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'QUEUED (UTC)', value: (m) => when(m.createdAt) },
          { title: 'STATE', value: (m) => m.state },
          { title: 'TO', value: (m) => safe(m.to) },
          { title: 'SUBJECT', value: (m) => safe(m.subject), max: 80 },
          { title: 'TRIES', value: (m) => String(m.attempts), right: true },
          { title: 'LAST ERROR', value: (m) => safe(m.lastError ?? ''), max: 60 },
          { title: 'ID', value: (m) => m.id },
        ],
        'No mails. Contacts of a tenant are told of its incidents: vigie tenant set <id> --contact <mail>',
      );
    });
  outbox.command('show <id>').action(async (id: string, _flags, command: Command) => {
    const { client, json } = clientOf(command);
    const mail = await client.get<MailDetail>(`/api/outbox/${encodeURIComponent(id)}`);
    if (json) return printJson(mail);
    process.stdout.write(
      `To: ${safe(mail.to)}\nSubject: ${safe(mail.subject)}\nState: ${mail.state}\n\n${mail.text.split('\n').map(safe).join('\n')}\n`,
    );
  });
  outbox
    .command('retry <id>')
    .description('sends a dead or waiting mail again, now')
    .action(async (id: string, _flags, command: Command) => {
      const { client } = clientOf(command);
      await client.call('POST', `/api/outbox/${encodeURIComponent(id)}/retry`);
      process.stdout.write('Queued again.\n');
    });
}

/** `vigie quarantine …` */
export function quarantineCommands(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('lines of unknown senders, until somebody says whose they are');
  quarantine.command('list').action(async (_flags, command: Command) => {
    const { client, json } = clientOf(command);
    const { items } = await client.get<{ items: QuarantineView[] }>('/api/quarantine');
    if (json) return printJson(items);
    printTable(
      items,
      [
        { title: 'ID', value: (q) => q.id },
        { title: 'SENDER', value: (q) => safe(q.sender) },
        { title: 'TRANSPORT', value: (q) => q.transport },
        { title: 'LINES', value: (q) => String(q.lines), right: true },
        { title: 'HELD', value: (q) => String(q.held), right: true },
        { title: 'LAST (UTC)', value: (q) => when(q.lastSeenAt) },
        { title: 'EXAMPLE', value: (q) => safe(q.samples[0] ?? ''), max: 80 },
      ],
      'Nothing in quarantine: every sender is known.',
    );
  });
  quarantine
    .command('assign <id> <tenant> <source>')
    .description('binds the sender to a source and takes its held lines in')
    .action(async (id: string, tenant: string, source: string, _flags, command: Command) => {
      const { client, json } = clientOf(command);
      const done = await client.call<{ replayed: number }>(
        'POST',
        `/api/quarantine/${encodeURIComponent(id)}/assign`,
        { tenant, source },
      );
      if (json) return printJson(done);
      process.stdout.write(
        `${done.replayed} lines taken in; what this sender sends from now on goes to ${tenant}/${source}.\n`,
      );
    });
  quarantine.command('remove <id>').action(async (id: string, _flags, command: Command) => {
    const { client } = clientOf(command);
    await client.call('DELETE', `/api/quarantine/${encodeURIComponent(id)}`);
    process.stdout.write('Removed.\n');
  });
}

/** Milliseconds of `30m`, `24h`, `7d`. */
export function duration(text: string): number {
  const match = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  if (match === null)
    throw new CliError(`"${text}" is no duration; expected e.g. 30m, 24h or 7d`, EXIT.usage);
  return (
    Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 's' | 'm' | 'h' | 'd']
  );
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new CliError(`"${text}" is no time; expected ISO 8601 such as 2026-03-01T12:00:00Z`, EXIT.usage);
  return at;
}

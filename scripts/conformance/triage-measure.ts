import type { Folded, Played } from './triage-play.ts';
import type { Labelled } from './triage-rows.ts';

/** From this rarity on `vigie incident loose --group rare` lists an alert. */
const RARE = 2;

/** The figures of one scenario. Delays are seconds. */
export function measure(rows: readonly Labelled[], played: Played) {
  const byPair = new Map<string, Folded[]>();
  for (const alert of played.alerts) {
    const host = alert.entities.find(({ type }) => type === 'host')?.value ?? '';
    const key = `${alert.rule}\0${host}`;
    byPair.set(key, [...(byPair.get(key) ?? []), alert]);
  }
  const alertOf = (row: Labelled) =>
    byPair
      .get(`${row.rule}\0${row.host}`)
      ?.find((a) => a.firstAt <= row.time * 1000 && row.time * 1000 <= a.lastAt);

  const first = new Map<string, number>();
  const own = new Map<string, boolean>();
  const inEvidence = new Set<string>();
  const inContext = new Set<string>();
  const rare = new Set<string>();
  const phasesOf = new Map<number, Map<string, number>>();
  const toldAt = new Map<number, number[]>();
  let ownFrom: number | undefined;
  for (const row of rows) {
    const alert = alertOf(row);
    if (row.phase === 'false_positive') continue;
    if (!first.has(row.phase)) first.set(row.phase, row.time);
    if (row.cause !== '-' && row.cause !== 'dnsteal' && ownFrom === undefined) ownFrom = row.time;
    if (isOwn(row))
      own.set(row.phase, own.get(row.phase) === true || (alert !== undefined && alert.incident !== null));
    if (alert?.incident === null && alert.rarity >= RARE) rare.add(row.phase);
    if (alert === undefined || alert.incident === null) continue;
    (alert.part === 'evidence' ? inEvidence : inContext).add(row.phase);
    if (alert.part === 'context') continue;
    const told = toldAt.get(alert.incident) ?? [];
    told.push(row.time);
    toldAt.set(alert.incident, told);
    const counts = phasesOf.get(alert.incident) ?? new Map<string, number>();
    counts.set(row.phase, (counts.get(row.phase) ?? 0) + 1);
    phasesOf.set(alert.incident, counts);
  }
  const grouped = played.alerts.filter(({ incident }) => incident !== null).length;
  const items = grouped + played.incidents.length;
  const start = Math.min(...first.values());
  // An incident tells of the attack once it is open and has one of its alerts.
  const after = (from: number) =>
    Math.min(
      ...played.incidents.flatMap(({ id, openedAt }) => {
        const told = (toldAt.get(id) ?? []).find((time) => time >= from);
        return told === undefined ? [] : [Math.max(openedAt, told) - from];
      }),
    );
  return {
    right: played.incidents.filter(({ id }) => phasesOf.has(id)).length,
    items,
    reduction: 1 - items / rows.length,
    phases: first.size,
    missed: [...first.keys()].filter((phase) => !inEvidence.has(phase) && !inContext.has(phase)),
    byContext: [...first.keys()].filter((phase) => !inEvidence.has(phase) && inContext.has(phase)),
    /** Phases that caused alerts of their own, and those of them of which one is in an incident. */
    own: own.size,
    ownFound: [...own.values()].filter(Boolean).length,
    ownMissed: [...own].filter(([, found]) => !found).map(([phase]) => phase),
    rare,
    rareLoose: played.alerts.filter((a) => a.incident === null && a.rarity >= RARE).length,
    delay: after(start),
    ownDelay: after(ownFrom ?? start),
    details: played.incidents.map(({ id, openedAt, reason }) => {
      const mine = played.alerts.filter(({ incident }) => incident === id);
      const evidence = mine.filter(({ part }) => part === 'evidence');
      const hosts = new Set(
        evidence.flatMap((a) => a.entities.filter((e) => e.type === 'host').map((e) => e.value)),
      );
      const hour = ((openedAt - rows[0]!.time) / 3600).toFixed(2);
      const seen = [...(phasesOf.get(id) ?? [])].map(([phase, n]) => `${phase} ${n}`).join(', ');
      const why = (reason?.terms ?? []).map(({ weight, text }) => `${weight} ${text}`).join('; ');
      return `   ${id}: hour ${hour}, ${evidence.length} + ${mine.length - evidence.length} alerts, hosts ${[...hosts].join(' ')}; ${seen || 'nothing of the attack'}; opened by ${why}`;
    }),
  };
}

/**
 * Whether the attack itself caused the line. Stolen data leaves by DNS from the first hour on and is labelled so in
 * the time of every phase; it belongs to the phases that are about it.
 */
function isOwn({ phase, cause }: Labelled): boolean {
  if (cause === '-') return false;
  return cause !== 'dnsteal' || phase === 'dnsteal' || phase === 'service_stop';
}

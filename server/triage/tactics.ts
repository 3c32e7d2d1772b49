/** ATT&CK's enterprise tactics in the order in which an attack usually goes through them. */
const ORDER = [
  'reconnaissance',
  'resource development',
  'initial access',
  'execution',
  'persistence',
  'privilege escalation',
  'defense evasion',
  'credential access',
  'discovery',
  'lateral movement',
  'collection',
  'command and control',
  'exfiltration',
  'impact',
];

/** Position of a tactic by its name, 0 for reconnaissance; undefined where ATT&CK has no such tactic. */
export function tacticRank(name: string): number | undefined {
  const at = ORDER.indexOf(name.toLowerCase().replaceAll('-', ' '));
  return at < 0 ? undefined : at;
}

/** Rank of the furthest tactic among the techniques; −1 where none is known. */
export function furthest(
  techniques: readonly string[],
  tacticOf: (technique: string) => string | undefined,
): number {
  let rank = -1;
  for (const id of techniques) rank = Math.max(rank, tacticRank(tacticOf(id) ?? '') ?? -1);
  return rank;
}

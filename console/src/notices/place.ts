import type { NoticeView } from '@vigie/contracts/api';

/** What is about the incident itself; all else was said in its conversation. */
const OF_INCIDENT: readonly NoticeView['kind'][] = ['assigned', 'handed-on', 'clock-warning', 'clock-breach'];

/** Address of what a line of news is about: the asset, the conversation, or the incident. */
export function placeOf({ kind, tenant, incident, asset }: NoticeView): string {
  if (asset !== null) return `/assets/${tenant}/${encodeURIComponent(asset)}`;
  return `/incidents/${incident}${OF_INCIDENT.includes(kind) ? '' : '#conversation'}`;
}

import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { putSender } from './peer.ts';

const RESULT = /(?:^|Received-SPF: |Text: )(Pass|Fail|Softfail|Neutral|None|Temperror|Permerror)\b/i;

/** Whether a message is policyd-spf's. */
export function isSpf(text: string): boolean {
  return text.includes('client-ip=') && text.includes('identity=');
}

function value(text: string, key: string): string | undefined {
  const at = text.indexOf(`${key}=`);
  if (at < 0) return undefined;
  const from = at + key.length + 1;
  const end = text.indexOf(';', from);
  const found = text.slice(from, end < 0 ? undefined : end).trim();
  const bare = found.startsWith('<') && found.endsWith('>') ? found.slice(1, -1) : found;
  return bare === '' || bare === 'UNKNOWN' ? undefined : bare;
}

/** Reads `Pass; identity=mailfrom; client-ip=…; helo=…; envelope-from=…; receiver=…`, with an action in front. */
export function readSpf(text: string, doc: EcsFields): void {
  const ip = parseIp(value(text, 'client-ip') ?? '');
  const helo = value(text, 'helo');
  const named = helo !== undefined && !helo.startsWith('[') && parseIp(helo) === undefined;
  putSender(doc, { ...(ip === undefined ? {} : { ip }), ...(named ? { name: helo } : {}) });
  const from = value(text, 'envelope-from');
  if (from?.includes('@') === true) doc['email.from.address'] = [from];
  const receiver = value(text, 'receiver');
  if (receiver !== undefined) doc['email.to.address'] = [receiver];
  const identity = value(text, 'identity');
  if (identity !== undefined) doc['postfix.spf.identity'] = identity;
  const result = RESULT.exec(text)?.[1]?.toLowerCase();
  if (result === undefined) return;
  doc['postfix.spf.result'] = result;
  doc['event.action'] = `spf-${result}`;
  if (result === 'pass') doc['event.outcome'] = 'success';
  else if (result !== 'none' && result !== 'neutral') doc['event.outcome'] = 'failure';
}

import type { ParseInput } from '../../kit/source.ts';

/** Whether the kernel speaks of a packet that a rule of netfilter logged. */
export function isPacket({ text }: Pick<ParseInput, 'text'>): boolean {
  const at = text.indexOf('IN=');
  return at >= 0 && text.indexOf('OUT=', at) > 0 && text.indexOf(' SRC=', at) > 0;
}

import { defineSource } from '../../kit/source.ts';
import { readWindowsEvent, signaturesOf, TEXT_SIGNATURES } from '../_shared/read.ts';
import { type EventMapping, writeEvent, writeLogger } from '../_shared/winlog.ts';
import { ACCOUNT_EVENTS } from './accounts.ts';
import { ADFS_EVENTS, ADFS_PROVIDER } from './adfs.ts';
import { LOGON_EVENTS } from './logon.ts';
import { OBJECT_EVENTS } from './objects.ts';
import { RARE_EVENTS } from './rare.ts';
import { SYSTEM_EVENTS } from './system.ts';

/** Every event of the Security log that has a meaning of its own here. */
export const SECURITY_EVENTS: Readonly<Record<number, EventMapping>> = {
  ...RARE_EVENTS,
  ...LOGON_EVENTS,
  ...ACCOUNT_EVENTS,
  ...OBJECT_EVENTS,
  ...SYSTEM_EVENTS,
};

const AUDITING = 'Microsoft-Windows-Security-Auditing';

function belongs(channel: string | undefined, provider: string | undefined): boolean {
  return channel === undefined ? provider === AUDITING : channel === 'Security';
}

/** Who writes the events of the table; other programs may write to the Security log under the same numbers. */
function isWindowsOwn(provider: string | undefined): boolean {
  return provider === undefined || provider === AUDITING || provider === 'Microsoft-Windows-Eventlog';
}

export default defineSource({
  id: 'microsoft.windows-security',
  signatures: [...signaturesOf(belongs), ...TEXT_SIGNATURES],
  parse(input, doc) {
    const event = readWindowsEvent(input);
    if (!event || !belongs(event.channel, event.provider)) return 'rejected';
    const own = isWindowsOwn(event.provider);
    const mapping = own
      ? SECURITY_EVENTS[event.eventId]
      : event.provider === ADFS_PROVIDER
        ? ADFS_EVENTS[event.eventId]
        : undefined;
    writeEvent(event, mapping, doc);
    writeLogger(event, doc);
    return mapping || !own ? 'parsed' : 'partial';
  },
});

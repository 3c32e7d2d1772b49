import { toIso } from '../../kit/dates.ts';
import { defineSource } from '../../kit/source.ts';
import { dataOf, putAccountText, utcTime } from '../_shared/fields.ts';
import { readWindowsEvent, signaturesOf } from '../_shared/read.ts';
import { writeEvent, writeLogger } from '../_shared/winlog.ts';
import { SYSMON_EVENTS } from './events.ts';

const CHANNELS = new Set(['Microsoft-Windows-Sysmon/Operational', 'Linux-Sysmon/Operational']);
const PROVIDERS = new Set(['Microsoft-Windows-Sysmon', 'Linux-Sysmon']);

/** How an event of Sysmon for Linux begins. */
const LINUX = /<Event><System><Provider Name=["']Linux-Sysmon["']/;

function belongs(channel: string | undefined, provider: string | undefined): boolean {
  return (
    (channel !== undefined && CHANNELS.has(channel)) || (provider !== undefined && PROVIDERS.has(provider))
  );
}

export default defineSource({
  id: 'microsoft.windows-sysmon',
  signatures: [
    ...signaturesOf(belongs),
    // Sysmon for Linux writes its events without the namespace that Windows gives them.
    {
      kind: 'text',
      literals: ['<Event>', 'Linux-Sysmon'],
      test: ({ text }) => LINUX.test(text.slice(0, 300)),
    },
  ],
  parse(input, doc) {
    const event = readWindowsEvent(input);
    if (!event || !belongs(event.channel, event.provider)) return 'rejected';
    const mapping = SYSMON_EVENTS[event.eventId];
    writeEvent(event, mapping, doc);
    if (!mapping) putAccountText(doc, 'user', dataOf(event, 'User'));
    // Sysmon's own time is when it happened, in UTC on every machine; the log's is when it was written down.
    const happened = utcTime(dataOf(event, 'UtcTime'));
    if (happened !== undefined) {
      if (event.time !== undefined && event.time !== happened) doc['winlog.time_created'] = toIso(event.time);
      doc['@timestamp'] = toIso(happened);
    }
    const rule = dataOf(event, 'RuleName');
    if (rule !== undefined) doc['rule.name'] = rule;
    writeLogger(event, doc);
    return mapping ? 'parsed' : 'partial';
  },
});

import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

/** What systemd says of its units, at the start of a message. */
const WORDS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^Start(?:ed|ing) /, { category: ['process'], type: ['start'], action: 'unit-start' }],
  [/^Stopp(?:ed|ing) /, { category: ['process'], type: ['end'], action: 'unit-stop' }],
  [/^Finished /, { category: ['process'], type: ['end'], action: 'unit-finish', outcome: 'success' }],
  [/^Failed to start /, { category: ['process'], type: ['error'], action: 'unit-start', outcome: 'failure' }],
  [/^Reload(?:ed|ing)\b/, { category: ['configuration'], type: ['change'], action: 'reload' }],
  [
    /^Created slice |^Reached target |^Listening on |^Mounted |^Set up /,
    { ...WHAT.hostInfo, action: 'unit-active' },
  ],
  [/^Removed slice |^Closed |^Unmounted |^Deactivated /, { ...WHAT.hostInfo, action: 'unit-inactive' }],
  [
    /^(\S{1,255}): (?:Deactivated|Succeeded|Consumed|Scheduled|Main process exited|Failed with result|Unit entered|Sent signal|State )/,
    { ...WHAT.hostInfo, action: 'unit-state' },
  ],
];
const UNIT =
  /\b([A-Za-z0-9_.@:\\-]{1,255}\.(?:service|socket|timer|mount|target|slice|scope|path|device|swap))\b/;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const found = WORDS.find(([words]) => words.test(text));
  categorise(doc, found?.[1] ?? WHAT.hostInfo);
  const unit = UNIT.exec(text.slice(0, 2_000))?.[1];
  if (unit !== undefined) {
    doc['linux.systemd.unit'] = unit;
    if (unit.endsWith('.service')) doc['service.name'] = unit.slice(0, -8);
  }
  if (/Failed with result|status=[1-9]/.test(text)) doc['event.outcome'] = 'failure';
  doc['process.name'] = input.syslog?.app ?? 'systemd';
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['message'] = text;
  return found === undefined ? 'partial' : 'parsed';
}

/** systemd: units that start, stop and fail. */
export default defineSource({
  id: 'linux.systemd',
  signatures: [
    // Sessions that PAM opens for systemd's own user manager are PAM's.
    { kind: 'app', names: ['systemd'], test: ({ text }) => !text.startsWith('pam_') },
  ],
  parse,
});

import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from './categorise.ts';
import { baseName } from './file.ts';
import { type Message, messageTable } from './message-table.ts';
import { defineSource, type ParseInput, type ParseOutcome, type SourceDefinition } from './source.ts';
import { toLong } from './types.ts';

/** A daemon that writes sentences to syslog. */
export interface ProgramSource {
  readonly id: string;
  /** Its syslog tags, without case. */
  readonly programs: readonly string[];
  readonly messages: readonly Message[];
  /** Whether a line under one of these tags is not this program's: tags are shared. */
  readonly foreign?: (input: ParseInput) => boolean;
  /** What a message is that no pattern fits; default: the state of the host. */
  readonly otherwise?: Categorisation;
  /** Takes a part off the front that every message has (a client, a level) and may write it; the text that is left. */
  readonly before?: (doc: EcsFields, text: string, input: ParseInput) => string;
  /** Reads messages whose parts come in several orders, which no pattern fits; true where it has read one. */
  readonly special?: (doc: EcsFields, text: string) => boolean;
  /** Adds what follows from the fields, after a message was read. */
  readonly after?: (doc: EcsFields, text: string) => void;
}

/**
 * Defines the source of a daemon that is known by its syslog tag and whose messages are sentences: process, message,
 * and by `messages` the meaning of each. A message that no pattern fits is `partial`.
 */
export function programSource(program: ProgramSource): SourceDefinition {
  const { id, programs, messages, foreign, otherwise = WHAT.hostInfo, before, special, after } = program;
  const table = messageTable(`${id}.`, messages);
  const names = new Set(programs.map((name) => name.toLowerCase()));
  return defineSource({
    id,
    signatures: [
      {
        kind: 'app',
        names: programs,
        ...(foreign === undefined ? {} : { test: (input: ParseInput) => !foreign(input) }),
      },
    ],
    parse(input: ParseInput, doc: EcsFields): ParseOutcome {
      const app = input.syslog?.app;
      if (app === undefined || !names.has(programOf(app)) || foreign?.(input) === true) return 'rejected';
      doc['process.name'] = baseName(app);
      const pid = toLong(input.syslog?.procid);
      if (pid !== undefined) doc['process.pid'] = pid;
      const text = input.text.trim();
      if (text !== '') doc['message'] = text;
      const rest = before === undefined ? text : before(doc, text, input);
      const known = special?.(doc, rest) === true || table.read(doc, rest);
      if (!known) categorise(doc, otherwise);
      after?.(doc, rest);
      return known ? 'parsed' : 'partial';
    },
  });
}

/** `/usr/sbin/Proftpd(main)` → `proftpd`. */
function programOf(app: string): string {
  const name = baseName(app).toLowerCase();
  const bracket = name.indexOf('(');
  return bracket > 0 ? name.slice(0, bracket) : name;
}

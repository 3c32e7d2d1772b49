import { type EcsFields, flatten } from '@vigie/contracts';
import { type Explanation, explain } from '@vigie/sigma';
import { createReader, REGISTRY } from '@vigie/sources';
import { type Command, InvalidArgumentError } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { explanationLines } from '../explanation.ts';
import { type FileLog, readLogs } from '../input.ts';
import { paint, printJson, safe } from '../output.ts';
import {
  parseRuleTexts,
  readRulePaths,
  shippedTaxonomy,
  warnOfErrors,
  withPipelines,
} from '../rule-files.ts';

/** Events explained in one go. */
const MAX_EVENTS = 100;

/** `vigie rules explain` */
export function explainCommand(rules: Command): void {
  rules
    .command('explain <rule>')
    .description('says why a rule matches an event or not, down to each value; needs no server')
    .requiredOption(
      '--event <file>',
      'the event: a raw log, a JSON record (Windows too), an EVTX file or an ECS document; - is standard input',
    )
    .option('--source <id>', 'technology to read it as; ecs for ECS documents', 'auto')
    .option('--record <n>', 'only the nth event of the file', positive)
    .option('--pipeline <file...>', 'processing pipelines to apply to the rule first')
    .action(
      async (
        path: string,
        flags: { event: string; source: string; record?: number; pipeline?: string[] },
        command: Command,
      ) => {
        const parsed = withPipelines(parseRuleTexts(readRulePaths([path])), flags.pipeline ?? []);
        warnOfErrors(parsed.errors);
        if (parsed.rules.length === 0)
          throw new CliError(`${path} holds no detection rule that can be read`, EXIT.failed);
        const taxonomy = shippedTaxonomy();
        const json = command.optsWithGlobals<GlobalOptions>().json === true;
        const all: { event: number; source: string; explanation: Explanation }[] = [];
        for await (const { number, fields, source } of readEvents(flags.event, flags))
          for (const rule of parsed.rules) {
            const explanation = explain(rule, fields, taxonomy);
            all.push({ event: number, source, explanation });
            if (!json) print(number, source, explanation);
          }
        if (all.length === 0) throw new CliError(`${flags.event}: no event there`, EXIT.failed);
        if (json) printJson(all.map(({ explanation, ...rest }) => ({ ...rest, ...explanation })));
      },
    );
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a number from 1');
  return number;
}

function print(number: number, source: string, explanation: Explanation): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const verdict = explanation.matches ? paint('matches', 'green') : paint('does not match', 'red');
  out(`${paint(safe(explanation.rule), 'bold')} ${verdict} event ${number} (${source})`);
  for (const line of explanationLines(explanation)) out(`  ${line}`);
}

async function* readEvents(
  file: string,
  flags: { readonly source: string; readonly record?: number },
): AsyncGenerator<{ number: number; fields: EcsFields; source: string }> {
  const known = new Set(REGISTRY.map(({ definition }) => definition.id));
  if (flags.source !== 'auto' && flags.source !== 'ecs' && !known.has(flags.source))
    throw new CliError(`unknown technology "${flags.source}"; see vigie technologies`, EXIT.usage);
  const reader = createReader({ registry: REGISTRY });
  const warn = (problem: string) => process.stderr.write(`${paint('vigie:', 'yellow')} ${problem}\n`);
  let number = 0;
  let given = 0;
  for await (const log of await oneDocument(file, warn)) {
    number++;
    if (flags.record !== undefined && number !== flags.record) continue;
    if (++given > MAX_EVENTS) {
      warn(`only the first ${MAX_EVENTS} events are explained; choose one with --record`);
      return;
    }
    const json = log.json ?? objectOf(log.text);
    const asDocument = flags.source === 'ecs' || (flags.source === 'auto' && json && isDocument(json));
    if (asDocument) {
      if (!json) throw new CliError(`${file}: event ${number} is no JSON object`, EXIT.failed);
      yield { number, fields: flatten(json), source: 'ecs' };
    } else {
      const result = reader.read(
        { text: log.text, receivedAt: Date.now(), ...(log.json ? { json: log.json } : {}) },
        flags.source === 'auto' ? {} : { sourceType: flags.source },
      );
      const plain = (result.outcome === 'unrecognised' || result.outcome === 'general') && json !== undefined;
      yield {
        number,
        fields: plain ? flatten(json) : result.fields,
        source: plain ? 'ecs' : (result.sourceType ?? result.outcome),
      };
    }
    if (number === flags.record) return;
  }
}

/** The logs of a file; a JSON document written over several lines is one. */
async function oneDocument(file: string, warn: (problem: string) => void): Promise<AsyncIterable<FileLog>> {
  const logs: FileLog[] = [];
  const iterator = readLogs(file, warn)[Symbol.asyncIterator]();
  // An indented document begins with a line that is no more than its bracket.
  const first = await iterator.next();
  if (first.done === true) return from(logs, iterator);
  logs.push(first.value);
  if (!/^\s*\{\s*$/.test(first.value.text)) return from(logs, iterator);
  let text = first.value.text;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    logs.push(next.value);
    text += `\n${next.value.text}`;
    if (text.length > 16 * 1024 * 1024) return from(logs, iterator);
  }
  const json = objectOf(text);
  return from(json ? [{ text: JSON.stringify(json), json, position: 0 }] : logs, iterator);
}

async function* from(logs: readonly FileLog[], rest: AsyncIterator<FileLog>): AsyncGenerator<FileLog> {
  yield* logs;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function objectOf(text: string): { [key: string]: unknown } | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { [key: string]: unknown }) : undefined;
  } catch {
    // A log that only begins like JSON: the sources decide what it is.
    return undefined;
  }
}

/** Whether an object is one of our own documents, not what a shipper wrapped a log in. */
function isDocument(json: { [key: string]: unknown }): boolean {
  const fields = flatten(json);
  return (
    fields['ecs.version'] !== undefined &&
    fields['event.dataset'] !== undefined &&
    fields['agent.type'] === undefined
  );
}

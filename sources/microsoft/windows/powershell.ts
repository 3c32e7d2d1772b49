import type { EcsFields } from '@vigie/contracts';
import { put, toLong } from '../../kit/types.ts';
import { dataOf, putAccountText, putCommandLine, putFile } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** A context block is at most this long; PowerShell cuts its texts far below. */
const MAX_CONTEXT = 65536;

/**
 * The `Name=value` or `Name = value` lines that PowerShell puts into one text; names as written, in any
 * language.
 */
function contextOf(text: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of (text ?? '').slice(0, MAX_CONTEXT).split('\n')) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const name = line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    if (name !== '' && value !== '' && !found.has(name)) found.set(name, value);
  }
  return found;
}

/** 4103: a pipeline ran; its context names host application, user and script. */
function moduleLogging(event: WindowsEvent, doc: EcsFields): void {
  const context = contextOf(dataOf(event, 'ContextInfo'));
  putHost(
    doc,
    context.get('Host Application') ?? context.get('Host-Anwendung') ?? context.get('Application hôte'),
  );
  putAccountText(doc, 'user', context.get('User') ?? context.get('Benutzer') ?? context.get('Utilisateur'));
  putFile(
    doc,
    'file',
    context.get('Script Name') ?? context.get('Skriptname') ?? context.get('Nom du script'),
  );
  put(doc, 'powershell.command.name', context.get('Command Name'));
  put(doc, 'powershell.command.type', context.get('Command Type'));
  put(doc, 'powershell.engine.version', context.get('Engine Version'));
  put(doc, 'powershell.sequence', toLong(context.get('Sequence Number')));
}

/** The host application is the command line of the program that runs the engine. */
function putHost(doc: EcsFields, commandLine: string | undefined): void {
  if (commandLine === undefined) return;
  putCommandLine(doc, 'process', commandLine);
  const args = doc['process.args'];
  const program = Array.isArray(args) ? String(args[0]) : undefined;
  if (program === undefined || !/\.exe$/i.test(program)) return;
  doc['process.name'] = program.slice(program.lastIndexOf('\\') + 1);
  if (program.includes(':\\')) doc['process.executable'] = program;
}

/** 4104: the text of a script block, perhaps one part of several. */
function scriptBlock(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'powershell.file.script_block_id', dataOf(event, 'ScriptBlockId'));
  put(doc, 'powershell.file.script_block_text', dataOf(event, 'ScriptBlockText'));
  put(doc, 'powershell.sequence', toLong(dataOf(event, 'MessageNumber')));
  put(doc, 'powershell.total', toLong(dataOf(event, 'MessageTotal')));
  putFile(doc, 'file', dataOf(event, 'Path'));
}

/** 4105, 4106: a script block starts or ends. */
function scriptBlockRun(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'powershell.file.script_block_id', dataOf(event, 'ScriptBlockId'));
  put(doc, 'powershell.runspace_id', dataOf(event, 'RunspaceId'));
}

/** 400, 403, 500, 501, 600, 800: the classic log holds its fields in the last of its unnamed texts. */
function classic(event: WindowsEvent, doc: EcsFields): void {
  const block = [event.data['param2'], event.data['param3']].find((text) =>
    text?.includes('HostApplication='),
  );
  const context = contextOf(block);
  putHost(doc, context.get('HostApplication'));
  putAccountText(doc, 'user', context.get('UserId'));
  putFile(doc, 'file', context.get('ScriptName'));
  put(doc, 'powershell.engine.version', context.get('EngineVersion'));
  put(doc, 'powershell.pipeline_id', context.get('PipelineId'));
  put(doc, 'powershell.runspace_id', context.get('RunspaceId'));
  put(doc, 'powershell.process.executable_version', context.get('HostVersion'));
  put(doc, 'powershell.command.name', context.get('CommandName'));
  put(doc, 'powershell.command.path', context.get('CommandPath'));
  put(doc, 'powershell.command.type', context.get('CommandType'));
  put(doc, 'powershell.command.value', context.get('CommandLine'));
  put(doc, 'powershell.provider.name', context.get('ProviderName'));
  put(doc, 'powershell.engine.new_state', context.get('NewEngineState'));
  put(doc, 'powershell.engine.previous_state', context.get('PreviousEngineState'));
  put(doc, 'powershell.sequence', toLong(context.get('SequenceNumber')));
}

const process = ['process'] as const;

/** Events of `Microsoft-Windows-PowerShell` and `PowerShellCore`. */
export const POWERSHELL_EVENTS: Readonly<Record<number, EventMapping>> = {
  4100: { category: process, type: ['error'], action: 'powershell-engine-error', map: moduleLogging },
  4103: { category: process, type: ['info'], action: 'powershell-pipeline-executed', map: moduleLogging },
  4104: { category: process, type: ['info'], action: 'powershell-script-block', map: scriptBlock },
  4105: {
    category: process,
    type: ['start'],
    action: 'powershell-script-block-started',
    map: scriptBlockRun,
  },
  4106: { category: process, type: ['end'], action: 'powershell-script-block-ended', map: scriptBlockRun },
  40961: { category: process, type: ['start'], action: 'powershell-console-starting' },
  40962: { category: process, type: ['start'], action: 'powershell-console-started' },
  53504: { category: process, type: ['start'], action: 'powershell-named-pipe-listening' },
};

/** Events of the classic log `Windows PowerShell`. */
export const CLASSIC_POWERSHELL_EVENTS: Readonly<Record<number, EventMapping>> = {
  400: { category: process, type: ['start'], action: 'powershell-engine-started', map: classic },
  403: { category: process, type: ['end'], action: 'powershell-engine-stopped', map: classic },
  500: { category: process, type: ['start'], action: 'powershell-command-started', map: classic },
  501: { category: process, type: ['end'], action: 'powershell-command-stopped', map: classic },
  600: { category: process, type: ['info'], action: 'powershell-provider-started', map: classic },
  800: { category: process, type: ['info'], action: 'powershell-pipeline-executed', map: classic },
};

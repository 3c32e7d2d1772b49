import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram, GROUPS } from './main.ts';

const namesOf = (program: Command) => program.commands.map((command) => command.name());

describe('the command line', () => {
  test.each(GROUPS.map((group) => [group.names.join(', '), group] as const))(
    'finds %s in their file',
    async (_names, { names, load }) => {
      const program = new Command();
      (await load())(program);
      expect(namesOf(program)).toEqual(names);
    },
  );

  test('loads only what is called, wherever the options stand', async () => {
    expect(namesOf(await buildProgram(['status']))).toContain('status');
    expect(namesOf(await buildProgram(['--json', '--data', 'rules', 'incident', 'list']))).toEqual([
      'incident',
    ]);
    expect(namesOf(await buildProgram(['source', 'list', '--url', 'http://192.0.2.1']))).toEqual(['source']);
  });

  test('shows all commands to who asks for help or mistypes one', async () => {
    const all = GROUPS.flatMap(({ names }) => names);
    for (const args of [[], ['--help'], ['help', 'rules'], ['incidnet'], ['--unknown']])
      expect(namesOf(await buildProgram(args))).toEqual(all);
  });
});

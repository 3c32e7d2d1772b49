import type { EcsFields } from '@vigie/contracts';
import { expect, it } from 'vitest';
import { WHAT } from './categorise.ts';
import { messageTable } from './message-table.ts';

const TABLE = messageTable('acme.door.', [
  [
    "refused '{user@account}' from {source@endpoint}:{source.port@port}",
    { ...WHAT.login, outcome: 'failure' },
  ],
  ["refused '{user@account}'{}", { ...WHAT.login, outcome: 'failure' }, { 'event.reason': 'no address' }],
  ['{acme.door.number@long} doors open', WHAT.hostInfo],
]);

function read(text: string): EcsFields | undefined {
  const doc: EcsFields = {};
  return TABLE.read(doc, text) ? doc : undefined;
}

it('reads by the first message that fits', () => {
  expect(read("refused 'ACME\\ines' from 192.0.2.1:50022")).toEqual({
    'user.name': 'ines',
    'user.domain': 'ACME',
    'source.address': '192.0.2.1',
    'source.ip': '192.0.2.1',
    'source.port': 50022,
    'event.category': ['authentication'],
    'event.type': ['start'],
    'event.outcome': 'failure',
  });
  expect(read("refused 'ines' at the door")).toMatchObject({
    'user.name': 'ines',
    'event.reason': 'no address',
  });
  expect(read('3 doors open')).toMatchObject({ 'acme.door.number': 3 });
});

it('leaves the document alone where nothing fits', () => {
  expect(read('refused')).toBeUndefined();
  expect(read('')).toBeUndefined();
});

it('keeps a value that is not of its field', () => {
  expect(read("refused 'ines' from 192.0.2.1:x")).toMatchObject({ 'acme.door.source.port': 'x' });
});

it('refuses one field by two kinds', () => {
  expect(() =>
    messageTable('a.', [
      ['a {user}', WHAT.login],
      ['b {user@account}', WHAT.login],
    ]),
  ).toThrow(/user/);
});

import type { Contact, RotaView } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import { type Known, peopleFor } from './telling-people.ts';

/** A Tuesday, 12:00 in Paris. */
const NOW = Date.parse('2026-12-01T11:00:00Z');
const OFFICE = { from: 8, to: 18, days: [1, 2, 3, 4, 5] };

function contact(name: string, functions: Contact['functions'], change: Partial<Contact> = {}): Contact {
  return {
    name,
    email: `${name}@example.org`,
    minLevel: 'critical',
    kinds: [],
    functions,
    languages: [],
    hours: 'always',
    ...change,
  };
}

function known(contacts: Contact[], change: Partial<Known> = {}): Known {
  return {
    tenant: { id: 'acme', language: 'fr', timeZone: 'Europe/Paris', contacts },
    colleagues: [],
    rotas: [],
    now: NOW,
    ...change,
  };
}

const names = (people: ReturnType<typeof peopleFor>) => people.map(({ name, meant }) => `${name} ${meant}`);

describe('whom a step means', () => {
  test('those of its function, then the others of the tenant; whoever is within their hours first', () => {
    const contacts = [
      contact('boss', ['client-management']),
      contact('night', ['client-it'], { hours: { ...OFFICE, from: 20, to: 23 } }),
      contact('day', ['client-it', 'client-dpo'], { hours: OFFICE, languages: ['nl'] }),
    ];
    const people = peopleFor({ whom: ['client-it'], roles: [] }, known(contacts));
    expect(names(people)).toEqual(['day direct', 'night direct', 'boss other']);
    expect(people[0]).toMatchObject({ language: 'nl', reachable: true, reachableAt: NOW });
    expect(people[1]).toMatchObject({
      language: 'fr',
      reachable: false,
      reachableAt: Date.parse('2026-12-01T19:00:00Z'),
    });
  });

  test('whoever stands in, of the likeliest function that anybody has', () => {
    const dpo = contact('dpo', ['client-dpo']);
    const liaison = contact('liaison', ['regulator-liaison']);
    const boss = contact('boss', ['client-management']);
    const authority = { whom: ['authority-data-protection'], roles: [] } as const;
    expect(names(peopleFor(authority, known([boss, liaison, dpo])))).toEqual([
      'dpo through',
      'boss other',
      'liaison other',
    ]);
    expect(names(peopleFor(authority, known([boss, liaison])))[0]).toBe('liaison through');
    const desk = contact('desk', ['authority-data-protection']);
    const people = peopleFor(authority, known([dpo, desk]));
    expect(names(people)).toEqual(['desk direct', 'dpo other']);
    expect(people.map(({ side }) => side)).toEqual(['outside', 'client']);
  });

  test('several at once, each address once, in the way that is the nearest', () => {
    const both = contact('both', ['client-dpo', 'on-call']);
    const people = peopleFor(
      { whom: ['client-it', 'client-dpo'], roles: [] },
      known([both, { ...both, name: 'again', email: 'BOTH@example.org', functions: [] }]),
    );
    expect(names(people)).toEqual(['both direct']);
  });

  test('the provider’s people by role, who is on call first, and only where a role is meant', () => {
    const member = { name: 'Duty', email: 'duty@soc.example', phone: '+33 1', language: 'de' } as const;
    const rota = (tenants: string[] | null, level = 1) =>
      ({ setup: { level, tenants }, now: { member } }) as unknown as RotaView;
    const colleagues: Known['colleagues'] = [
      { name: 'Ana', email: 'ana@soc.example', role: 'analyst', language: 'en' },
      { name: 'Max', email: 'max@soc.example', role: 'soc-manager', language: 'it' },
      { name: 'Duty', email: 'duty@soc.example', role: 'soc-manager', language: 'de' },
    ];
    const alarm = { whom: ['shift-lead'], roles: [] } as const;
    const people = peopleFor(alarm, known([], { colleagues, rotas: [rota(null)] }));
    expect(people.map(({ name, onCall, phone, language }) => [name, onCall, phone, language])).toEqual([
      ['Duty', true, '+33 1', 'de'],
      ['Max', false, null, 'it'],
    ]);
    // Of another tenant's rota, or of a further level, nobody is called.
    expect(peopleFor(alarm, known([], { rotas: [rota(['globex']), rota(null, 2)] }))).toEqual([]);
    expect(
      peopleFor({ whom: ['client-it'], roles: [] }, known([], { colleagues, rotas: [rota(null)] })),
    ).toEqual([]);
    expect(names(peopleFor({ whom: [], roles: ['analyst'] }, known([], { colleagues })))).toEqual([
      'Ana direct',
    ]);
  });
});

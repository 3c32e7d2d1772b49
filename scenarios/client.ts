import type { AssetPatch, Contact, Contract, Site, TenantProfile } from '@vigie/contracts/api';

/** The invented organisation of the demo: whom it has, where it is, what it was promised. */

const day = [{ from: '07:00', to: '19:00' }];
const minutes = (notify: number, acknowledge: number, contain: number, resolve: number) => ({
  notify: notify * 60,
  acknowledge: acknowledge * 60,
  contain: contain * 60,
  resolve: resolve * 60,
});

const CONTRACT: Contract = {
  name: 'Watch by day and night',
  levels: {
    critical: { ...minutes(30, 15, 4 * 60, 24 * 60), hours: 'always' },
    high: { ...minutes(60, 30, 8 * 60, 48 * 60), hours: 'always' },
    medium: { ...minutes(4 * 60, 2 * 60, 24 * 60, 5 * 24 * 60), hours: 'business' },
    low: { ...minutes(24 * 60, 12 * 60, 5 * 24 * 60, 10 * 24 * 60), hours: 'business' },
  },
  warnAt: [0.5, 0.8],
};

export const CLIENT_PROFILE: TenantProfile = {
  businessHours: [day, day, day, day, day, [], []],
  holidays: { country: 'FR', region: null, extra: [], worked: [] },
  contract: CONTRACT,
};

export const CLIENT_CONTACTS: readonly Contact[] = [
  {
    name: 'Odile Brenner',
    email: 'odile.brenner@larkspur.example',
    phone: '+33 1 99 00 11 20',
    minLevel: 'medium',
    kinds: ['incident', 'operations'],
    functions: ['client-it', 'on-call'],
    languages: [],
    order: 1,
    hours: { from: 7, to: 19, days: [1, 2, 3, 4, 5] },
  },
  {
    name: 'Night dispatch',
    email: 'dispatch@larkspur.example',
    phone: '+33 1 99 00 11 99',
    minLevel: 'high',
    kinds: ['incident'],
    functions: ['client-management'],
    languages: [],
    order: 2,
    hours: 'always',
  },
];

export const CLIENT_SITES: readonly Site[] = [
  {
    id: 'hq',
    name: 'Head office',
    address: '4 quai des Tilleuls, Lyon',
    timeZone: null,
    businessHours: null,
    watchedSince: '2026-01-12',
    members: [{ kind: 'source', name: 'fortigate' }],
  },
  {
    id: 'dc',
    name: 'Data centre',
    address: '',
    timeZone: null,
    businessHours: null,
    watchedSince: '2026-01-12',
    members: [{ kind: 'source', name: 'paloalto' }],
  },
  {
    id: 'depot',
    name: 'Porto depot',
    address: 'Rua do Cais 18, Porto',
    timeZone: 'Europe/Lisbon',
    businessHours: null,
    watchedSince: '2026-06-01',
    members: [{ kind: 'source', name: 'stormshield' }],
  },
];

/** What the client has told of its machines and people. */
export const CLIENT_ASSETS: readonly ({
  readonly kind: 'host' | 'user';
  readonly name: string;
} & AssetPatch)[] = [
  {
    kind: 'host',
    name: 'srv-04.example.com',
    type: 'server',
    criticality: 'critical',
    owner: 'Dispatch office',
    site: 'Data centre',
    note: 'Plans every lorry’s tour. Without it nothing leaves the yard: call the dispatch office before it is isolated.',
    handling: ['call-first'],
    phone: '+33 1 99 00 11 99',
    tags: ['dispatch'],
  },
  {
    kind: 'host',
    name: 'pc-17.example.com',
    type: 'workstation',
    criticality: 'normal',
    owner: 'Nora Vidal',
    site: 'Head office',
  },
  {
    kind: 'host',
    name: 'web01',
    type: 'server',
    criticality: 'high',
    owner: 'Web team',
    site: 'Data centre',
    note: 'Customers follow their parcels here.',
  },
  {
    kind: 'user',
    name: 'svc-backup',
    type: 'service',
    criticality: 'high',
    note: 'Runs the nightly backup from 01:00 to 03:00, and has no reason to sign in at any other time.',
  },
];

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TenantProfile } from '@vigie/contracts/api';
import type { ClientBook } from '../../api/index.ts';
import { mayBeOnCall } from '../../api/reach.ts';
import { ClockKeeper, readRegimes } from '../../clocks/index.ts';
import { ClientStore } from '../../storage/state/client-store.ts';
import { ClockReader } from '../../storage/state/clock-reader.ts';
import { PostgresClockStore } from '../../storage/state/clock-store.ts';
import { PostgresIncidents } from '../../storage/state/incident-store.ts';
import { RegimeStore } from '../../storage/state/regime-store.ts';
import { RotaStore } from '../../storage/state/rota-store.ts';
import type { Branding } from '../branding.ts';
import { CallLinks } from '../call-links.ts';
import { Clocks } from '../clocks.ts';
import { Regimes } from '../regimes.ts';
import { Rotas } from '../rotas.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';

/** Puts together what keeps the clocks, and what people see of them; nothing is told before it is started. */
export function createClocks(
  base: Base,
  { db, directory, vault, accounts }: Storage,
  { rules, assets }: Reading,
  { renderer, mailer }: Telling,
  branding: Branding,
) {
  const { config, installation, log } = base.options;
  const { now } = base;
  const own = join(config.data, 'regimes');
  const regimes = readRegimes([
    join(installation, 'server', 'clocks', 'regimes'),
    ...(existsSync(own) ? [own] : []),
  ]);
  const store = new PostgresClockStore(db, now);
  const clients = new ClientStore(db);
  const links = new CallLinks(vault, now);
  const tenant = (id: string) => {
    const row = directory.tenant(id);
    return row === undefined
      ? undefined
      : { name: row.name, timeZone: row.time_zone, contacts: row.contacts };
  };
  const keeper = new ClockKeeper({
    store,
    timeZone: (id) => tenant(id)?.timeZone,
    fallback: () => {
      const { email } = config.provider;
      return email === undefined
        ? undefined
        : { name: branding.provider.name, email, phone: null, language: 'en' };
    },
    mayHear: async (id, person) => mayBeOnCall(await accounts.users(), person, [id]),
    write: ({ call, person, incident, clock, reason, share, step }) => {
      const [regime, stepId] = clock.kind.split(':');
      const label = regimes.list.find(({ id }) => id === regime)?.steps.find(({ id }) => id === stepId)?.name[
        person.language
      ];
      const { name, timeZone } = tenant(incident.tenant) ?? { name: incident.tenant, timeZone: 'UTC' };
      return renderer.render('clock', person.language, {
        tenant: name,
        timeZone,
        link: `${base.publicUrl()}/incidents/${incident.id}`,
        acknowledge: `${base.publicUrl()}/api/calls/${links.issue(call, person)}`,
        reason,
        clock: clock.kind,
        ...(label === undefined ? {} : { label }),
        basis: clock.basis,
        share,
        number: incident.id,
        level: incident.level,
        title: incident.title,
        dueAt: clock.dueAt,
        owner: incident.owner,
        mind: assets.minded(incident.tenant, incident.entities),
        step,
      });
    },
    wakeMailer: () => mailer?.wake(),
    changed: (id, incident) => base.publish({ type: 'incident', id: incident, tenant: id }),
    now,
    log,
  });
  const clientBook: ClientBook = {
    profile: async (scope, id) => (await clients.profile(scope, id)) ?? TenantProfile.parse({}),
    saveProfile: async (scope, id, profile) => {
      await clients.saveProfile(scope, id, profile);
      await store.touch(id);
    },
    sites: (scope, id) => clients.sites(scope, id),
    saveSites: async (scope, id, sites) => {
      await clients.saveSites(scope, id, sites);
      await store.touch(id);
    },
  };
  return {
    services: {
      clients: clientBook,
      branding,
      clocks: new Clocks({
        reader: new ClockReader(db),
        store,
        clients,
        links,
        tenant,
        now,
      }),
      rotas: new Rotas(new RotaStore(db), now),
      regimes: new Regimes({
        regimes,
        store: new RegimeStore(db),
        clocks: store,
        incidents: new PostgresIncidents(db, now),
        rules,
        tenant,
        now,
      }),
    },
    /** What a person should look at. */
    warnings: async () => {
      const { problem } = keeper;
      const failing =
        problem === undefined
          ? []
          : [
              {
                code: 'VIGIE_CLOCKS_STOPPED',
                message: `clocks can’t be kept: ${problem.message}`,
                since: problem.since,
              },
            ];
      const promised = [...(await clients.profiles('all'))].filter(([, { contract }]) => contract !== null);
      const rotas = await store.rotas();
      const unheard = promised
        .map(([id]) => id)
        .filter((id) => directory.tenant(id)?.demo === false)
        .filter((id) => !rotas.some(({ setup }) => setup.tenants === null || setup.tenants.includes(id)));
      if (unheard.length === 0 || config.provider.email !== undefined) return failing;
      return [
        ...failing,
        {
          code: 'VIGIE_CLOCKS_NOBODY',
          message: `nobody is told when a promise runs out: no rota watches ${unheard.join(', ')}, and provider.email is not set`,
          since: base.startedAt,
        },
      ];
    },
    start: async (): Promise<void> => {
      await keeper.start();
      base.onStop(() => keeper.stop());
    },
  };
}

/** The clocks and who keeps them. */
export type ClockPart = ReturnType<typeof createClocks>;

import { permissionsOf } from '@vigie/contracts/api';
import type { AccountStore, AssetComments, AssetSpokenOf, Identity } from '../../api/index.ts';
import { sideOf } from '../../api/side.ts';
import { readersOf } from './people.ts';
import type { Teller } from './telling.ts';

/** Who works on an incident hears of what is said about its machines and people. */
export class AssetNews implements AssetComments {
  readonly #teller: Teller;
  readonly #accounts: Pick<AccountStore, 'users'>;

  constructor(teller: Teller, accounts: Pick<AccountStore, 'users'>) {
    this.#teller = teller;
    this.#accounts = accounts;
  }

  /** Each person hears of it once, with the newest incident that it concerns. */
  async commented(by: Identity, { tenant, asset, name, incidents }: AssetSpokenOf, text: string) {
    const readers = (await readersOf(this.#accounts, tenant)).filter(({ role }) =>
      permissionsOf(role).has('incidents.handle'),
    );
    const told = new Set<string>([by.id]);
    for (const { id, owner } of incidents) {
      const owners = readers.filter((reader) => reader.id === owner);
      // What a client says about something in an incident that nobody has is for whoever takes it.
      const hears = owners.length === 0 && sideOf(by) === 'client' ? readers : owners;
      const fresh = hears.filter((reader) => !told.has(reader.id)).map((reader) => reader.id);
      for (const person of fresh) told.add(person);
      await this.#teller.notify(fresh, {
        tenant,
        incident: id,
        kind: 'asset-comment',
        actor: by.name,
        text: `${name}: ${text}`,
        asset,
      });
      this.#teller.changed(tenant, id);
    }
  }
}

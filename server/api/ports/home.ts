import type { Language, OpenLoad, WaitingForClient } from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** What the pages that people begin on are made of. */
export interface HomeBook {
  /** @param tenants those asked for, within what the caller may see */
  waiting(identity: Identity, tenants: Scope, language: Language): Promise<WaitingForClient>;
  load(tenants: Scope): Promise<OpenLoad>;
}

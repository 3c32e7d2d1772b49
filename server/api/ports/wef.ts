import type { WefMachineView, WefSetup, WefView } from '@vigie/contracts/api';

/** Windows Event Forwarding as people set it up and see it. The tenant has been checked to be the caller's to see. */
export interface WefBook {
  /** @param all whether the caller sees all tenants, and so the authorities of others */
  get(tenant: string, source: string, all: boolean): Promise<WefView | undefined>;
  /** @returns what is wrong with it, as a sentence for the person */
  problem(setup: WefSetup): string | undefined;
  /** @returns false: there is no such source */
  put(tenant: string, source: string, setup: WefSetup): Promise<boolean>;
  /** Back to the default. */
  reset(tenant: string, source: string): Promise<void>;
  /** @returns undefined: there is no such source */
  machines(tenant: string, source: string): Promise<WefMachineView[] | undefined>;
  /** Forgets a machine, with its bookmark. @returns false: there is none */
  forget(tenant: string, source: string, id: string): Promise<boolean>;
}

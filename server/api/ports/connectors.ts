import type {
  ConnectorChange,
  ConnectorSetup,
  ConnectorTest,
  ConnectorType,
  ConnectorView,
} from '@vigie/contracts/api';
import type { Scope } from './access.ts';

/** Why a connector was not set up, as a sentence for the person. */
export interface ConnectorRefusal {
  readonly refused: 'not-found' | 'invalid';
  readonly message: string;
}

/** Connectors as people set them up and see them. The tenant has been checked to be the caller's to see. */
export interface ConnectorBook {
  types(): ConnectorType[];
  list(scope: Scope, tenant?: string): Promise<ConnectorView[]>;
  get(scope: Scope, tenant: string, source: string): Promise<ConnectorView | undefined>;
  put(tenant: string, source: string, setup: ConnectorSetup): Promise<ConnectorView | ConnectorRefusal>;
  change(tenant: string, source: string, change: ConnectorChange): Promise<ConnectorView | undefined>;
  /** One request with these settings, or with the stored ones. */
  test(
    tenant: string,
    source: string,
    setup: ConnectorSetup | undefined,
  ): Promise<ConnectorTest | ConnectorRefusal>;
  remove(tenant: string, source: string): Promise<boolean>;
  /** Encrypts all secrets with a new key. */
  rotateSecrets(): Promise<{ readonly resealed: number; readonly unreadable: readonly string[] }>;
}

import type { Config } from './config-schema.ts';

/** Supervisor → server. */
export type ToServer =
  | {
      readonly type: 'start';
      readonly config: Config;
      readonly installation: string;
      readonly version: string;
      readonly restarts: number;
      readonly demo: boolean;
    }
  | { readonly type: 'stop' };

/** Server → supervisor. */
export type FromServer =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** What a person needs to know once everything runs. */
export interface Ready {
  readonly url: string;
  readonly syslogPort: number;
  /** Present at the very first start only. */
  readonly first?: {
    readonly email: string;
    /** Absent when it was preset by `VIGIE_ADMIN_PASSWORD`. */
    readonly password?: string;
    readonly tenant: string;
    readonly source: string;
    readonly token: string;
  };
  readonly rules: { readonly live: number; readonly rejected: number };
  readonly tookMs: number;
}

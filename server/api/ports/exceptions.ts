import type {
  ExceptionDetail,
  ExceptionDraft,
  ExceptionPage,
  ExceptionPreview,
  ExceptionQuery,
  ExceptionRefusal,
  ExceptionSuggestion,
  ExceptionSuggestRequest,
  NewException,
} from '@vigie/contracts/api';
import type { Identity } from './access.ts';

/** Why something about an exception can't be done, for the person who asked. */
export interface ExceptionProblem {
  /**
   * `stale`: no valid preview; `silences`: it would silence what is known to be true, listed in `refusals`;
   * `ended`: it is not active any more.
   */
  readonly code: 'not_found' | 'invalid' | 'stale' | 'silences' | 'ended' | 'forbidden';
  readonly message: string;
  readonly refusals?: readonly ExceptionRefusal[];
}

/** Exceptions as people make, see and end them. What concerns other tenants is not found. */
export interface ExceptionBook {
  list(identity: Identity, query: ExceptionQuery): Promise<ExceptionPage>;
  get(identity: Identity, id: string): Promise<ExceptionDetail | undefined>;
  preview(
    identity: Identity,
    draft: ExceptionDraft,
    event?: { readonly id: string; readonly at: number },
  ): Promise<ExceptionPreview | ExceptionProblem>;
  add(identity: Identity, exception: NewException): Promise<ExceptionDetail | ExceptionProblem>;
  revoke(identity: Identity, id: string, reason: string): Promise<ExceptionDetail | ExceptionProblem>;
  extend(
    identity: Identity,
    id: string,
    expiresAt: number,
    reason: string,
  ): Promise<ExceptionDetail | ExceptionProblem>;
  /** The tenant has been checked to be the caller's to see. */
  suggest(request: ExceptionSuggestRequest): Promise<ExceptionSuggestion | ExceptionProblem>;
}

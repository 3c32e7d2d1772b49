import type { Identity } from '../../api/index.ts';
import { sideOf } from '../../api/side.ts';
import type { Viewer } from '../../storage/state/side.ts';

/** What an identity is in the eyes of the store. */
export function viewerOf(identity: Identity): Viewer {
  return { scope: identity.scope, side: sideOf(identity) };
}

/** States of a rule's version; `RuleVersionState` of the API in plain code, which a browser loads for nothing. */
export type VersionState = 'draft' | 'test' | 'live' | 'retired';

/**
 * Whether a version may go from one state to another. A draft goes live by way of test; what has been live
 * may be put back at once. `draft` as a target takes a version out of test.
 *
 * @param wasLive the version has been live before
 */
export function mayMove(from: VersionState, to: VersionState, wasLive: boolean): boolean {
  switch (to) {
    case 'test':
      return from === 'draft' || from === 'retired';
    case 'live':
      return from === 'test' || (from === 'retired' && wasLive);
    case 'draft':
      return from === 'test';
    case 'retired':
      return from !== 'retired';
  }
}

/** State of a version that another one takes the place of, or that is taken out of test. */
export function stepDown(from: VersionState, wasLive: boolean): VersionState {
  return from === 'test' && !wasLive ? 'draft' : 'retired';
}

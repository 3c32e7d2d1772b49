/** Why an incident was what it was, by verdict and in the order that people choose from; `other` needs a note. */
export const VERDICT_REASONS = {
  'true-positive': ['attack-succeeded', 'attack-stopped', 'attempt', 'policy-breach', 'other'],
  'benign-true-positive': ['authorised-test', 'administration', 'expected', 'misconfiguration', 'other'],
  'false-positive': ['rule-too-broad', 'wrong-data', 'outdated-indicator', 'missing-context', 'other'],
} as const;
export type VerdictReasonCode = (typeof VERDICT_REASONS)[keyof typeof VERDICT_REASONS][number];

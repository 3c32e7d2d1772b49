/** Words of the client’s own view of an incident, in English. */
export const en = {
  status: {
    new: 'Your security team has been told and will look at it.',
    'in-progress': 'Your security team is working on it.',
    'waiting-for-client': 'We are waiting for something from you.',
    contained: 'What was going on has been stopped; the rest is being put right.',
    closed: 'This incident is closed.',
  },
  verdict: {
    'true-positive': 'It was an attack, or a breach of the rules.',
    'benign-true-positive': 'It happened, and it was allowed. Nothing is wrong.',
    'false-positive': 'It was a false alarm.',
  },
  asked: 'We are waiting for your answer below.',
  technical: 'Technical details',
  technicalHint: 'Times, log lines and rules, for those who want to look closer.',
  handler: (name: string) => `${name} looks after it.`,
};
export type Strings = typeof en;

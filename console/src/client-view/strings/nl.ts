import type { Strings } from './en.ts';

/** Words of the client’s own view of an incident, in Dutch. */
export const nl: Strings = {
  status: {
    new: 'Uw beveiligingsteam is gewaarschuwd en gaat ernaar kijken.',
    'in-progress': 'Uw beveiligingsteam is ermee bezig.',
    'waiting-for-client': 'Wij wachten op iets van u.',
    contained: 'Wat er gaande was is gestopt; de rest wordt hersteld.',
    closed: 'Dit incident is gesloten.',
  },
  verdict: {
    'true-positive': 'Het was een aanval of een overtreding van de regels.',
    'benign-true-positive': 'Het is gebeurd en het mocht. Er is niets mis.',
    'false-positive': 'Het was vals alarm.',
  },
  asked: 'Wij wachten op uw antwoord, hieronder.',
  technical: 'Technische details',
  technicalHint: 'Tijden, logregels en detectieregels, voor wie beter wil kijken.',
  handler: (name) => `${name} behandelt het.`,
};

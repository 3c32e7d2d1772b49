/** Words of the list of a person’s news, in English. */
export const en = {
  title: (unread: number) => (unread === 0 ? 'News for you' : `News for you: ${unread} unread`),
  none: 'Nothing new for you.',
  readAll: 'Mark all as read',
  kinds: {
    mention: (actor: string) => `${actor} mentioned you`,
    'client-comment': (actor: string) => `${actor} (client) wrote`,
    'provider-comment': (actor: string) => `${actor} wrote to you`,
    asked: (actor: string) => `${actor} asks for your answer`,
    answer: (actor: string) => `${actor} answered`,
    approved: (actor: string) => `${actor} approved`,
    refused: (actor: string) => `${actor} refused`,
    overdue: () => 'An answer is overdue',
    infected: (actor: string) => `A file of ${actor} is infected`,
    assigned: (actor: string) => `${actor} gave it to you`,
    'handed-on': (actor: string) => `${actor} took it off your hands`,
    'clock-warning': () => 'Its time is running out',
    'clock-breach': () => 'Its time has run out',
    'asset-comment': (actor: string) => `${actor} wrote about something in your incident`,
  },
};
export type Strings = typeof en;

/** Words of the page behind a mailed link, in English. */
export const en = {
  title: 'Answer',
  loading: 'Opening your link',
  dead: 'This link can’t be used any more',
  deadText:
    'It was used already, has run out, or was withdrawn. If something is still open, call your security team; their number is in the mail.',
  slow: 'Too many tries',
  slowText: 'Please wait a few minutes and open the link again.',
  greeting: (name: string) => `Good day ${name}`,
  intro: (provider: string, tenant: string) => `${provider} asks you about a security incident at ${tenant}.`,
  due: 'Please answer by',
  done: 'Thank you. Your answer has arrived.',
  doneText: 'You can close this page. The link is used up.',
  once: 'Your answer is final: the link works once.',
  unsure: 'Not sure, or not the right person? Call us:',
};
export type Strings = typeof en;

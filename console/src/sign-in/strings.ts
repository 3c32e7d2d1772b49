/** Words of the sign-in and first-password pages. */
export const t = {
  title: 'Sign in',
  motto: 'The watch over your clients’ networks.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  submitting: 'Signing in…',
  firstHint:
    'First time here? The server printed the first administrator and a one-time password when it started.',
  badCredentials: 'E-mail or password is wrong.',
  tooOften: 'Too many attempts. Wait a minute, then try again.',
  changeTitle: 'Choose your own password',
  changeText: (name: string) =>
    `Welcome, ${name}. Somebody else set your password; from now on only you should know it.`,
  current: 'One-time password',
  next: 'New password',
  nextHint: 'At least 12 characters. A sentence is better than symbols.',
  repeat: 'New password again',
  change: 'Set password and continue',
  tooShort: (left: number) => `${left} more character${left === 1 ? '' : 's'} needed.`,
  differ: 'The two passwords differ.',
  wrongCurrent: 'The one-time password is wrong.',
  signOut: 'Sign out',
} as const;

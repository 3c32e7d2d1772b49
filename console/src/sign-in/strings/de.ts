import type { Strings } from './en.ts';

export const de: Strings = {
  title: 'Anmelden',
  motto: 'Die Wache über die Netze Ihrer Kunden.',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  submit: 'Anmelden',
  submitting: 'Anmeldung läuft…',
  next: 'Weiter',
  withPassword: 'Mit Passwort anmelden',
  withChoice: (name) => `Mit ${name} anmelden`,
  withPasskey: 'Mit Passkey anmelden',
  or: 'oder',
  firstHint:
    'Zum ersten Mal hier? Beim Start hat der Server den ersten Administrator und ein Einmalpasswort ausgegeben.',
  badCredentials: 'E-Mail-Adresse oder Passwort ist falsch.',
  tooOften: 'Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann erneut.',
  badPasskey: 'Der Passkey wurde nicht angenommen. Versuchen Sie es erneut oder melden Sie sich anders an.',
  refusals: {
    expired:
      'Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte beginnen Sie neu.',
    refused:
      'Die Anmeldung über Ihre Organisation konnte nicht bestätigt werden. Bitte beginnen Sie neu; geschieht es wieder, sagen Sie es Ihrem Administrator.',
    unreachable:
      'Der Anmeldedienst Ihrer Organisation antwortet gerade nicht. Versuchen Sie es in einigen Minuten erneut.',
    'no-access':
      'Ihre Organisation hat bestätigt, wer Sie sind, aber Sie haben hier keinen Zugang. Wenden Sie sich an Ihren Administrator.',
  },
  factorTitle: 'Bestätigen Sie, dass Sie es sind',
  factorText: 'Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App für Vigie anzeigt.',
  factorPasskeyText: 'Ihr Konto verlangt nach dem Passwort einen Passkey.',
  code: 'Code',
  recoveryText:
    'Geben Sie einen der Wiederherstellungscodes ein, die Sie aufbewahrt haben. Jeder gilt einmal.',
  recoveryCode: 'Wiederherstellungscode',
  useRecovery: 'Wiederherstellungscode verwenden',
  useApp: 'Authenticator-App verwenden',
  usePasskey: 'Passkey verwenden',
  confirm: 'Bestätigen',
  confirming: 'Wird geprüft…',
  badCode: 'Der Code ist falsch oder wurde schon verwendet. Warten Sie auf den nächsten.',
  factorExpired: 'Diese Anmeldung hat zu lange gedauert. Bitte beginnen Sie neu.',
  startAgain: 'Neu beginnen',
  changeTitle: 'Wählen Sie Ihr eigenes Passwort',
  changeText: (name) =>
    `Willkommen, ${name}. Ihr Passwort hat jemand anders gesetzt; ab jetzt sollten nur Sie es kennen.`,
  current: 'Einmalpasswort',
  newPassword: 'Neues Passwort',
  nextHint: 'Mindestens 12 Zeichen. Ein Satz ist besser als Sonderzeichen.',
  repeat: 'Neues Passwort wiederholen',
  change: 'Passwort setzen und weiter',
  tooShort: (left) => `Noch ${left} Zeichen nötig.`,
  differ: 'Die beiden Passwörter sind verschieden.',
  wrongCurrent: 'Das Einmalpasswort ist falsch.',
  signOut: 'Abmelden',
  enrolTitle: 'Zweiten Faktor einrichten',
  enrolText: (name) =>
    `${name}, Ihre Organisation verlangt einen zweiten Faktor. Sie richten ihn einmal ein und kommen dann zur Konsole.`,
};

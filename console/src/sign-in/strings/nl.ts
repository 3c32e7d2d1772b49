import type { Strings } from './en.ts';

export const nl: Strings = {
  title: 'Aanmelden',
  motto: 'De wacht over de netwerken van uw klanten.',
  email: 'E-mailadres',
  password: 'Wachtwoord',
  submit: 'Aanmelden',
  submitting: 'Bezig met aanmelden…',
  next: 'Verder',
  withPassword: 'Een wachtwoord gebruiken',
  withChoice: (name) => `Aanmelden met ${name}`,
  withPasskey: 'Aanmelden met een passkey',
  or: 'of',
  firstHint:
    'Voor het eerst hier? Bij het starten heeft de server de eerste beheerder en een eenmalig wachtwoord getoond.',
  badCredentials: 'Het e-mailadres of het wachtwoord klopt niet.',
  tooOften: 'Te veel pogingen. Wacht een minuut en probeer het opnieuw.',
  badPasskey: 'De passkey is niet aanvaard. Probeer het opnieuw of meld u op een andere manier aan.',
  refusals: {
    expired: 'Deze aanmelding duurde te lang of is in een andere browser begonnen. Begin opnieuw.',
    refused:
      'De aanmelding van uw organisatie kon niet worden bevestigd. Begin opnieuw; gebeurt het nog eens, meld het dan aan uw beheerder.',
    unreachable:
      'De aanmelddienst van uw organisatie antwoordt niet. Probeer het over enkele minuten opnieuw.',
    'no-access':
      'Uw organisatie heeft bevestigd wie u bent, maar u hebt hier geen toegang. Vraag het aan uw beheerder.',
  },
  factorTitle: 'Bevestig dat u het bent',
  factorText: 'Vul de zes cijfers in die uw authenticator-app voor Vigie toont.',
  factorPasskeyText: 'Uw account vraagt na het wachtwoord om een passkey.',
  code: 'Code',
  recoveryText: 'Vul een van de herstelcodes in die u hebt bewaard. Elke code werkt één keer.',
  recoveryCode: 'Herstelcode',
  useRecovery: 'Een herstelcode gebruiken',
  useApp: 'De authenticator-app gebruiken',
  usePasskey: 'Een passkey gebruiken',
  confirm: 'Bevestigen',
  confirming: 'Bezig met controleren…',
  badCode: 'De code klopt niet of is al gebruikt. Wacht op de volgende.',
  factorExpired: 'Deze aanmelding duurde te lang. Begin opnieuw.',
  startAgain: 'Opnieuw beginnen',
  changeTitle: 'Kies uw eigen wachtwoord',
  changeText: (name) =>
    `Welkom, ${name}. Iemand anders heeft uw wachtwoord ingesteld; vanaf nu hoort alleen u het te kennen.`,
  current: 'Eenmalig wachtwoord',
  newPassword: 'Nieuw wachtwoord',
  nextHint: 'Minstens 12 tekens. Een zin is beter dan symbolen.',
  repeat: 'Nieuw wachtwoord nogmaals',
  change: 'Wachtwoord instellen en doorgaan',
  tooShort: (left) => `Nog ${left} teken${left === 1 ? '' : 's'} nodig.`,
  differ: 'De twee wachtwoorden verschillen.',
  wrongCurrent: 'Het eenmalige wachtwoord klopt niet.',
  signOut: 'Afmelden',
  enrolTitle: 'Stel een tweede factor in',
  enrolText: (name) =>
    `${name}, uw organisatie vraagt om een tweede factor. U stelt die één keer in en gaat dan door naar de console.`,
};

import type { Strings } from './en.ts';

export const nl: Strings = {
  title: 'Beveiliging',
  yourOrganisation: 'uw organisatie',
  elsewhere: (name) =>
    `U meldt zich aan via ${name}. Uw wachtwoord, uw tweede factor en uw passkeys worden daar beheerd.`,
  required:
    'Uw organisatie vraagt om een tweede factor. Stel de authenticator-app in of voeg een passkey toe.',
  requiredAgain:
    'Uw organisatie vraagt om een tweede factor: bij de volgende aanmelding moet u er een instellen.',
  password: 'Wachtwoord',
  currentPassword: 'Huidig wachtwoord',
  newPassword: 'Nieuw wachtwoord',
  repeatPassword: 'Nieuw wachtwoord nogmaals',
  passwordHint: 'Minstens 12 tekens. Bij een wijziging eindigen uw andere sessies.',
  differ: 'De twee wachtwoorden verschillen.',
  changePassword: 'Wachtwoord wijzigen',
  passwordChanged: 'Wachtwoord gewijzigd. Uw andere sessies zijn beëindigd.',
  yourPassword: 'Uw wachtwoord',
  whyPassword: 'Nogmaals gevraagd, zodat een onbeheerd scherm niet volstaat.',
  wrongPassword: 'Het wachtwoord klopt niet.',
  tooOften: 'Te veel pogingen. Wacht een minuut en probeer het opnieuw.',
  app: 'Authenticator-app',
  appOff: 'Niet ingesteld. Met de app opent een gestolen wachtwoord alleen niets.',
  appOn: 'Ingesteld',
  setUpApp: 'Authenticator-app instellen',
  removeApp: 'Authenticator-app verwijderen',
  removeAppText: 'Uw wachtwoord alleen opent dan uw account. Ook de herstelcodes worden verwijderd.',
  scan: 'Scan deze code met uw authenticator-app en vul daarna de zes cijfers in die de app toont.',
  qrLabel: 'QR-code voor de authenticator-app',
  byHand: 'Kunt u niet scannen, vul dan deze sleutel in de app in. Hij wordt alleen nu getoond.',
  firstCode: 'Code uit de app',
  confirmCode: 'Bevestigen',
  wrongCode: 'De code klopt niet. Controleer de klok van uw telefoon en wacht op de volgende code.',
  passkeyInstead: 'In plaats daarvan een passkey gebruiken',
  firstPasskey: 'Mijn passkey',
  recoveryTitle: 'Herstelcodes',
  recoveryShown:
    'Bewaar deze tien codes waar u ze ook zonder telefoon terugvindt. Elke code vervangt de app één keer. Ze worden alleen nu getoond.',
  copyCodes: 'Alles kopiëren',
  codesKept: 'Ik heb de codes veilig opgeborgen.',
  done: 'Klaar',
  newCodes: 'Nieuwe herstelcodes maken',
  newCodesText: 'Er worden tien nieuwe codes gemaakt. De codes die u nu hebt, werken meteen niet meer.',
  codesLeft: (left) =>
    left === 0
      ? 'Er is geen code meer over. Maak nieuwe, zodat u zonder telefoon niet buitengesloten raakt.'
      : left === 1
        ? 'Er is nog één code ongebruikt.'
        : `Er zijn nog ${left} codes ongebruikt.`,
  passkeys: 'Passkeys',
  passkeysText:
    'Meld u aan zonder wachtwoord, met vingerafdruk, gezicht of pincode van dit apparaat of van een beveiligingssleutel.',
  passkeysNever:
    'Passkeys kunnen hier niet worden gebruikt: deze installatie moet via https en met een naam bereikbaar zijn. Uw beheerder stelt het adres in.',
  passkeysElsewhere: (origin) =>
    `Passkeys horen bij ${origin}. Open de console op dat adres om er een toe te voegen.`,
  addPasskey: 'Passkey toevoegen',
  passkeyName: 'Naam',
  passkeyNameHint: 'Waaraan u het apparaat herkent: ‘Laptop van het werk’, ‘Blauwe beveiligingssleutel’.',
  passkeyCancelled: 'De browser heeft geen passkey gemaakt of getoond: geannuleerd, of het duurde te lang.',
  passkeyKnown: 'Op dit apparaat of deze sleutel staat al een passkey van u.',
  synced: 'op meerdere apparaten',
  neverUsed: 'nog niet gebruikt',
  lastUsed: 'laatst gebruikt',
  rename: 'Hernoemen',
  remove: 'Verwijderen',
  removePasskey: 'Passkey verwijderen',
  removePasskeyText: (name) =>
    `Met ‘${name}’ kunt u zich niet meer aanmelden. Verwijder hem ook op het apparaat.`,
  save: 'Opslaan',
};

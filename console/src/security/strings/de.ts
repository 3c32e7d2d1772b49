import type { Strings } from './en.ts';

export const de: Strings = {
  title: 'Sicherheit',
  yourOrganisation: 'Ihre Organisation',
  elsewhere: (name) =>
    `Sie melden sich über ${name} an. Passwort, zweiter Faktor und Passkeys werden dort verwaltet.`,
  required:
    'Ihre Organisation verlangt einen zweiten Faktor. Richten Sie die Authenticator-App ein oder fügen Sie einen Passkey hinzu.',
  requiredAgain:
    'Ihre Organisation verlangt einen zweiten Faktor: Bei der nächsten Anmeldung müssen Sie einen einrichten.',
  password: 'Passwort',
  currentPassword: 'Bisheriges Passwort',
  newPassword: 'Neues Passwort',
  repeatPassword: 'Neues Passwort wiederholen',
  passwordHint: 'Mindestens 12 Zeichen. Mit der Änderung enden Ihre anderen Sitzungen.',
  differ: 'Die beiden Passwörter sind verschieden.',
  changePassword: 'Passwort ändern',
  passwordChanged: 'Passwort geändert. Ihre anderen Sitzungen sind beendet.',
  yourPassword: 'Ihr Passwort',
  whyPassword: 'Wird noch einmal verlangt, damit ein unbeaufsichtigter Bildschirm nicht genügt.',
  wrongPassword: 'Das Passwort ist falsch.',
  tooOften: 'Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann erneut.',
  app: 'Authenticator-App',
  appOff: 'Nicht eingerichtet. Mit ihr öffnet ein gestohlenes Passwort allein nichts.',
  appOn: 'Eingerichtet',
  setUpApp: 'Authenticator-App einrichten',
  removeApp: 'Authenticator-App entfernen',
  removeAppText:
    'Dann öffnet Ihr Passwort allein Ihr Konto. Auch die Wiederherstellungscodes werden entfernt.',
  scan: 'Scannen Sie diesen Code mit Ihrer Authenticator-App und geben Sie dann die sechs Ziffern ein, die sie anzeigt.',
  qrLabel: 'QR-Code für die Authenticator-App',
  byHand:
    'Wenn Sie nicht scannen können, geben Sie diesen Schlüssel in der App ein. Er wird nur jetzt angezeigt.',
  firstCode: 'Code aus der App',
  confirmCode: 'Bestätigen',
  wrongCode: 'Der Code ist falsch. Prüfen Sie die Uhr Ihres Telefons und warten Sie auf den nächsten Code.',
  passkeyInstead: 'Stattdessen einen Passkey verwenden',
  firstPasskey: 'Mein Passkey',
  recoveryTitle: 'Wiederherstellungscodes',
  recoveryShown:
    'Bewahren Sie diese zehn Codes dort auf, wo Sie sie auch ohne Telefon finden. Jeder ersetzt die App einmal. Sie werden nur jetzt angezeigt.',
  copyCodes: 'Alle kopieren',
  codesKept: 'Ich habe die Codes sicher verwahrt.',
  done: 'Fertig',
  newCodes: 'Neue Wiederherstellungscodes',
  newCodesText: 'Es werden zehn neue Codes erstellt. Die bisherigen gelten ab sofort nicht mehr.',
  codesLeft: (left) =>
    left === 0
      ? 'Es ist kein Code mehr übrig. Erstellen Sie neue, damit Sie ohne Telefon nicht ausgesperrt sind.'
      : left === 1
        ? 'Ein Code ist noch unbenutzt.'
        : `${left} Codes sind noch unbenutzt.`,
  passkeys: 'Passkeys',
  passkeysText:
    'Anmelden ohne Passwort, mit Fingerabdruck, Gesicht oder PIN dieses Geräts oder eines Sicherheitsschlüssels.',
  passkeysNever:
    'Passkeys sind hier nicht möglich: Diese Installation muss über https und unter einem Namen erreichbar sein. Die Adresse legt Ihr Betreiber fest.',
  passkeysElsewhere: (origin) =>
    `Passkeys gehören zu ${origin}. Öffnen Sie die Konsole dort, um einen hinzuzufügen.`,
  addPasskey: 'Passkey hinzufügen',
  passkeyName: 'Name',
  passkeyNameHint: 'Woran Sie das Gerät erkennen: „Laptop im Büro“, „Blauer Sicherheitsschlüssel“.',
  passkeyCancelled:
    'Der Browser hat keinen Passkey erstellt oder gezeigt: abgebrochen, oder es hat zu lange gedauert.',
  passkeyKnown: 'Auf diesem Gerät oder Schlüssel ist schon ein Passkey von Ihnen.',
  synced: 'auf mehreren Geräten',
  neverUsed: 'noch nicht verwendet',
  lastUsed: 'zuletzt verwendet',
  rename: 'Umbenennen',
  remove: 'Entfernen',
  removePasskey: 'Passkey entfernen',
  removePasskeyText: (name) =>
    `Mit „${name}“ können Sie sich dann nicht mehr anmelden. Löschen Sie ihn auch auf dem Gerät.`,
  save: 'Speichern',
};

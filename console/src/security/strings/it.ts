import type { Strings } from './en.ts';

export const it: Strings = {
  title: 'Sicurezza',
  yourOrganisation: 'la tua organizzazione',
  elsewhere: (name) => `Accedi tramite ${name}. Password, secondo fattore e passkey sono gestiti lì.`,
  required:
    'La tua organizzazione richiede un secondo fattore. Configura l’app di autenticazione o aggiungi una passkey.',
  requiredAgain:
    'La tua organizzazione richiede un secondo fattore: al prossimo accesso dovrai configurarne uno.',
  password: 'Password',
  currentPassword: 'Password attuale',
  newPassword: 'Nuova password',
  repeatPassword: 'Ripeti la nuova password',
  passwordHint: 'Almeno 12 caratteri. Quando cambia, le altre sessioni terminano.',
  differ: 'Le due password sono diverse.',
  changePassword: 'Cambia password',
  passwordChanged: 'Password cambiata. Le altre sessioni sono terminate.',
  yourPassword: 'La tua password',
  whyPassword: 'Richiesta di nuovo, perché uno schermo incustodito non basti.',
  wrongPassword: 'La password non è corretta.',
  tooOften: 'Troppi tentativi. Attendi un minuto e riprova.',
  app: 'App di autenticazione',
  appOff: 'Non configurata. Con l’app, una password rubata da sola non apre nulla.',
  appOn: 'Configurata',
  setUpApp: 'Configura l’app',
  removeApp: 'Rimuovi l’app',
  removeAppText: 'Per aprire il tuo account basterà la password. Vengono rimossi anche i codici di recupero.',
  scan: 'Inquadra questo codice con l’app di autenticazione, poi inserisci le sei cifre che mostra.',
  qrLabel: 'Codice QR per l’app di autenticazione',
  byHand: 'Se non puoi inquadrarlo, inserisci questa chiave nell’app. Viene mostrata solo adesso.',
  firstCode: 'Codice dell’app',
  confirmCode: 'Conferma',
  wrongCode: 'Il codice è errato. Controlla l’ora del telefono e attendi il codice successivo.',
  passkeyInstead: 'Usa invece una passkey',
  firstPasskey: 'La mia passkey',
  recoveryTitle: 'Codici di recupero',
  recoveryShown:
    'Conserva questi dieci codici dove li troveresti anche senza telefono. Ognuno sostituisce l’app una volta sola. Vengono mostrati solo adesso.',
  copyCodes: 'Copia tutti',
  codesKept: 'Ho messo i codici al sicuro.',
  done: 'Fatto',
  newCodes: 'Crea nuovi codici di recupero',
  newCodesText: 'Vengono creati dieci nuovi codici. Quelli attuali smettono subito di funzionare.',
  codesLeft: (left) =>
    left === 0
      ? 'Non rimane alcun codice. Creane di nuovi, per non restare fuori senza telefono.'
      : left === 1
        ? 'Rimane un codice non usato.'
        : `Rimangono ${left} codici non usati.`,
  passkeys: 'Passkey',
  passkeysText:
    'Accedi senza password, con l’impronta, il volto o il PIN di questo dispositivo o di una chiave di sicurezza.',
  passkeysNever:
    'Qui le passkey non si possono usare: l’installazione deve essere raggiungibile in https e tramite un nome. L’indirizzo lo imposta il gestore.',
  passkeysElsewhere: (origin) =>
    `Le passkey appartengono a ${origin}. Apri la console a quell’indirizzo per aggiungerne una.`,
  addPasskey: 'Aggiungi una passkey',
  passkeyName: 'Nome',
  passkeyNameHint: 'Per riconoscere il dispositivo: «Portatile dell’ufficio», «Chiave di sicurezza blu».',
  passkeyCancelled: 'Il browser non ha creato o mostrato una passkey: operazione annullata o troppo lunga.',
  passkeyKnown: 'Questo dispositivo o questa chiave ha già una tua passkey.',
  synced: 'su più dispositivi',
  neverUsed: 'mai usata',
  lastUsed: 'ultimo uso',
  rename: 'Rinomina',
  remove: 'Rimuovi',
  removePasskey: 'Rimuovi la passkey',
  removePasskeyText: (name) => `«${name}» non ti farà più accedere. Eliminala anche dal dispositivo.`,
  save: 'Salva',
};

import type { Strings } from './en.ts';

export const fr: Strings = {
  title: 'Sécurité',
  yourOrganisation: 'votre organisation',
  elsewhere: (name) =>
    `Vous vous connectez par ${name}. Votre mot de passe, votre second facteur et vos clés d’accès y sont gérés.`,
  required:
    'Votre organisation exige un second facteur. Configurez l’application d’authentification ou ajoutez une clé d’accès.',
  requiredAgain:
    'Votre organisation exige un second facteur : à votre prochaine connexion, vous devrez en configurer un.',
  password: 'Mot de passe',
  currentPassword: 'Mot de passe actuel',
  newPassword: 'Nouveau mot de passe',
  repeatPassword: 'Nouveau mot de passe, encore une fois',
  passwordHint: 'Au moins 12 caractères. Le changement met fin à vos autres sessions.',
  differ: 'Les deux mots de passe sont différents.',
  changePassword: 'Changer le mot de passe',
  passwordChanged: 'Mot de passe changé. Vos autres sessions sont terminées.',
  yourPassword: 'Votre mot de passe',
  whyPassword: 'Redemandé pour qu’un écran laissé sans surveillance ne suffise pas.',
  wrongPassword: 'Le mot de passe est incorrect.',
  tooOften: 'Trop de tentatives. Attendez une minute, puis réessayez.',
  app: 'Application d’authentification',
  appOff: 'Non configurée. Avec elle, un mot de passe volé ne suffit plus.',
  appOn: 'Configurée',
  setUpApp: 'Configurer l’application',
  removeApp: 'Retirer l’application',
  removeAppText:
    'Votre mot de passe suffira alors à ouvrir votre compte. Les codes de secours sont retirés aussi.',
  scan: 'Scannez ce code avec votre application d’authentification, puis saisissez les six chiffres affichés.',
  qrLabel: 'Code QR pour l’application d’authentification',
  byHand:
    'Si vous ne pouvez pas le scanner, saisissez cette clé dans l’application. Elle n’est affichée que maintenant.',
  firstCode: 'Code de l’application',
  confirmCode: 'Confirmer',
  wrongCode: 'Le code est incorrect. Vérifiez l’heure de votre téléphone et attendez le code suivant.',
  passkeyInstead: 'Utiliser plutôt une clé d’accès',
  firstPasskey: 'Ma clé d’accès',
  recoveryTitle: 'Codes de secours',
  recoveryShown:
    'Gardez ces dix codes là où vous les retrouverez sans votre téléphone. Chacun remplace l’application une seule fois. Ils ne sont affichés que maintenant.',
  copyCodes: 'Tout copier',
  codesKept: 'J’ai mis les codes en lieu sûr.',
  done: 'Terminé',
  newCodes: 'Créer de nouveaux codes de secours',
  newCodesText: 'Dix nouveaux codes sont créés. Ceux que vous avez cessent aussitôt de fonctionner.',
  codesLeft: (left) =>
    left === 0
      ? 'Il ne reste aucun code. Créez-en de nouveaux pour ne pas être bloqué sans votre téléphone.'
      : left === 1
        ? 'Il reste un code non utilisé.'
        : `Il reste ${left} codes non utilisés.`,
  passkeys: 'Clés d’accès',
  passkeysText:
    'Connectez-vous sans mot de passe, avec l’empreinte, le visage ou le code PIN de cet appareil ou d’une clé de sécurité.',
  passkeysNever:
    'Les clés d’accès ne sont pas utilisables ici : l’installation doit être accessible en https et par un nom. Votre exploitant définit l’adresse.',
  passkeysElsewhere: (origin) =>
    `Les clés d’accès appartiennent à ${origin}. Ouvrez la console à cette adresse pour en ajouter une.`,
  addPasskey: 'Ajouter une clé d’accès',
  passkeyName: 'Nom',
  passkeyNameHint: 'Pour reconnaître l’appareil : « Portable du bureau », « Clé de sécurité bleue ».',
  passkeyCancelled:
    'Le navigateur n’a pas créé ni présenté de clé d’accès : opération annulée ou trop longue.',
  passkeyKnown: 'Cet appareil ou cette clé contient déjà l’une de vos clés d’accès.',
  synced: 'sur plusieurs appareils',
  neverUsed: 'pas encore utilisée',
  lastUsed: 'dernière utilisation',
  rename: 'Renommer',
  remove: 'Retirer',
  removePasskey: 'Retirer la clé d’accès',
  removePasskeyText: (name) =>
    `« ${name} » ne permettra plus de vous connecter. Supprimez-la aussi sur l’appareil.`,
  save: 'Enregistrer',
};

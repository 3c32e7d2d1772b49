import type { Strings } from './en.ts';

export const fr: Strings = {
  title: 'Connexion',
  motto: 'La veille sur les réseaux de vos clients.',
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  submit: 'Se connecter',
  submitting: 'Connexion…',
  next: 'Continuer',
  withPassword: 'Utiliser un mot de passe',
  withChoice: (name) => `Se connecter avec ${name}`,
  withPasskey: 'Se connecter avec une clé d’accès',
  or: 'ou',
  firstHint:
    'Première visite ? Au démarrage, le serveur a affiché le premier administrateur et un mot de passe à usage unique.',
  badCredentials: 'L’adresse e-mail ou le mot de passe est incorrect.',
  tooOften: 'Trop de tentatives. Attendez une minute, puis réessayez.',
  badPasskey: 'La clé d’accès n’a pas été acceptée. Réessayez ou connectez-vous autrement.',
  refusals: {
    expired:
      'Cette connexion a pris trop de temps, ou a été commencée dans un autre navigateur. Recommencez.',
    refused:
      'La connexion de votre organisation n’a pas pu être confirmée. Recommencez ; si cela se reproduit, prévenez votre administrateur.',
    unreachable:
      'Le service de connexion de votre organisation ne répond pas. Réessayez dans quelques minutes.',
    'no-access':
      'Votre organisation a confirmé votre identité, mais vous n’avez pas d’accès ici. Adressez-vous à votre administrateur.',
  },
  factorTitle: 'Confirmez que c’est bien vous',
  factorText: 'Saisissez les six chiffres que votre application d’authentification affiche pour Vigie.',
  factorPasskeyText: 'Votre compte demande une clé d’accès après le mot de passe.',
  code: 'Code',
  recoveryText: 'Saisissez l’un des codes de secours que vous avez conservés. Chacun ne sert qu’une fois.',
  recoveryCode: 'Code de secours',
  useRecovery: 'Utiliser un code de secours',
  useApp: 'Utiliser l’application d’authentification',
  usePasskey: 'Utiliser une clé d’accès',
  confirm: 'Confirmer',
  confirming: 'Vérification…',
  badCode: 'Le code est incorrect ou a déjà servi. Attendez le suivant.',
  factorExpired: 'Cette connexion a pris trop de temps. Recommencez.',
  startAgain: 'Recommencer',
  changeTitle: 'Choisissez votre mot de passe',
  changeText: (name) =>
    `Bienvenue, ${name}. Quelqu’un d’autre a défini votre mot de passe ; désormais, vous seul devez le connaître.`,
  current: 'Mot de passe à usage unique',
  newPassword: 'Nouveau mot de passe',
  nextHint: 'Au moins 12 caractères. Une phrase vaut mieux que des symboles.',
  repeat: 'Nouveau mot de passe, encore une fois',
  change: 'Enregistrer et continuer',
  tooShort: (left) => `Encore ${left} caractère${left === 1 ? '' : 's'}.`,
  differ: 'Les deux mots de passe sont différents.',
  wrongCurrent: 'Le mot de passe à usage unique est incorrect.',
  signOut: 'Se déconnecter',
  enrolTitle: 'Configurer un second facteur',
  enrolText: (name) =>
    `${name}, votre organisation exige un second facteur. Vous le configurez une seule fois, puis vous accédez à la console.`,
};

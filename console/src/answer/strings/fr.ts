import type { Strings } from './en.ts';

/** Words of the page behind a mailed link, in French. */
export const fr: Strings = {
  title: 'Réponse',
  loading: 'Ouverture de votre lien',
  dead: 'Ce lien n’est plus utilisable',
  deadText:
    'Il a déjà servi, a expiré ou a été retiré. Si quelque chose reste en suspens, appelez votre équipe de sécurité ; son numéro figure dans le courriel.',
  slow: 'Trop d’essais',
  slowText: 'Patientez quelques minutes, puis rouvrez le lien.',
  greeting: (name) => `Bonjour ${name}`,
  intro: (provider, tenant) =>
    `${provider} vous interroge au sujet d’un incident de sécurité chez ${tenant}.`,
  due: 'Réponse attendue avant le',
  done: 'Merci. Votre réponse nous est parvenue.',
  doneText: 'Vous pouvez fermer cette page. Le lien ne servira plus.',
  once: 'Votre réponse est définitive : le lien ne sert qu’une fois.',
  unsure: 'Un doute, ou vous n’êtes pas la bonne personne ? Appelez-nous :',
};

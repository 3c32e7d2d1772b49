import type { Strings } from './en.ts';

export const fr: Strings = {
  title: 'Rôles et droits',
  text: 'Ce qu’une personne peut faire dépend de son rôle ; chez qui, de ses clients. Une clé a une partie des droits de son titulaire.',
  permission: 'Droit',
  show: 'Afficher',
  every: 'Tous les rôles',
  yes: 'oui',
  no: 'non',
  provider: 'Côté prestataire',
  client: 'Côté client : toujours pour des clients désignés',
  back: 'Utilisateurs et clés',
  roles: {
    'provider-administrator': 'Exploite la plateforme : tout, y compris personnes, clients et réglages.',
    'detection-engineer':
      'Écrit ce qui est détecté et comment les journaux sont lus ; traite les incidents comme un analyste.',
    'soc-manager':
      'Répond des délais : niveaux de service, astreintes, procédures ; traite les incidents comme un analyste.',
    analyst: 'Traite les incidents, mène des recherches, crée des exceptions, interroge le client.',
    'client-administrator': 'Gère la part du client : personnes, sources, contacts et actifs.',
    'client-responder': 'Agit chez le client : répond, approuve, exécute les étapes qui lui reviennent.',
    'client-reader': 'Lit ce qui concerne le client et ne change rien.',
    auditor: 'Lit tout, y compris le registre de ce que chacun a fait, et ne change rien.',
  },
  permissions: {
    'incidents.read': 'Voit les incidents, leurs alertes et ce qui a été fait.',
    'incidents.handle':
      'Prend en charge les incidents, fixe état et verdict, regroupe et sépare les alertes, exécute les étapes du prestataire.',
    'incidents.respond':
      'Exécute les étapes du client, répond aux questions, approuve ou conteste un verdict.',
    'comments.write': 'Commente incidents et actifs, et joint des fichiers.',
    'comments.internal':
      'Lit les commentaires et fichiers réservés au prestataire ; en écrit s’il peut commenter.',
    'questions.ask': 'Pose des questions au client et propose des décisions.',
    'decisions.approve': 'Approuve ou refuse ce qui est proposé.',
    'duties.decide': 'Ouvre et clôt les délais légaux, et rédige les rapports exigés.',
    'campaigns.write': 'Relie des incidents de plusieurs clients à une même campagne.',
    'views.share': 'Partage des vues enregistrées de la file.',
    'events.read': 'Cherche dans les événements et lit les journaux tels que reçus.',
    'exports.make': 'Exporte incidents, listes et événements sous forme de fichiers.',
    'mails.read': 'Lit les e-mails envoyés.',
    'mails.send': 'Envoie les e-mails des procédures, et renvoie ce qui n’a pas pu être remis.',
    'rules.read': 'Voit règles, exceptions, couverture et qualité de la détection.',
    'rules.test': 'Vérifie les règles, les confronte à des événements et les rejoue sur le passé.',
    'rules.switch': 'Active et désactive des règles.',
    'rules.write': 'Écrit, importe, déploie et retire des règles, et réentraîne le classement.',
    'exceptions.write': 'Crée, prolonge et révoque des exceptions.',
    'procedures.read': 'Voit les procédures et leur avancement.',
    'procedures.write': 'Rédige les procédures du prestataire.',
    'sources.read': 'Voit les sources, leur santé et leur mode de collecte.',
    'sources.operate':
      'Acquitte les alertes de surveillance des sources, planifie la maintenance, importe des journaux.',
    'sources.manage': 'Ajoute, modifie et supprime sources et connecteurs, et renouvelle leurs secrets.',
    'mappings.write': 'Prépare des correspondances et les essaie sur des journaux.',
    'mappings.publish': 'Met des correspondances en service et les en retire.',
    'assets.read': 'Voit les machines et les personnes du client.',
    'assets.write':
      'Consigne ce que l’on sait des machines et des personnes : responsable, criticité, précautions.',
    'people.erase': 'Efface ou pseudonymise ce qui est conservé sur une personne.',
    'tenants.read': 'Voit les réglages du client : contacts, horaires, niveaux de service.',
    'tenants.settings': 'Modifie contacts, sites, horaires et langue d’un client.',
    'telling.allow':
      'Permet que des étapes de procédures envoient d’elles-mêmes des messages chez un client, et le retire.',
    'tenants.manage': 'Ajoute et supprime des clients ; modifie nom, conservation, image de marque.',
    'clocks.manage': 'Fixe niveaux de service, astreintes, et qui est prévenu quand le temps presse.',
    'webhooks.manage': 'Abonne d’autres programmes à ce qui se passe.',
    'access.read': 'Voit qui a accès, avec quel rôle, et depuis où chacun est connecté.',
    'access.manage':
      'Ajoute, modifie et supprime personnes, comptes de service, clés et sessions, dans la limite de ses propres droits.',
    'keys.own': 'Crée des clés d’API à son propre nom.',
    'signin.manage': 'Configure l’authentification unique et la façon de prouver son identité.',
    'audit.read': 'Lit le registre de ce que personnes et automatismes ont fait.',
    'status.read': 'Voit si la plateforme va bien.',
    'platform.manage': 'Modifie l’installation elle-même : secrets, messagerie, client de démonstration.',
  },
};

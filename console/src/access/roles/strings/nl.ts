import type { Strings } from './en.ts';

export const nl: Strings = {
  title: 'Rollen en rechten',
  text: 'Wat iemand mag, volgt uit de rol; bij wie, uit de klanten. Een sleutel heeft een deel van de rechten van zijn houder.',
  permission: 'Recht',
  show: 'Tonen',
  every: 'Alle rollen',
  yes: 'ja',
  no: 'nee',
  provider: 'Van de dienstverlener',
  client: 'Van een klant: altijd voor aangewezen klanten',
  back: 'Gebruikers en sleutels',
  roles: {
    'provider-administrator': 'Beheert het platform: alles, ook mensen, klanten en instellingen.',
    'detection-engineer':
      'Schrijft wat gedetecteerd wordt en hoe logs gelezen worden; behandelt incidenten zoals een analist.',
    'soc-manager':
      'Staat in voor de tijden: serviceniveaus, wachtdiensten, procedures; behandelt incidenten zoals een analist.',
    analyst: 'Behandelt incidenten, zoekt, maakt uitzonderingen, stelt de klant vragen.',
    'client-administrator': 'Beheert het deel van de klant: mensen, bronnen, contacten en assets.',
    'client-responder': 'Handelt bij de klant: antwoordt, keurt goed, doet de stappen van de klant.',
    'client-reader': 'Leest wat de klant aangaat en wijzigt niets.',
    auditor: 'Leest alles, ook het register van wat mensen deden, en wijzigt niets.',
  },
  permissions: {
    'incidents.read': 'Ziet incidenten, hun meldingen en wat eraan gedaan is.',
    'incidents.handle':
      'Neemt incidenten op, zet status en oordeel, voegt meldingen samen en splitst ze, doet de stappen van de dienstverlener.',
    'incidents.respond':
      'Doet de stappen van de klant, beantwoordt vragen, is het eens of oneens met een oordeel.',
    'comments.write': 'Geeft commentaar bij incidenten en assets en voegt bestanden toe.',
    'comments.internal':
      'Leest commentaar en bestanden die alleen voor de dienstverlener zijn; schrijft ze als commentaar is toegestaan.',
    'questions.ask': 'Stelt de klant vragen en stelt besluiten voor.',
    'decisions.approve': 'Keurt goed of af wat voorgesteld wordt.',
    'duties.decide': 'Start en sluit wettelijke termijnen en schrijft de vereiste verslagen.',
    'campaigns.write': 'Verbindt incidenten van verschillende klanten tot één campagne.',
    'views.share': 'Deelt opgeslagen weergaven van de wachtrij.',
    'events.read': 'Doorzoekt gebeurtenissen en leest logs zoals ze binnenkwamen.',
    'exports.make': 'Haalt incidenten, lijsten en gebeurtenissen als bestand op.',
    'mails.read': 'Leest de verzonden e-mails.',
    'mails.send': 'Verzendt de e-mails van procedures, en opnieuw wat niet bezorgd kon worden.',
    'rules.read': 'Ziet regels, uitzonderingen, dekking en de kwaliteit van de detectie.',
    'rules.test': 'Controleert regels, houdt ze tegen gebeurtenissen en laat ze over het verleden lopen.',
    'rules.switch': 'Zet regels aan en uit.',
    'rules.write':
      'Schrijft, importeert, activeert en verwijdert regels, en traint de rangschikking opnieuw.',
    'exceptions.write': 'Maakt, verlengt en beëindigt uitzonderingen.',
    'procedures.read': 'Ziet de procedures en hoever ze gevorderd zijn.',
    'procedures.write': 'Schrijft de procedures van de dienstverlener.',
    'sources.read': 'Ziet bronnen, hun toestand en hoe ze opgehaald worden.',
    'sources.operate': 'Bevestigt meldingen over bronnen, plant onderhoud, importeert logbestanden.',
    'sources.manage':
      'Voegt bronnen en connectoren toe, wijzigt en verwijdert ze, en vernieuwt hun geheimen.',
    'mappings.write': 'Stelt mappings op en probeert ze uit op logs.',
    'mappings.publish': 'Neemt mappings in gebruik en haalt ze eruit.',
    'assets.read': 'Ziet machines en mensen van de klant.',
    'assets.write': 'Legt vast wat van machines en mensen bekend is: eigenaar, belang, hoe ermee om te gaan.',
    'people.erase': 'Wist of pseudonimiseert wat over een persoon bewaard wordt.',
    'tenants.read': 'Ziet de instellingen van de klant: contacten, uren, serviceniveaus.',
    'tenants.settings': 'Wijzigt contacten, vestigingen, uren en taal van een klant.',
    'telling.allow':
      'Staat toe dat stappen van procedures bij een klant zelf e-mails versturen, en trekt dat in.',
    'tenants.manage': 'Voegt klanten toe en verwijdert ze; wijzigt naam, bewaartermijn, huisstijl.',
    'clocks.manage': 'Bepaalt serviceniveaus, wachtdiensten en wie het hoort als de tijd dringt.',
    'webhooks.manage': 'Abonneert andere programma’s op wat er gebeurt.',
    'access.read': 'Ziet wie binnen mag, met welke rol, en vanaf waar iemand aangemeld is.',
    'access.manage':
      'Voegt mensen, serviceaccounts, sleutels en sessies toe, wijzigt en verwijdert ze, binnen de eigen rechten.',
    'keys.own': 'Maakt API-sleutels op eigen naam.',
    'signin.manage': 'Stelt single sign-on in en hoe mensen zich moeten bewijzen.',
    'audit.read': 'Leest het register van wat mensen en automaten deden.',
    'status.read': 'Ziet of het platform gezond is.',
    'platform.manage': 'Wijzigt de installatie zelf: geheimen, e-mail, de demoklant.',
  },
};

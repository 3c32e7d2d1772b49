import type { Strings } from './en.ts';

export const de: Strings = {
  title: 'Rollen und Rechte',
  text: 'Was jemand darf, bestimmt die Rolle; bei wem, die Mandanten. Ein Schlüssel hat einen Teil der Rechte seines Inhabers.',
  permission: 'Recht',
  show: 'Anzeigen',
  every: 'Alle Rollen',
  yes: 'ja',
  no: 'nein',
  provider: 'Beim Dienstleister',
  client: 'Beim Kunden: immer für genannte Mandanten',
  back: 'Benutzer und Schlüssel',
  roles: {
    'provider-administrator': 'Betreibt die Plattform: alles, auch Personen, Mandanten und Einstellungen.',
    'detection-engineer':
      'Schreibt, was erkannt und wie Protokolle gelesen werden; bearbeitet Vorfälle wie ein Analyst.',
    'soc-manager':
      'Verantwortet die Fristen: Service-Level, Bereitschaft, Verfahren; bearbeitet Vorfälle wie ein Analyst.',
    analyst: 'Bearbeitet Vorfälle, sucht, legt Ausnahmen an, fragt beim Kunden nach.',
    'client-administrator': 'Verwaltet den Teil des Kunden: Personen, Quellen, Kontakte und Assets.',
    'client-responder': 'Handelt beim Kunden: antwortet, genehmigt, erledigt die Schritte des Kunden.',
    'client-reader': 'Liest, was den Kunden betrifft, und ändert nichts.',
    auditor: 'Liest alles, auch die Aufzeichnung dessen, was getan wurde, und ändert nichts.',
  },
  permissions: {
    'incidents.read': 'Sieht Vorfälle, ihre Alarme und was unternommen wurde.',
    'incidents.handle':
      'Übernimmt Vorfälle, setzt Status und Urteil, fasst Alarme zusammen und trennt sie, erledigt die Schritte des Dienstleisters.',
    'incidents.respond':
      'Erledigt die Schritte des Kunden, beantwortet Fragen, stimmt einem Urteil zu oder widerspricht.',
    'comments.write': 'Kommentiert Vorfälle und Assets und hängt Dateien an.',
    'comments.internal':
      'Liest Kommentare und Dateien, die nur der Dienstleister sieht; schreibt sie, wenn Kommentieren erlaubt ist.',
    'questions.ask': 'Fragt beim Kunden nach und schlägt Entscheidungen vor.',
    'decisions.approve': 'Genehmigt Vorschläge oder lehnt sie ab.',
    'duties.decide': 'Startet und beendet gesetzliche Fristen und schreibt die geforderten Meldungen.',
    'campaigns.write': 'Verknüpft Vorfälle mehrerer Kunden zu einer Kampagne.',
    'views.share': 'Teilt gespeicherte Ansichten der Warteschlange.',
    'events.read': 'Durchsucht Ereignisse und liest Protokolle, wie sie kamen.',
    'exports.make': 'Gibt Vorfälle, Listen und Ereignisse als Dateien aus.',
    'mails.read': 'Liest die versandten E-Mails.',
    'mails.send': 'Sendet die E-Mails von Verfahren, und erneut, was nicht zugestellt werden konnte.',
    'rules.read': 'Sieht Regeln, Ausnahmen, Abdeckung und die Güte der Erkennung.',
    'rules.test': 'Prüft Regeln, hält sie gegen Ereignisse und lässt sie über die Vergangenheit laufen.',
    'rules.switch': 'Schaltet Regeln ein und aus.',
    'rules.write': 'Schreibt, importiert, aktiviert und entfernt Regeln und trainiert die Rangfolge neu.',
    'exceptions.write': 'Legt Ausnahmen an, verlängert und widerruft sie.',
    'procedures.read': 'Sieht die Verfahren und ihren Stand.',
    'procedures.write': 'Schreibt die Verfahren des Dienstleisters.',
    'sources.read': 'Sieht Quellen, ihren Zustand und wie sie abgeholt werden.',
    'sources.operate':
      'Bestätigt Hinweise der Quellenüberwachung, plant Wartungen, importiert Protokolldateien.',
    'sources.manage':
      'Legt Quellen und Konnektoren an, ändert und entfernt sie und erneuert ihre Geheimnisse.',
    'mappings.write': 'Entwirft Zuordnungen und probiert sie an Protokollen aus.',
    'mappings.publish': 'Setzt Zuordnungen in Kraft und außer Kraft.',
    'assets.read': 'Sieht Geräte und Personen des Kunden.',
    'assets.write':
      'Hält fest, was über Geräte und Personen bekannt ist: Verantwortliche, Kritikalität, Umgang.',
    'people.erase': 'Löscht oder pseudonymisiert, was über eine Person gespeichert ist.',
    'tenants.read': 'Sieht die Einstellungen des Mandanten: Kontakte, Zeiten, Service-Level.',
    'tenants.settings': 'Ändert Kontakte, Standorte, Zeiten und Sprache eines Mandanten.',
    'telling.allow':
      'Erlaubt, dass Schritte von Verfahren bei einem Mandanten von selbst E-Mails senden, und nimmt es zurück.',
    'tenants.manage': 'Legt Mandanten an und entfernt sie; ändert Name, Aufbewahrung, Erscheinungsbild.',
    'clocks.manage': 'Legt Service-Level und Bereitschaften fest, und wer es erfährt, wenn die Zeit abläuft.',
    'webhooks.manage': 'Lässt andere Programme erfahren, was geschieht.',
    'access.read': 'Sieht, wer Zugang hat, mit welcher Rolle und von wo angemeldet.',
    'access.manage':
      'Legt Personen, Dienstkonten und Schlüssel an, ändert und entfernt sie und beendet Sitzungen, im Rahmen der eigenen Rechte.',
    'keys.own': 'Erzeugt API-Schlüssel auf den eigenen Namen.',
    'signin.manage': 'Richtet Single Sign-on ein und bestimmt, wie sich Personen ausweisen müssen.',
    'audit.read': 'Liest die Aufzeichnung dessen, was Personen und Automatismen getan haben.',
    'status.read': 'Sieht, ob es der Plattform gut geht.',
    'platform.manage': 'Ändert die Installation selbst: Geheimnisse, E-Mail, den Demo-Mandanten.',
  },
};

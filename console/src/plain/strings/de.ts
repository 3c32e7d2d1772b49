import type { Strings } from './en.ts';

export const de: Strings = {
  sections: { systems: 'Ihre Systeme', closer: 'Näher hinsehen', organisation: 'Ihre Organisation' },
  waiting: 'Wartet auf Sie',
  pages: {
    '/': { name: 'Überblick', about: '' },
    '/incidents': { name: 'Vorfälle', about: 'Was wir bei Ihnen gefunden haben, und wie es darum steht.' },
    '/clocks': {
      name: 'Reaktionszeiten',
      about: 'Wie schnell wir zu handeln versprochen haben, und wie viel Zeit noch bleibt.',
    },
    '/outbox': {
      name: 'E-Mails an Sie',
      about: 'Was wir Ihnen geschrieben haben, und ob es angekommen ist.',
    },
    '/sources': {
      name: 'Was wir überwachen',
      about: 'Die Systeme, die uns ihre Protokolle senden. Was schweigt, kann nicht überwacht werden.',
    },
    '/assets': {
      name: 'Geräte und Personen',
      about:
        'Was wir von Ihren Geräten und Konten wissen: was davon abhängt, und was man mit ihnen nicht tun darf.',
    },
    '/coverage': {
      name: 'Was wir erkennen',
      about: 'Die Arten von Angriffen, die wir mit Ihren Protokollen bemerken würden.',
    },
    '/exceptions': {
      name: 'Vereinbarte Ausnahmen',
      about: 'Was bei Ihnen normal ist und keinen Alarm auslöst, mit Grund und Ende.',
    },
    '/events': {
      name: 'Suche in Protokollen',
      about: 'Alles, was Ihre Systeme gesendet haben, für alle, die näher hinsehen möchten.',
    },
    '/procedures': {
      name: 'Verfahren',
      about: 'Was bei einem Vorfall Schritt für Schritt geschieht. Manche Schritte sind Ihre.',
    },
    '/rules': { name: 'Regeln', about: 'Wonach jede Erkennung sucht.' },
    '/mappings': {
      name: 'Wie Protokolle gelesen werden',
      about: 'Wie aus den Zeilen eines eigenen Systems Felder werden, in denen man suchen kann.',
    },
    '/tenants': {
      name: 'Kontakte und Vertrag',
      about: 'Wen wir benachrichtigen und anrufen, wann Sie arbeiten, und was vereinbart ist.',
    },
    '/access': { name: 'Personen und Schlüssel', about: 'Wer hier hereindarf, und was jeder darf.' },
    '/single-sign-on': { name: 'Anmeldung', about: 'Wie Ihre Leute beweisen, wer sie sind.' },
    '/webhooks': { name: 'Webhooks', about: 'Programme von Ihnen, die erfahren, was geschieht.' },
    '/audit': { name: 'Audit-Log', about: 'Wer hier was getan hat, und wann.' },
  },
};

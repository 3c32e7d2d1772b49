import { numbersIn } from '../../ui/numbers.ts';
import type { Strings } from './en.ts';

const { count } = numbersIn('it');

export const it: Strings = {
  title: 'Macchine Windows senza agente',
  none: 'Nessuna macchina Windows inoltra ancora i suoi registri a questa sorgente. Indicate chi emette i certificati delle sue macchine.',
  authority: 'Certificati emessi da',
  thumbprint: 'Identificazione personale per i criteri di gruppo (IssuerCA)',
  assign: 'Appartiene a questa sorgente',
  assigned: 'Le macchine con questi certificati appartengono ora a questa sorgente.',
  machines: 'Macchine',
  ailing: (late) => (late === 0 ? 'tutte sentite in tempo' : `${late} in ritardo o che hanno rinunciato`),
  total: (machines) => count(machines, 'macchina', 'macchine'),
  first: (machines) => `Le ${machines} sentite da più tempo.`,
  asked: 'Richiesto',
  askedText: (queries) => count(queries, 'query', 'query'),
  standard: 'l’insieme standard',
  off: 'nulla: l’inoltro è spento',
  change: 'Modifica ciò che è richiesto…',
  show: 'Mostra le macchine',
  columns: {
    machine: 'Macchina',
    state: 'Stato',
    heard: 'Ultimo segnale',
    events: 'Eventi',
    version: 'Segue',
  },
  states: { ok: 'inoltra', late: 'in ritardo', ended: 'ha rinunciato' },
  current: 'ciò che è richiesto ora',
  outdated: 'una versione precedente',
  certificate: (name) => `Certificato: ${name}`,
  forget: 'Dimentica',
  forgetTitle: 'Dimenticare questa macchina?',
  forgetText: (name) =>
    `${name} esce dall’elenco e il punto a cui era arrivata viene dimenticato. Se torna, comincia dal suo prossimo evento.`,
  forgotten: 'Dimenticata.',
  form: (source) => `Che cosa inoltrano le macchine Windows di ${source}`,
  enabled: 'Le macchine inoltrano i loro eventi',
  channel: 'Registro eventi',
  xpath: 'Quali eventi (XPath; * per tutti)',
  addQuery: 'Aggiungi una query',
  removeQuery: (channel) => `Rimuovi ${channel}`,
  newChannel:
    'Windows invia tutto ciò che un registro aggiunto contiene già, non solo il nuovo: aggiungete i registri grandi in un’ora tranquilla.',
  rendered: 'Con i testi nella lingua della macchina (molte volte più grande)',
  existing: 'Le macchine nuove inviano ciò che i loro registri contengono già',
  latency: 'Le macchine raccolgono gli eventi per (secondi)',
  heartbeat: 'Segno di vita dopo (secondi)',
  save: 'Salva',
  reset: 'Usa l’insieme standard',
  saved: 'Salvato. Le macchine lo applicano alla prossima richiesta, di solito entro pochi minuti.',
};

import type { Strings } from './en.ts';

/** Words of the page behind a mailed link, in Italian. */
export const it: Strings = {
  title: 'Risposta',
  loading: 'Apertura del link',
  dead: 'Questo link non è più utilizzabile',
  deadText:
    'È già stato usato, è scaduto o è stato ritirato. Se qualcosa è ancora aperto, chiami il Suo team di sicurezza; il numero è nell’e-mail.',
  slow: 'Troppi tentativi',
  slowText: 'Attenda qualche minuto e riapra il link.',
  greeting: (name) => `Buongiorno ${name}`,
  intro: (provider, tenant) => `${provider} La interpella su un incidente di sicurezza presso ${tenant}.`,
  due: 'Rispondere entro',
  done: 'Grazie. La Sua risposta è arrivata.',
  doneText: 'Può chiudere questa pagina. Il link non serve più.',
  once: 'La risposta è definitiva: il link funziona una sola volta.',
  unsure: 'Ha un dubbio o non è la persona giusta? Ci chiami:',
};

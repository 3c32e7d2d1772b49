import { createHash } from 'node:crypto';
import type { Language } from '@vigie/contracts/api';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Api } from '../api.ts';
import type { ApiServices, CallPage } from '../ports.ts';

const ByToken = z.object({ token: z.string().min(1).max(2_000) });

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.2rem}
h1{font-size:1.4rem}img{max-width:14rem;max-height:5rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}dt{opacity:.75}dd{margin:0;font-weight:600}
button{font:inherit;font-weight:600;padding:.7rem 1.2rem;border:0;border-radius:5px;background:#0a5866;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid #64c3d3;outline-offset:2px}`;

/** Nothing runs, nothing but the provider's logo is loaded; the one form goes back to us. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Words {
  readonly title: string;
  readonly incident: string;
  readonly tenant: string;
  readonly clock: string;
  readonly due: string;
  readonly confirm: (person: string) => string;
  readonly button: string;
  readonly done: string;
  readonly thanks: string;
  readonly taken: (by: string, at: string) => string;
  readonly invalid: string;
  readonly invalidText: string;
  readonly clocks: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Take this call?',
    incident: 'Incident',
    tenant: 'Organisation',
    clock: 'Clock',
    due: 'Due',
    confirm: (person) => `You answer as ${person}. Nobody else is called about it then.`,
    button: 'I am on it',
    done: 'It is yours',
    thanks: 'Thank you. It is written in the incident’s log.',
    taken: (by, at) => `${by} took it at ${at}.`,
    invalid: 'This link does not work any more',
    invalidText: 'It may be too old, or cut off by the mail program. Sign in and open the incident instead.',
    clocks: {
      notify: 'telling the client',
      acknowledge: 'taking it up',
      contain: 'containment',
      resolve: 'resolution',
    },
  },
  fr: {
    title: 'Prendre cet appel ?',
    incident: 'Incident',
    tenant: 'Organisme',
    clock: 'Délai',
    due: 'Échéance',
    confirm: (person) => `Vous répondez en tant que ${person}. Personne d’autre ne sera alors appelé.`,
    button: 'Je m’en occupe',
    done: 'C’est à vous',
    thanks: 'Merci. C’est inscrit au journal de l’incident.',
    taken: (by, at) => `${by} l’a pris le ${at}.`,
    invalid: 'Ce lien n’est plus valable',
    invalidText:
      'Il est peut-être trop ancien, ou coupé par la messagerie. Connectez-vous et ouvrez l’incident.',
    clocks: {
      notify: 'information du client',
      acknowledge: 'prise en charge',
      contain: 'confinement',
      resolve: 'résolution',
    },
  },
  it: {
    title: 'Prendere in carico la chiamata?',
    incident: 'Incidente',
    tenant: 'Organizzazione',
    clock: 'Termine',
    due: 'Scadenza',
    confirm: (person) => `Risponde come ${person}. Nessun altro sarà poi chiamato.`,
    button: 'Me ne occupo io',
    done: 'È sua',
    thanks: 'Grazie. È annotato nel registro dell’incidente.',
    taken: (by, at) => `${by} l’ha presa il ${at}.`,
    invalid: 'Questo collegamento non è più valido',
    invalidText: 'Forse è scaduto o è stato troncato dal programma di posta. Acceda e apra l’incidente.',
    clocks: {
      notify: 'informazione del cliente',
      acknowledge: 'presa in carico',
      contain: 'contenimento',
      resolve: 'risoluzione',
    },
  },
  nl: {
    title: 'Deze oproep aannemen?',
    incident: 'Incident',
    tenant: 'Organisatie',
    clock: 'Termijn',
    due: 'Uiterlijk',
    confirm: (person) => `U antwoordt als ${person}. Daarna wordt niemand anders meer opgeroepen.`,
    button: 'Ik pak het op',
    done: 'Het is aan u',
    thanks: 'Dank u. Het staat in het logboek van het incident.',
    taken: (by, at) => `${by} heeft het opgepakt op ${at}.`,
    invalid: 'Deze link werkt niet meer',
    invalidText:
      'Misschien is hij verlopen of door het mailprogramma afgekapt. Meld u aan en open het incident.',
    clocks: {
      notify: 'inlichten van de klant',
      acknowledge: 'oppakken',
      contain: 'indammen',
      resolve: 'oplossen',
    },
  },
  de: {
    title: 'Diesen Ruf annehmen?',
    incident: 'Vorfall',
    tenant: 'Organisation',
    clock: 'Frist',
    due: 'Fällig',
    confirm: (person) => `Sie antworten als ${person}. Danach wird niemand sonst gerufen.`,
    button: 'Ich kümmere mich darum',
    done: 'Es liegt bei Ihnen',
    thanks: 'Danke. Es steht im Protokoll des Vorfalls.',
    taken: (by, at) => `${by} hat ihn am ${at} angenommen.`,
    invalid: 'Dieser Link gilt nicht mehr',
    invalidText:
      'Vielleicht ist er zu alt oder wurde vom Mailprogramm abgeschnitten. Melden Sie sich an und öffnen Sie den Vorfall.',
    clocks: {
      notify: 'Unterrichtung des Kunden',
      acknowledge: 'Übernahme',
      contain: 'Eindämmung',
      resolve: 'Behebung',
    },
  },
};

/**
 * The page behind the link of a mail to somebody on call. Looking changes nothing, because scanners of mails look at
 * every link; only the button acknowledges.
 */
export function callRoutes(app: Api, services: ApiServices): void {
  /** Who asks, so that the person knows the page. */
  const head = () => {
    const { name, logo } = services.branding.get();
    if (logo !== null) return `<p><img src="/api/branding/logo" alt="${escaped(name ?? '')}"></p>`;
    return name === null ? '' : `<p>${escaped(name)}</p>`;
  };
  void app.register(async (scope) => {
    // A form without fields, as browsers send it.
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 1024 },
      (_request, _body, done) => done(null, {}),
    );
    const pages = scope as unknown as Api;

    pages.get(
      '/api/calls/:token',
      { config: { access: 'public' }, schema: { params: ByToken } },
      async (request, reply) => {
        const call = await services.clocks.byLink(request.params.token);
        if (call === undefined) return invalid(reply, head());
        const words = WORDS[call.language];
        const body =
          call.acknowledged === null
            ? `<p>${escaped(words.confirm(call.person))}</p><form method="post"><button>${words.button}</button></form>`
            : `<p>${escaped(words.taken(call.acknowledged.by, time(call, call.acknowledged.at)))}</p>`;
        return page(reply, head(), call.language, words.title, facts(call) + body);
      },
    );

    pages.post(
      '/api/calls/:token',
      { config: { access: 'public' }, schema: { params: ByToken } },
      async (request, reply) => {
        const done = await services.clocks.acknowledgeByLink(request.params.token);
        const call = done === undefined ? undefined : await services.clocks.byLink(request.params.token);
        if (call === undefined) return invalid(reply, head());
        const words = WORDS[call.language];
        const { acknowledged } = call;
        const text =
          done || acknowledged === null
            ? words.thanks
            : words.taken(acknowledged.by, time(call, acknowledged.at));
        return page(
          reply,
          head(),
          call.language,
          done ? words.done : words.title,
          `${facts(call)}<p>${escaped(text)}</p>`,
        );
      },
    );
  });
}

function facts(call: CallPage): string {
  const words = WORDS[call.language];
  const rows: [string, string][] = [
    [words.incident, `INC-${call.incident}`],
    [words.tenant, call.tenant],
    [words.clock, words.clocks[call.clock] ?? call.clock],
    [words.due, call.dueAt === null ? '–' : time(call, call.dueAt)],
  ];
  return `<dl>${rows.map(([label, value]) => `<dt>${label}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
}

function time(call: CallPage, at: number): string {
  return new Intl.DateTimeFormat(call.language === 'en' ? 'en-GB' : call.language, {
    timeZone: call.timeZone,
    dateStyle: 'medium',
    timeStyle: 'long',
  }).format(at);
}

function invalid(reply: FastifyReply, head: string): FastifyReply {
  const { invalid: title, invalidText } = WORDS.en;
  return page(reply.status(404), head, 'en', title, `<p>${invalidText}</p>`);
}

function page(
  reply: FastifyReply,
  head: string,
  language: Language,
  title: string,
  body: string,
): FastifyReply {
  return reply
    .header('content-security-policy', POLICY)
    .header('cache-control', 'no-store')
    .header('x-frame-options', 'DENY')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><main>${head}<h1>${title}</h1>${body}</main></html>`,
    );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

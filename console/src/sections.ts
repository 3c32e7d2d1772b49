import { translated } from './ui/language.ts';

/** Pages of the rail that belong together. */
export interface Section {
  /** Undefined: what comes first needs no heading. */
  readonly title: string | undefined;
  readonly paths: readonly string[];
}

const titles = translated({
  en: { look: 'Investigate', detect: 'Detection', run: 'Administration' },
  fr: { look: 'Enquête', detect: 'Détection', run: 'Administration' },
  it: { look: 'Indagine', detect: 'Rilevamento', run: 'Amministrazione' },
  nl: { look: 'Onderzoek', detect: 'Detectie', run: 'Beheer' },
  de: { look: 'Untersuchung', detect: 'Erkennung', run: 'Verwaltung' },
});

/** The rail's sections, in its order: an eye that looks for one of twenty pages looks through six. */
export const SECTIONS: readonly Section[] = [
  { title: undefined, paths: ['/', '/incidents', '/alerts', '/clocks', '/rotas', '/campaigns'] },
  { title: titles.look, paths: ['/events', '/assets', '/procedures'] },
  {
    title: titles.detect,
    paths: ['/rules', '/quality', '/exceptions', '/coverage', '/sources', '/mappings'],
  },
  {
    title: titles.run,
    paths: [
      '/outbox',
      '/tenants',
      '/access',
      '/single-sign-on',
      '/branding',
      '/webhooks',
      '/audit',
      '/status',
    ],
  },
];

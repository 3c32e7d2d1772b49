import type { SessionView } from './api/types.ts';
import { PAGES, type Page } from './pages.ts';
import { t as plain } from './plain/strings/strings.ts';
import { isClient } from './session.ts';
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

/**
 * The rail of the people of a client, by what they ask: what was found, what of ours is watched, show me more, who are
 * we. What only those who triage need is not in it: alerts of no incident, the quality of rules, the platform's state.
 */
export const CLIENT_SECTIONS: readonly (Section & {
  readonly paths: readonly (keyof typeof plain.pages)[];
})[] = [
  { title: undefined, paths: ['/', '/incidents', '/clocks', '/outbox'] },
  { title: plain.sections.systems, paths: ['/sources', '/assets', '/coverage', '/exceptions'] },
  { title: plain.sections.closer, paths: ['/events', '/procedures', '/rules', '/mappings'] },
  {
    title: plain.sections.organisation,
    paths: ['/tenants', '/access', '/single-sign-on', '/webhooks', '/audit'],
  },
];

/** A page as the rail offers it. */
export type RailPage = Page & {
  /** What it is good for, where that is said. */
  readonly about: string | undefined;
};

/** A section with the pages that somebody may see. */
export interface RailSection {
  readonly title: string | undefined;
  readonly pages: readonly RailPage[];
}

/** Pages that somebody may open, by their permissions. */
export function pagesOf({ permissions, provider }: SessionView): readonly Page[] {
  return PAGES.filter((page) => permissions.includes(page.needs) && (!page.allTenants || provider));
}

/** What the rail, the palette and the keys offer to somebody; sections without a page are left out. */
export function railOf(session: SessionView): readonly RailSection[] {
  const pages = pagesOf(session);
  const client = isClient(session);
  return (client ? CLIENT_SECTIONS : SECTIONS)
    .map(({ title, paths }) => ({
      title,
      pages: paths.flatMap((path): RailPage[] => {
        const page = pages.find((each) => each.path === path);
        if (page === undefined) return [];
        const said = client ? plain.pages[path as keyof typeof plain.pages] : undefined;
        return [{ ...page, title: said?.name ?? page.title, about: said?.about || undefined }];
      }),
    }))
    .filter((section) => section.pages.length > 0);
}
